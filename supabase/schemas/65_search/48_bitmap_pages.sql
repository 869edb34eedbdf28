-- From blocks of matching talents to the numbers of one page. Within a block talents follow each other by
-- steps: ratings from 5.0 downwards, or rates. Facets of steps contain each other (rating>=49 contains
-- rating>=50), so the place where a page begins is found by halving.

-- The facets of the steps of an order, each of which contains the one before.
create function private.sort_steps(p_sort text)
  returns text[]
  language plpgsql
  immutable
  parallel safe
  set search_path = ''
as $$
begin
  return case
    when p_sort in ('', 'averageRating', '-averageRating') then array(
      select 'rating>=' || tenths from generate_series(50, 10, -1) as tenths
    )
    when p_sort in ('hourlyRate', '-hourlyRate') then array(
      select private.rate_facet(cut) from generate_series(2 * 5 + 1, 2 * 500 + 1) as cut
    )
    else '{}'
  end;
end;
$$;

-- Whether an order goes through its steps from the last to the first.
create function private.is_backward(p_sort text)
  returns boolean
  language sql
  immutable
  parallel safe
  set search_path = ''
as $$
  select p_sort in ('averageRating', '-hourlyRate')
$$;

create function private.count_in(
  p_segments integer[], p_bits bit varying[], p_facet text
)
  returns bigint
  language plpgsql
  stable
  set search_path = ''
as $$
begin
  return (
    select coalesce(sum(bit_count(m.bits & b.bits)), 0)
    from unnest(p_segments, p_bits) as m (segment, bits)
    join private.search_bits as b on b.facet = p_facet and b.segment = m.segment
  );
end;
$$;

-- The number of talents of a block in its first p_steps steps.
create function private.count_through(
  b private.search_block, p_facets text[], p_is_backward boolean, p_steps integer
)
  returns bigint
  language plpgsql
  stable
  set search_path = ''
as $$
begin
  if p_steps = 0 then
    return 0;
  end if;
  if not p_is_backward or p_steps = cardinality(p_facets) then
    return private.count_in(b.segments, b.bits, p_facets[p_steps]);
  end if;
  return private.count_in(b.segments, b.bits, p_facets[cardinality(p_facets)])
    - private.count_in(b.segments, b.bits, p_facets[cardinality(p_facets) - p_steps]);
end;
$$;

-- The bits of a block in one of its steps. The step after the last one holds the talents without the value.
create function private.step_bits(
  b private.search_block, p_facets text[], p_is_backward boolean, p_step integer
)
  returns table (segment integer, bits bit varying)
  language plpgsql
  stable
  set search_path = ''
as $$
begin
  return query
    select
      m.segment,
      (m.bits & case
        when p_step > cardinality(p_facets) then ~coalesce(i.bits, private.no_bits())
        else coalesce(o.bits, private.no_bits()) & ~coalesce(i.bits, private.no_bits())
      end)::bit varying
    from unnest(b.segments, b.bits) as m (segment, bits)
    -- The step is what an outer facet has and the next inner one has not.
    cross join (
      select
        case
          when p_step > cardinality(p_facets) then null
          when p_is_backward then p_facets[cardinality(p_facets) - p_step + 1]
          else p_facets[p_step]
        end as outer_facet,
        case
          when p_step > cardinality(p_facets) then p_facets[cardinality(p_facets)]
          when p_is_backward then p_facets[cardinality(p_facets) - p_step]
          else p_facets[p_step - 1]
        end as inner_facet
    ) as f
    left join private.search_bits as o on o.facet = f.outer_facet and o.segment = m.segment
    left join private.search_bits as i on i.facet = f.inner_facet and i.segment = m.segment;
end;
$$;

-- The numbers of the talents whose bit is set in a segment.
create function private.numbers_in(p_segment integer, p_bits bit varying)
  returns setof integer
  language sql
  immutable
  parallel safe
  set search_path = ''
as $$
  select p_segment * 8192 + start + at
  from generate_series(0, 8191, 128) as start
  cross join generate_series(0, 127) as at
  where bit_count(substring(p_bits from start + 1 for 128)) > 0 and get_bit(p_bits, start + at) = 1
$$;

-- Returns the numbers of p_limit talents of a step after p_offset, the newest first or last. Counts segments
-- first, then pieces of 128 bits of the segments that the page touches, and looks at single bits only in
-- the pieces that it touches.
create function private.numbers_of_step(
  b private.search_block, p_facets text[], p_is_backward boolean, p_step integer,
  p_is_oldest_first boolean, p_offset bigint, p_limit integer
)
  returns integer[]
  language plpgsql
  stable
  set search_path = ''
