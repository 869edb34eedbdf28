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

-- The bits of a block in its steps from p_first to p_last. The step after the last one, which is only read by
-- itself, holds the talents without the value.
create function private.step_bits(
  b private.search_block, p_facets text[], p_is_backward boolean, p_first integer, p_last integer
)
  returns table (segment integer, bits bit varying, place bigint)
  language plpgsql
  stable
  set search_path = ''
as $$
declare
  v_steps constant integer := cardinality(p_facets);
  -- The steps are what an outer facet has and the next inner one has not.
  v_outer constant text := case
    when p_first <= v_steps then p_facets[case when p_is_backward then v_steps - p_first + 1 else p_last end]
  end;
  v_inner constant text := p_facets[case
    when p_first > v_steps then v_steps
    when p_is_backward then v_steps - p_last
    else p_first - 1
  end];
begin
  return query
    -- ~m.bits is none of the block.
    select
      m.segment,
      (
        case when p_first > v_steps then m.bits else m.bits & coalesce(o.bits, ~m.bits) end
        & ~coalesce(i.bits, ~m.bits)
      )::bit varying,
      m.place
    from unnest(b.segments, b.bits) with ordinality as m (segment, bits, place)
    left join private.search_bits as o on o.facet = v_outer and o.segment = m.segment
    left join private.search_bits as i on i.facet = v_inner and i.segment = m.segment;
end;
$$;

-- The numbers of the talents whose bit is set, in a segment or in a piece of it: as text, the bits are
-- parted by their ones.
create function private.numbers_in(p_first integer, p_bits bit varying)
  returns setof integer
  language plpgsql
  immutable
  parallel safe
  set search_path = ''
as $$
begin
  return query
    select (p_first + sum(octet_length(zeros) + 1) over (order by place) - 1)::integer
    from string_to_table(p_bits::text, '1') with ordinality as gaps (zeros, place)
    order by place
    limit bit_count(p_bits);
end;
$$;

-- The bits of a segment from p_number on: of that talent and the older ones, or of it and the newer ones.
create function private.bits_from(
  p_first integer, p_bits bit varying, p_number integer, p_is_oldest_first boolean
)
  returns bit varying
  language plpgsql
  immutable
  parallel safe
  set search_path = ''
as $$
declare
  v_length constant integer := bit_length(p_bits);
  v_cut integer;
begin
  if p_is_oldest_first then
    v_cut := least(greatest(p_number::bigint - p_first, 0), v_length);
    return (p_bits << v_cut) >> v_cut;
  end if;
  v_cut := least(greatest(p_first::bigint + v_length - 1 - p_number, 0), v_length);
  return (p_bits >> v_cut) << v_cut;
end;
$$;

-- Returns the numbers of p_limit talents of a segment after p_offset, the newest first or last. Counts pieces
-- of the segment, and looks at single bits only in those that the page touches.
create function private.numbers_of_segment(
  p_first integer, p_bits bit varying, p_is_oldest_first boolean, p_offset bigint, p_limit integer
)
  returns integer[]
  language plpgsql
  immutable
  parallel safe
  set search_path = ''
as $$
declare
  v_length constant integer := bit_length(p_bits);
  v_size constant integer := 512;
  v_begin integer;
  v_piece bit varying;
  v_offset bigint := p_offset;
  v_numbers integer[] := '{}';
begin
  for v_passed in 0 .. v_length - 1 by v_size loop
    v_begin := case
      when p_is_oldest_first then v_passed
      else greatest(v_length - v_passed - v_size, 0)
    end;
    v_piece := substring(p_bits from v_begin + 1 for least(v_size, v_length - v_passed));
    if bit_count(v_piece) <= v_offset then
      v_offset := v_offset - bit_count(v_piece);
      continue;
    end if;

    v_numbers := v_numbers || array(
      select number
      from private.numbers_in(p_first + v_begin, v_piece) as found (number)
      order by case when p_is_oldest_first then number else -number end
      limit p_limit - cardinality(v_numbers)
      offset v_offset
    );
    v_offset := 0;
    exit when cardinality(v_numbers) = p_limit;
  end loop;
  return v_numbers;
end;
$$;

-- Returns the numbers of p_limit talents of a step after p_offset, the newest first or last; with p_from,
-- from that number on.
create function private.numbers_of_step(
  r private.search_reads, b private.search_block, p_facets text[], p_is_backward boolean,
  p_step integer, p_from integer, p_offset bigint, p_limit integer
)
  returns integer[]
  language plpgsql
  stable
  set search_path = ''
as $$
declare
  v_segment record;
  v_bits bit varying;
  v_offset bigint := p_offset;
  v_numbers integer[] := '{}';
