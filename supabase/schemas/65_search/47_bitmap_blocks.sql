-- Search in the bitmaps: which talents match, in blocks that follow each other in the order of
-- relevance.

create type private.search_block as (
  is_last integer,
  tier integer,
  missing_skills integer,
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

-- Returns the matching talents as blocks, without p_hidden: talents that the caller must not see, and
-- talents whose bitmaps are out of date.
create function private.search_blocks(
  s private.talent_search, x private.search_text, p_hidden uuid[]
)
  returns private.search_block[]
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
  v_blocks private.search_block[];
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
      array_agg(bits) filter (where use = 'skill') as skill_bits
    from terms
    group by segment
    having count(*) filter (where use = 'all') = v_terms
  ),
  parts as (
    select
      is_last, tier, missing, segment,
      bits
        & case is_last when 0 then ~last_bits else last_bits end
        & case
          when v_tiers = 1 then ~private.no_bits()
          when tier = 0 then head_bits
          else ~head_bits
        end
        & case
          when v_skills = 1 then ~private.no_bits()
          else (private.by_missing(skill_bits, v_skills))[missing + 1]
        end as bits
    from segments
    cross join generate_series(0, case when v_by_relevance then 1 else 0 end) as is_last
    cross join generate_series(0, v_tiers - 1) as tier
    cross join generate_series(0, v_skills - 1) as missing
  )
  select array_agg(
    row(is_last, tier, missing, matches, segments, bits)::private.search_block
    order by is_last, tier, missing
  )
  into v_blocks
  from (
    select
      is_last, tier, missing, sum(bit_count(parts.bits)) as matches,
      array_agg(segment) as segments, array_agg(parts.bits) as bits
    from parts
    where bit_count(parts.bits) > 0
    group by 1, 2, 3
  ) as blocks;

  return coalesce(v_blocks, '{}');
end;
$$;
