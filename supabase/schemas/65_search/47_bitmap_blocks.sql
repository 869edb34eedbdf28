-- Search in the bitmaps: which talents match, in blocks that follow each other in the order of
-- relevance.

-- What a search reads, and how it is ordered. Each facet has a use:
-- all: who matches. A term of the search is met by any of its facets.
-- not: who does not match.
-- last, head, skill: what separates the blocks: who is not available, whose name or title match, and who
-- has which of the skills.
create type private.search_reads as (
  segment_size integer,
  facets text[],
  uses text[],
  terms integer[],
  -- Bits without a facet: of rare words, of rates between whole dollars, of hidden talents.
  loose_segments integer[],
  loose_uses text[],
  loose_terms integer[],
  loose_bits bit varying[],
  required_terms bigint,
  text_terms bigint,
  -- How many values is_last, tier and missing_skills have.
  lasts integer,
  tiers integer,
  skills integer,
  -- Pages begin with the oldest talents, not with the newest.
  is_oldest_first boolean
);

-- Talents, segment by segment in the order of pages. Segments without any are left out.
create type private.search_block as (
  matches bigint,
  segments integer[],
  bits bit varying[]
);

-- Returns, for the bitmaps of several skills, who has all of them, who all but one, and so on.
create function private.by_missing(p_bits bit varying[], p_skills integer)
  returns bit varying[]
  language plpgsql
  immutable
  strict
  parallel safe
  set search_path = ''
as $$
declare
  v_none constant bit varying := p_bits[1] & ~p_bits[1];
  -- v_least[n]: who has at least n of the skills seen so far.
  v_least bit varying[] := array_fill(v_none, array[p_skills + 1]);
  v_bits bit varying;
  v_exact bit varying[];
begin
  foreach v_bits in array p_bits loop
    for n in reverse p_skills .. 2 loop
      v_least[n] := v_least[n] | (v_least[n - 1] & v_bits);
    end loop;
    v_least[1] := v_least[1] | v_bits;
  end loop;

  for missing in 0 .. p_skills - 1 loop
    v_exact[missing + 1] := v_least[p_skills - missing] & ~v_least[p_skills - missing + 1];
  end loop;
  return v_exact;
end;
$$;

-- Returns what a search reads, without p_hidden: talents that the caller must not see, and talents whose
-- bitmaps are out of date. Terms of the text are numbered from 1, those of filters from 101.
create function private.reads_of(
  s private.talent_search, x private.search_text, p_hidden uuid[]
)
  returns private.search_reads
  language plpgsql
  stable
  set search_path = ''
as $$
declare
  v_by_relevance constant boolean := s.sort = '';
  r private.search_reads;
begin
  r.is_oldest_first := s.sort = 'createdAt';
  r.lasts := case when v_by_relevance then 2 else 1 end;
  r.tiers := case when v_by_relevance and s.query is not null then 2 else 1 end;
  r.skills := case when v_by_relevance and s.any_skill then cardinality(s.skills) else 1 end;
  r.segment_size := (select state.segment_size from private.search_state as state);

  with required as (
    select t.facet, t.term from unnest(x.facets, x.facet_terms) as t (facet, term)
    union all
    select 'availability:' || s.availability, 101 where s.availability is not null
    union all
    select 'rating>=' || ceil(s.min_rating * 10)::integer, 102 where s.min_rating is not null
    union all
    select 'rate<=500', 103 where s.min_rate is not null and s.max_rate is null
    union all
    select 'rate<=' || least(trunc(s.max_rate), 500)::integer, 103 where s.max_rate is not null
    union all
    select 'skill:' || lower(skill), case when s.any_skill then 104 else 104 + place::integer end
    from unnest(s.skills) with ordinality as skills (skill, place)
  ),
  reads as (
    select 'all' as use, facet, term from required
    union all
    select 'all', 'listed', 100 where not exists (select from required)
    union all
    select 'not', 'rate<' || s.min_rate::integer, 0
    where s.min_rate = trunc(s.min_rate) and s.min_rate <= 500
    union all
    select 'not', 'rate<=' || least(trunc(s.min_rate), 500)::integer, 0
    where s.min_rate <> trunc(s.min_rate) or s.min_rate > 500
    union all
    select 'last', 'availability:not_available', 0 where v_by_relevance
    union all
    select 'head', 'head-' || facet, term
    from unnest(x.facets, x.facet_terms) as t (facet, term)
    where v_by_relevance
    union all
    select 'skill', 'skill:' || lower(skill), place::integer
    from unnest(s.skills) with ordinality as skills (skill, place)
    where r.skills > 1
  )
  select
    array_agg(facet), array_agg(use), array_agg(term), count(distinct term) filter (where use = 'all'),
    count(distinct term) filter (where use = 'head')
  into r.facets, r.uses, r.terms, r.required_terms, r.text_terms
  from reads;

  if p_hidden <> '{}' or x.rare_queries <> '{}'
    or s.min_rate <> trunc(s.min_rate) or s.max_rate <> trunc(s.max_rate)
  then
    select array_agg(l.segment), array_agg(l.use), array_agg(l.term), array_agg(l.bits)
    into r.loose_segments, r.loose_uses, r.loose_terms, r.loose_bits
    from private.loose_bits(s, x, p_hidden, r.segment_size) as l;
  end if;
  return r;
end;
$$;

create function private.loose_bits(
  s private.talent_search, x private.search_text, p_hidden uuid[], p_size integer
)
  returns table (use text, term integer, segment integer, bits bit varying)
  language plpgsql
  stable
  set search_path = ''