begin
  for v_segment in
    select step.segment * r.segment_size as first, step.bits
    from private.step_bits(b, p_facets, p_is_backward, p_step, p_step) as step
    order by step.place
  loop
    v_bits := v_segment.bits;
    if p_from is not null then
      v_bits := private.bits_from(v_segment.first, v_bits, p_from, r.is_oldest_first);
    end if;
    if bit_count(v_bits) <= v_offset then
      v_offset := v_offset - bit_count(v_bits);
      continue;
    end if;

    v_numbers := v_numbers || private.numbers_of_segment(
      v_segment.first, v_bits, r.is_oldest_first, v_offset, p_limit - cardinality(v_numbers)
    );
    v_offset := 0;
    exit when cardinality(v_numbers) = p_limit;
  end loop;
  return v_numbers;
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
      end ~ '^rate<[0-9]',
      false
    )
  );
end;
$$;

create function private.users_of_numbers(p_numbers integer[])
  returns uuid[]
  language plpgsql
  stable
  set search_path = ''
as $$
begin
  return array(
    select n.user_id
    from unnest(p_numbers) with ordinality as page (number, place)
    join private.search_numbers as n on n.number = page.number
    order by page.place
  );
end;
$$;

-- The ids of the talents of steps, in no order.
create function private.users_of_steps(
  r private.search_reads, b private.search_block, p_facets text[], p_is_backward boolean,
  p_first integer, p_last integer
)
  returns uuid[]
  language plpgsql
  stable
  set search_path = ''
as $$
begin
  -- Not one join: the planner expects many numbers of each segment, and would read all of search_numbers.
  return private.users_of_numbers(array(
    select found.number
    from private.step_bits(b, p_facets, p_is_backward, p_first, p_last) as step
    cross join lateral private.numbers_in(step.segment * r.segment_size, step.bits) as found (number)
    where bit_count(step.bits) > 0
  ));
end;
$$;

-- The ids of the talents of a block, in no order.
create function private.users_of_block(r private.search_reads, b private.search_block)
  returns uuid[]
  language plpgsql
  stable
  set search_path = ''
as $$
begin
  return private.users_of_numbers(array(
    select found.number
    from unnest(b.segments, b.bits) as m (segment, bits)
    cross join lateral private.numbers_in(m.segment * r.segment_size, m.bits) as found (number)
  ));
end;
$$;

-- Returns the number from which on talents of the same step come after a place: numbers follow the age.
create function private.number_after(s private.talent_search, p_after private.talent_rank)
  returns integer
  language plpgsql
  stable
  set search_path = ''
as $$
begin
  if s.sort = 'createdAt' then
    return coalesce(
      (
        select n.number
        from private.search_numbers as n
        where (n.created_at, n.user_id) > (to_timestamp(p_after.age), p_after.user_id)
        order by n.created_at, n.user_id
        limit 1
      ),
      2147483647
    );
  end if;

  return coalesce(
    (
      select n.number
      from private.search_numbers as n
      where (n.created_at, n.user_id) < (to_timestamp(-p_after.age), p_after.user_id)
      order by n.created_at desc, n.user_id desc
      limit 1
    ),
    -1
  );
end;
$$;

-- Returns the talents of p_limit places after p_offset in the order of a search, or after another talent.
create function private.talents_of_matches(
  r private.search_reads, b private.search_block, s private.talent_search,
  p_after private.talent_rank, p_offset bigint, p_limit integer
)
  returns uuid[]
  language plpgsql
  stable
  set search_path = ''
as $$
declare
  v_page uuid[];
begin
  if p_after.user_id is not null then
    return coalesce(
      private.talents_from(r, b, s, p_after, p_limit),
      private.talents_at(r, b, s, private.count_before(r, b, s, p_after), p_limit)
    );
  end if;

  if p_offset + p_limit <= 200 then
    v_page := (private.talents_from(r, b, s, null, p_offset::integer + p_limit))[p_offset + 1 :];
  end if;
  return coalesce(v_page, private.talents_at(r, b, s, p_offset, p_limit));
end;
$$;

-- Returns the first p_limit talents, or those after another one, by reading segments only until there are enough
-- of them. Returns null if the step that they begin in seems to have fewer: then counting is faster.
-- p_after without a talent names the block whose first ones are wanted.
create function private.talents_from(
  r private.search_reads, b private.search_block, s private.talent_search,
  p_after private.talent_rank, p_limit integer
)
  returns uuid[]
  language plpgsql
  stable
  set search_path = ''