as $$
begin
  return (
    with segments as (
      select
        segment, bits, bit_count(bits) as matches,
        sum(bit_count(bits)) over (
          order by case when p_is_oldest_first then segment else -segment end
        ) as through
      from private.step_bits(b, p_facets, p_is_backward, p_step)
    ),
    pieces as (
      select
        first, bits, bit_count(bits) as matches,
        before + sum(bit_count(bits)) over (
          order by case when p_is_oldest_first then first else -first end
        ) as through
      from (
        select
          s.segment * 8192 + start as first, substring(s.bits from start + 1 for 128) as bits,
          min(s.through - s.matches) over () as before
        from segments as s
        cross join generate_series(0, 8191, 128) as start
        where s.matches > 0 and s.through > p_offset and s.through - s.matches < p_offset + p_limit
      ) as cut
    ),
    touched as (
      select first, bits, through - matches as before
      from pieces
      where matches > 0 and through > p_offset and through - matches < p_offset + p_limit
    )
    select array(
      select first + at
      from touched
      cross join generate_series(0, 127) as at
      where get_bit(bits, at) = 1
      order by case when p_is_oldest_first then first + at else -(first + at) end
      limit p_limit
      offset greatest(p_offset - (select min(before) from touched), 0)
    )
  );
end;
$$;

-- Rates between two whole dollars share a step; its talents are put in order from their rows.
create function private.is_mixed_step(p_facets text[], p_is_backward boolean, p_step integer)
  returns boolean
  language plpgsql
  immutable
  parallel safe
  set search_path = ''
as $$
begin
  return (
    select coalesce(
      case
        when p_is_backward then p_facets[cardinality(p_facets) - p_step + 1]
        else p_facets[p_step]
      end ~ '^rate<\d',
      false
    )
  );
end;
$$;

-- Returns the talents of p_limit places after p_offset in the order of a search.
create function private.talents_of_matches(
  m private.search_matches, s private.talent_search, p_offset bigint, p_limit integer
)
  returns uuid[]
  language plpgsql
  stable
  set search_path = ''
as $$
declare
  v_facets constant text[] := private.sort_steps(s.sort);
  v_is_backward constant boolean := private.is_backward(s.sort);
  v_block private.search_block;
  v_place record;
  v_offset bigint := p_offset;
  v_missing integer := p_limit;
  v_step integer;
  v_user_ids uuid[];
  v_found uuid[] := '{}';
begin
  if p_offset >= m.total then
    return v_found;
  end if;

  for v_place in
    select is_last, tier, missing
    from generate_series(0, m.lasts - 1) as is_last
    cross join generate_series(0, m.tiers - 1) as tier
    cross join generate_series(0, m.skills - 1) as missing
    order by is_last, tier, missing
  loop
    v_block := private.block_of(m, v_place.is_last, v_place.tier, v_place.missing);
    if v_offset >= v_block.matches then
      v_offset := v_offset - v_block.matches;
      continue;
    end if;

    v_step := private.first_step(v_block, v_facets, v_is_backward, v_offset);
    v_offset := v_offset - private.count_through(v_block, v_facets, v_is_backward, v_step - 1);
    while v_missing > 0 and v_step <= cardinality(v_facets) + 1 loop
      v_user_ids := private.talents_of_step(
        v_block, v_facets, v_is_backward, v_step, s, v_offset, v_missing
      );
      v_found := v_found || v_user_ids;
      v_missing := v_missing - cardinality(v_user_ids);
      v_offset := 0;
      v_step := v_step + 1;
    end loop;
    exit when v_missing = 0;
  end loop;
  return v_found;
end;
$$;

-- Returns the step that holds the place p_offset of a block. Looks at the first steps first, because
-- most pages are first ones.
create function private.first_step(
  b private.search_block, p_facets text[], p_is_backward boolean, p_offset bigint
)
  returns integer
  language plpgsql
  stable
  set search_path = ''
as $$
declare
  v_low integer := 0;
  v_high integer := 1;
  v_middle integer;
begin
  -- The first v_low steps hold p_offset talents or fewer.
  while v_high <= cardinality(p_facets)
    and private.count_through(b, p_facets, p_is_backward, v_high) <= p_offset
  loop
    v_low := v_high;
    v_high := v_high * 2;
  end loop;
  v_high := least(v_high, cardinality(p_facets) + 1);

  while v_high - v_low > 1 loop
    v_middle := (v_low + v_high) / 2;
    if private.count_through(b, p_facets, p_is_backward, v_middle) <= p_offset then
      v_low := v_middle;
    else
      v_high := v_middle;
    end if;
  end loop;
  return v_high;
end;
$$;

create function private.talents_of_step(
  b private.search_block, p_facets text[], p_is_backward boolean, p_step integer,
  s private.talent_search, p_offset bigint, p_limit integer
)
  returns uuid[]
  language plpgsql
  stable
  set search_path = ''
as $$
declare
  v_user_ids uuid[];
