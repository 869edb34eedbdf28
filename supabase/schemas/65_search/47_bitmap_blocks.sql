-- Search in the bitmaps: which talents match, in blocks that follow each other in the order of
-- relevance.

-- The matching talents, segment by segment, and what separates the blocks.
create type private.search_matches as (
  total bigint,
  segments integer[],
  bits bit varying[],
  -- Who is not available.
  last_bits bit varying[],
  -- Whose name or title match.
  head_bits bit varying[],
  -- Who misses none of the skills, one, and so on: all of the first segment, then of the next.
  missing_bits bit varying[],
  -- How many values is_last, tier and missing_skills have.
  lasts integer,
  tiers integer,
  skills integer
);

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
  parallel safe
  set search_path = ''
as $$
declare
  -- v_least[n]: who has at least n of the skills seen so far.
  v_least bit varying[] := array_fill(private.no_bits(), array[p_skills + 1]);
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

-- The facets that a search requires and excludes. A term is met by any of its facets. Terms of the text
-- are numbered from 1, those of filters from 101.
create function private.required_facets(
  s private.talent_search, x private.search_text,
  out facets text[], out terms integer[]
)
  language plpgsql
  immutable
  set search_path = ''
as $$
begin
  select coalesce(array_agg(facet), '{listed}'), coalesce(array_agg(term), '{100}')
  into facets, terms
  from (
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
    select 'skill:' || lower(skill), case when s.any_skill then 104 else 104 + place end
    from unnest(s.skills) with ordinality as skills (skill, place)
  ) as required;
end;
$$;

-- Returns the matching talents, without p_hidden: talents that the caller must not see, and talents whose
-- bitmaps are out of date.
create function private.matches_of(
  s private.talent_search, x private.search_text, p_hidden uuid[]
)
  returns private.search_matches
  language plpgsql
  stable
  set search_path = ''
as $$
declare
  v_required record := private.required_facets(s, x);
  v_terms constant integer := (select count(distinct term) from unnest(v_required.terms) as term);
  v_text_terms constant integer := (select max(term) from unnest(x.facet_terms) as term);
  v_by_relevance constant boolean := s.sort = '';
  v_tiers constant integer := case when v_by_relevance and s.query is not null then 2 else 1 end;
  v_skills constant integer := case
    when v_by_relevance and s.any_skill then cardinality(s.skills) else 1
  end;
  m private.search_matches;
begin
  with wanted as (
    select 'all' as use, facet, term
    from unnest(v_required.facets, v_required.terms) as t (facet, term)
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
    where v_skills > 1
  ),
  found as (
    select w.use, w.term, b.segment, b.bits
    from wanted as w
    join private.search_bits as b on b.facet = w.facet
    union all
    -- Rare words, and rates between whole dollars.
    select
      loose.use, loose.term, n.number / 8192,
      bit_or(set_bit(private.no_bits(), n.number % 8192, 1))
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
    ) as loose
    join private.search_numbers as n on n.user_id = loose.user_id
    group by 1, 2, 3
    union all
    select 'not', 0, n.number / 8192, bit_or(set_bit(private.no_bits(), n.number % 8192, 1))
    from unnest(p_hidden) as hidden (user_id)
    join private.search_numbers as n on n.user_id = hidden.user_id
    group by 3
  ),
  terms as (
    select use, term, segment, bit_or(bits) as bits from found group by 1, 2, 3
  ),
  segments as (
    select
      segment,
      bit_and(case use when 'all' then bits when 'not' then ~bits end) as bits,
      case
        when count(*) filter (where use = 'head') = v_text_terms
          then bit_and(bits) filter (where use = 'head')
        else private.no_bits()
      end as head_bits,
      coalesce(bit_or(bits) filter (where use = 'last'), private.no_bits()) as last_bits,
      case
        when v_skills > 1
          then private.by_missing(array_agg(bits) filter (where use = 'skill'), v_skills)
      end as missing_bits
    from terms
    group by segment
    having count(*) filter (where use = 'all') = v_terms
  )
  select
    coalesce(sum(bit_count(segments.bits)), 0),
    array_agg(segment), array_agg(segments.bits), array_agg(last_bits), array_agg(head_bits),
    (
      select array_agg(missing)
      from unnest(array_agg(missing_bits) filter (where v_skills > 1)) as missing
    )
  into m.total, m.segments, m.bits, m.last_bits, m.head_bits, m.missing_bits
  from segments
  where bit_count(segments.bits) > 0;

  m.lasts := case when v_by_relevance then 2 else 1 end;
  m.tiers := v_tiers;
  m.skills := v_skills;
  return m;
end;
$$;

-- Returns one of the blocks.
create function private.block_of(
  m private.search_matches, p_is_last integer, p_tier integer, p_missing integer
)
  returns private.search_block
  language plpgsql
  stable
  set search_path = ''
as $$
declare
  b private.search_block;
begin
  select coalesce(sum(bit_count(cut.bits)), 0), array_agg(cut.segment), array_agg(cut.bits)
  into b.matches, b.segments, b.bits
  from (
    select
      t.segment,
      t.bits
        & case when m.lasts = 1 then t.bits when p_is_last = 0 then ~t.last_bits else t.last_bits end
        & case when m.tiers = 1 then t.bits when p_tier = 0 then t.head_bits else ~t.head_bits end
        & case
          when m.skills = 1 then t.bits
          else m.missing_bits[(t.place - 1) * m.skills + p_missing + 1]
        end as bits
    from unnest(m.segments, m.bits, m.last_bits, m.head_bits)
      with ordinality as t (segment, bits, last_bits, head_bits, place)
  ) as cut
  where bit_count(cut.bits) > 0;
  return b;
end;
$$;