as $$
declare
  v_facets constant text[] := private.sort_steps(s.sort);
  v_is_backward constant boolean := private.is_backward(s.sort);
  v_is_first constant boolean := p_after.user_id is null;
  v_step constant integer := case
    when v_is_first then 1
    else private.step_of_cost(s.sort, v_facets, v_is_backward, p_after.cost)
  end;
  v_from constant integer := case when not v_is_first then private.number_after(s, p_after) end;
  v_begin constant integer := case
    when v_is_first then 1
    else (
      select min(place)
      from unnest(b.segments) with ordinality as m (segment, place)
      where case
        when r.is_oldest_first then segment >= v_from / r.segment_size
        else segment <= v_from / r.segment_size
      end
    )
  end;
  v_at integer := v_begin;
  v_width integer := 1;
  v_block private.search_block;
  v_numbers integer[] := '{}';
begin
  if private.is_mixed_step(v_facets, v_is_backward, v_step) then
    return null;
  end if;

  while v_at <= cardinality(b.segments) loop
    v_block := private.block_of(
      r,
      row(null, b.segments[v_at : v_at + v_width - 1], b.bits[v_at : v_at + v_width - 1]),
      coalesce(p_after.is_last, 0), coalesce(p_after.tier, 0), coalesce(p_after.missing_skills, 0)
    );
    v_numbers := v_numbers || private.numbers_of_step(
      r, v_block, v_facets, v_is_backward, v_step, v_from, 0, p_limit - cardinality(v_numbers)
    );
    if cardinality(v_numbers) = p_limit then
      return private.users_of_numbers(v_numbers);
    end if;

    v_at := v_at + v_width;
    v_width := v_width * 2;
    exit when cardinality(v_numbers) * (cardinality(b.segments) - v_begin + 1)
      < p_limit * (v_at - v_begin);
  end loop;
  return null;
end;
$$;

-- Returns the talents of p_limit places after p_offset by counting blocks, steps and segments.
create function private.talents_at(
  r private.search_reads, b private.search_block, s private.talent_search, p_offset bigint,
  p_limit integer
)
  returns uuid[]
  language plpgsql
  stable
  set search_path = ''
as $$
declare
  v_facets constant text[] := private.sort_steps(s.sort);
  v_block private.search_block;
  v_place record;
  v_offset bigint := p_offset;
  v_found uuid[] := '{}';
  v_rest uuid[];
begin
  if p_offset >= b.matches then
    return v_found;
  end if;

  for v_place in select p.* from private.places_of_blocks(r) as p loop
    -- After the blocks of the best matches comes a large one, whose first segments may fill the page.
    if v_offset = 0 and v_place.is_last = 0
      and v_place.tier + v_place.missing > 0
      and v_place.tier = r.tiers - 1 and v_place.missing = r.skills - 1
    then
      v_rest := private.talents_from(
        r, b, s, row(0, v_place.tier, v_place.missing, null, null, null)::private.talent_rank,
        p_limit - cardinality(v_found)
      );
      if v_rest is not null then
        return v_found || v_rest;
      end if;
    end if;

    v_block := private.block_of(r, b, v_place.is_last, v_place.tier, v_place.missing);
    if v_offset >= v_block.matches then
      v_offset := v_offset - v_block.matches;
      continue;
    end if;

    v_found := v_found || private.talents_of_block(
      r, v_block, s, v_facets, v_offset, p_limit - cardinality(v_found)
    );
    v_offset := 0;
    exit when cardinality(v_found) = p_limit;
  end loop;
  return v_found;
end;
$$;

-- Returns the talents of p_limit places after p_offset in a block.
create function private.talents_of_block(
  r private.search_reads, b private.search_block, s private.talent_search, p_facets text[],
  p_offset bigint, p_limit integer
)
  returns uuid[]
  language plpgsql
  stable
  set search_path = ''
as $$
declare
  v_is_backward constant boolean := private.is_backward(s.sort);
  v_first record;
  v_last record;
  v_step integer;
  v_offset bigint;
  v_found uuid[];
begin
  -- The rows of a few talents are read faster than the bits of each of their steps.
  if b.matches <= 50 then
    return private.talents_of_rows(s, private.users_of_block(r, b), p_offset, p_limit);
  end if;

  v_first := private.first_step(b, p_facets, v_is_backward, p_offset);
  v_last := private.first_step(b, p_facets, v_is_backward, p_offset + p_limit - 1);
  v_offset := p_offset - v_first.before;
  v_step := v_first.step;
  if v_last.step - v_step > 1 and v_last.before - v_first.before <= 200 then
    v_found := private.talents_of_rows(
      s, private.users_of_steps(r, b, p_facets, v_is_backward, v_step, v_last.step - 1),
      v_offset, p_limit
    );
    v_step := v_last.step;
    v_offset := 0;
  end if;

  v_found := coalesce(v_found, '{}');
  for step in v_step .. v_last.step loop
    exit when cardinality(v_found) = p_limit;
    v_found := v_found || private.talents_of_step(
      r, b, p_facets, v_is_backward, step, s, v_offset, p_limit - cardinality(v_found)
    );
    v_offset := 0;
  end loop;
  return v_found;