as $$
declare
  v_by_relevance constant boolean := s.sort = '';
begin
  return query
    select
      loose.use, loose.term, n.number / p_size,
      bit_or(set_bit(private.no_bits(p_size), n.number % p_size, 1))::bit varying
    from (
      select 'all' as use, r.term, t.user_id
      from unnest(x.rare_queries, x.rare_terms) as r (query, term)
      join private.searchable_talents as t on t.words @@ r.query
      union all
      select 'head', r.term, t.user_id
      from unnest(x.rare_queries, x.rare_terms) as r (query, term)
      join private.searchable_talents as t on t.words @@ r.query
      where v_by_relevance and t.words @@ private.in_head(r.query)
      union all
      select 'all', 103, t.user_id
      from private.searchable_talents as t
      where s.max_rate <> trunc(s.max_rate)
        and t.hourly_rate <> trunc(t.hourly_rate)
        and t.hourly_rate > trunc(s.max_rate) and t.hourly_rate <= s.max_rate
      union all
      select 'not', 0, t.user_id
      from private.searchable_talents as t
      where s.min_rate <> trunc(s.min_rate)
        and t.hourly_rate <> trunc(t.hourly_rate)
        and t.hourly_rate > trunc(s.min_rate) and t.hourly_rate < s.min_rate
      union all
      select 'not', 0, user_id from unnest(p_hidden) as hidden (user_id)
    ) as loose
    join private.search_numbers as n on n.user_id = loose.user_id
    group by 1, 2, 3;
end;
$$;

-- Returns the bits of the given uses in a range of segments, those of one term together.
create function private.bits_for(
  r private.search_reads, p_uses text[], p_first integer, p_last integer
)
  returns table (use text, term integer, segment integer, bits bit varying)
  language plpgsql
  stable
  set search_path = ''
as $$
begin
  return query
    select f.use, f.term, f.segment, bit_or(f.bits)::bit varying
    from (
      select read.use, read.term, b.segment, b.bits
      from unnest(r.facets, r.uses, r.terms) as read (facet, use, term)
      join private.search_bits as b on b.facet = read.facet
      where read.use = any (p_uses) and b.segment between p_first and p_last
      union all
      select l.use, l.term, l.segment, l.bits
      from unnest(r.loose_uses, r.loose_terms, r.loose_segments, r.loose_bits)
        as l (use, term, segment, bits)
      where l.use = any (p_uses) and l.segment between p_first and p_last
    ) as f
    group by 1, 2, 3;
end;
$$;

-- Returns the talents that match.
create function private.matches_of(r private.search_reads)
  returns private.search_block
  language plpgsql
  stable
  set search_path = ''
as $$
declare
  b private.search_block;
begin
  select coalesce(sum(bit_count(met.bits)), 0), array_agg(met.segment),
    array_agg(met.bits::bit varying)
  into b.matches, b.segments, b.bits
  from (
    select f.segment, bit_and(case f.use when 'not' then ~f.bits else f.bits end) as bits
    from private.bits_for(r, array['all', 'not'], 0, 2147483647) as f
    group by f.segment
    having count(*) filter (where f.use = 'all') = r.required_terms
    order by case when r.is_oldest_first then f.segment else -f.segment end
  ) as met
  where bit_count(met.bits) > 0;
  return b;
end;
$$;

-- Returns those of the matching talents that are in one of the blocks.
create function private.block_of(
  r private.search_reads, b private.search_block, p_is_last integer, p_tier integer,
  p_missing integer
)
  returns private.search_block
  language plpgsql
  stable
  set search_path = ''
as $$
declare
  v_ends constant integer[] := array[b.segments[1], b.segments[cardinality(b.segments)]];
  v_block private.search_block;
begin
  if r.lasts = 1 or b.segments is null then
    return b;
  end if;

  select coalesce(sum(bit_count(cut.bits)), 0), array_agg(cut.segment),
    array_agg(cut.bits::bit varying)
  into v_block.matches, v_block.segments, v_block.bits
  from (
    -- ~m.bits is none of the matches.
    select
      m.segment,
      case
        when p_is_last = 1 then m.bits & coalesce(sides.last_bits, ~m.bits)
        else m.bits & ~coalesce(sides.last_bits, ~m.bits)
      end
      & case
        when r.tiers = 1 then m.bits
        when p_tier = 0 then coalesce(sides.head_bits, ~m.bits)
        else ~coalesce(sides.head_bits, ~m.bits)
      end
      & case when r.skills = 1 then m.bits else sides.missing_bits[p_missing + 1] end as bits
    from unnest(b.segments, b.bits) with ordinality as m (segment, bits, place)
    left join (
      select
        f.segment,
        bit_and(f.bits) filter (where f.use = 'last') as last_bits,
        case
          when count(*) filter (where f.use = 'head') = r.text_terms
            then bit_and(f.bits) filter (where f.use = 'head')
        end as head_bits,
        case
          when r.skills > 1
            then private.by_missing(array_agg(f.bits) filter (where f.use = 'skill'), r.skills)
        end as missing_bits
      from private.bits_for(
        r, array['last', 'head', 'skill'], least(v_ends[1], v_ends[2]), greatest(v_ends[1], v_ends[2])
      ) as f
      group by f.segment
    ) as sides on sides.segment = m.segment
    order by m.place
  ) as cut
  where bit_count(cut.bits) > 0;
  return v_block;
end;
$$;