begin
  if not private.is_mixed_step(p_facets, p_is_backward, p_step) then
    return array(
      select n.user_id
      from unnest(private.numbers_of_step(
        b, p_facets, p_is_backward, p_step, s.sort = 'createdAt', p_offset, p_limit
      )) with ordinality as page (number, place)
      join private.search_numbers as n on n.number = page.number
      order by page.place
    );
  end if;

  v_user_ids := array(
    select n.user_id
    from private.step_bits(b, p_facets, p_is_backward, p_step) as step
    cross join lateral private.numbers_in(step.segment, step.bits) as found (number)
    join private.search_numbers as n on n.number = found.number
  );
  return private.in_order(
    array(select m::private.talent_rank from private.matching_talents(s, v_user_ids) as m),
    s, p_offset, p_limit
  );
end;
$$;

-- Returns how many of the talents come before a place in the order, or are at it.
create function private.count_before(
  m private.search_matches, s private.talent_search, p_after private.talent_rank
)
  returns bigint
  language plpgsql
  stable
  set search_path = ''
as $$
declare
  v_facets constant text[] := private.sort_steps(s.sort);
  v_is_backward constant boolean := private.is_backward(s.sort);
  v_block private.search_block;
  v_place record;
  v_before bigint := 0;
  v_step integer;
  v_number integer;
begin
  for v_place in
    select is_last, tier, missing
    from generate_series(0, m.lasts - 1) as is_last
    cross join generate_series(0, m.tiers - 1) as tier
    cross join generate_series(0, m.skills - 1) as missing
    where (is_last, tier, missing) <= (p_after.is_last, p_after.tier, p_after.missing_skills)
    order by is_last, tier, missing
  loop
    v_block := private.block_of(m, v_place.is_last, v_place.tier, v_place.missing);
    if (v_place.is_last, v_place.tier, v_place.missing)
      < (p_after.is_last, p_after.tier, p_after.missing_skills)
    then
      v_before := v_before + v_block.matches;
      continue;
    end if;

    v_step := private.step_of_cost(s.sort, v_facets, v_is_backward, p_after.cost);
    v_before := v_before
      + private.count_through(v_block, v_facets, v_is_backward, v_step - 1);

    if private.is_mixed_step(v_facets, v_is_backward, v_step) then
      return v_before + (
        select count(*)
        from private.matching_talents(s, array(
          select n.user_id
          from private.step_bits(v_block, v_facets, v_is_backward, v_step) as step
          cross join lateral private.numbers_in(step.segment, step.bits) as found (number)
          join private.search_numbers as n on n.number = found.number
        )) as r
        where not private.comes_after(r, p_after, s)
      );
    end if;

    -- Numbers follow the age, so one comparison tells who is newer.
    if s.sort = 'createdAt' then
      v_number := (
        select n.number
        from private.search_numbers as n
        where (n.created_at, n.user_id) > (to_timestamp(p_after.age), p_after.user_id)
        order by n.created_at, n.user_id
        limit 1
      );
      return v_before + (
        select coalesce(sum(private.bits_before(step.segment, step.bits, v_number)), 0)
        from private.step_bits(v_block, v_facets, v_is_backward, v_step) as step
      );
    end if;

    v_number := coalesce(
      (
        select n.number
        from private.search_numbers as n
        where (n.created_at, n.user_id) < (to_timestamp(-p_after.age), p_after.user_id)
        order by n.created_at desc, n.user_id desc
        limit 1
      ),
      -1
    );
    return v_before + (
      select coalesce(
        sum(bit_count(step.bits) - private.bits_before(step.segment, step.bits, v_number + 1)), 0
      )
      from private.step_bits(v_block, v_facets, v_is_backward, v_step) as step
    );
  end loop;
  return v_before;
end;
$$;

-- Counts the set bits of numbers below p_number; all with null.
create function private.bits_before(p_segment integer, p_bits bit varying, p_number integer)
  returns bigint
  language plpgsql
  immutable
  parallel safe
  set search_path = ''
as $$
begin
  return (
    select bit_count(substring(
      p_bits from 1 for least(greatest(coalesce(p_number - p_segment * 8192, 8192), 0), 8192)
    ))
  );
end;
$$;

-- Returns the step that talents with a cost (talent_rank) are in.
create function private.step_of_cost(
  p_sort text, p_facets text[], p_is_backward boolean, p_cost numeric
)
  returns integer
  language plpgsql
  immutable
  parallel safe
  set search_path = ''
as $$
begin
  return (
    select case
      when p_cost = 'infinity' or p_facets = '{}' then cardinality(p_facets) + 1
      when p_is_backward then cardinality(p_facets) + 1 - place
      else place
    end
    from (
      select array_position(
        p_facets,
        case
          when p_sort in ('hourlyRate', '-hourlyRate')
            then private.rate_facet(private.rate_cut(abs(p_cost)))
          else 'rating>=' || (abs(p_cost) * 10)::integer
        end
      ) as place
    ) as facet
  );
end;
$$;