end;
$$;

-- Returns those of some talents that are at p_limit places after p_offset in the order of a search.
create function private.talents_of_rows(
  s private.talent_search, p_user_ids uuid[], p_offset bigint, p_limit integer
)
  returns uuid[]
  language plpgsql
  stable
  set search_path = ''
as $$
begin
  return private.in_order(
    array(select m::private.talent_rank from private.matching_talents(s, p_user_ids) as m),
    s, p_offset, p_limit
  );
end;
$$;

-- The blocks in their order.
create function private.places_of_blocks(r private.search_reads)
  returns table (is_last integer, tier integer, missing integer)
  language plpgsql
  immutable
  set search_path = ''
as $$
begin
  return query
    select l, t, m
    from generate_series(0, r.lasts - 1) as l
    cross join generate_series(0, r.tiers - 1) as t
    cross join generate_series(0, r.skills - 1) as m
    order by l, t, m;
end;
$$;

-- Returns the step that holds the place p_offset of a block, and how many talents are in the steps before
-- it. Looks at the first steps first, because most pages are first ones.
create function private.first_step(
  b private.search_block, p_facets text[], p_is_backward boolean, p_offset bigint,
  out step integer, out before bigint
)
  language plpgsql
  stable
  set search_path = ''
as $$
declare
  v_low integer := 0;
  v_middle integer;
  v_through bigint;
begin
  -- The first v_low steps hold p_offset talents or fewer.
  before := 0;
  step := cardinality(p_facets) + 1;
  while step - v_low > 1 loop
    v_middle := case
      when step > cardinality(p_facets) then least(greatest(v_low * 2, 1), step - 1)
      else (v_low + step) / 2
    end;
    v_through := private.count_through(b, p_facets, p_is_backward, v_middle);
    if v_through <= p_offset then
      v_low := v_middle;
      before := v_through;
    else
      step := v_middle;
    end if;
  end loop;
end;
$$;

create function private.talents_of_step(
  r private.search_reads, b private.search_block, p_facets text[], p_is_backward boolean,
  p_step integer, s private.talent_search, p_offset bigint, p_limit integer
)
  returns uuid[]
  language plpgsql
  stable
  set search_path = ''
as $$
begin
  if not private.is_mixed_step(p_facets, p_is_backward, p_step) then
    return private.users_of_numbers(private.numbers_of_step(
      r, b, p_facets, p_is_backward, p_step, null, p_offset, p_limit
    ));
  end if;

  return private.talents_of_rows(
    s, private.users_of_steps(r, b, p_facets, p_is_backward, p_step, p_step), p_offset, p_limit
  );
end;
$$;

-- Returns how many of the talents come before a place in the order, or are at it.
create function private.count_before(
  r private.search_reads, b private.search_block, s private.talent_search,
  p_after private.talent_rank
)
  returns bigint
  language plpgsql
  stable
  set search_path = ''
as $$
declare
  v_facets constant text[] := private.sort_steps(s.sort);
  v_is_backward constant boolean := private.is_backward(s.sort);
  v_step constant integer := private.step_of_cost(s.sort, v_facets, v_is_backward, p_after.cost);
  v_from constant integer := private.number_after(s, p_after);
  v_block private.search_block;
  v_place record;
  v_before bigint := 0;
begin
  for v_place in
    select p.*
    from private.places_of_blocks(r) as p
    where (p.is_last, p.tier, p.missing) <= (p_after.is_last, p_after.tier, p_after.missing_skills)
  loop
    v_block := private.block_of(r, b, v_place.is_last, v_place.tier, v_place.missing);
    if (v_place.is_last, v_place.tier, v_place.missing)
      < (p_after.is_last, p_after.tier, p_after.missing_skills)
    then
      v_before := v_before + v_block.matches;
      continue;
    end if;

    v_before := v_before + private.count_through(v_block, v_facets, v_is_backward, v_step - 1);
    if private.is_mixed_step(v_facets, v_is_backward, v_step) then
      return v_before + (
        select count(*)
        from private.matching_talents(
          s, private.users_of_steps(r, v_block, v_facets, v_is_backward, v_step, v_step)
        ) as m
        where not private.comes_after(m, p_after, s)
      );
    end if;

    return v_before + (
      select coalesce(
        sum(
          bit_count(step.bits) - bit_count(private.bits_from(
            step.segment * r.segment_size, step.bits, v_from, r.is_oldest_first
          ))
        ),
        0
      )
      from private.step_bits(v_block, v_facets, v_is_backward, v_step, v_step) as step
    );
  end loop;
  return v_before;
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
