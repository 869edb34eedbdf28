-- Brings the bitmaps up to date.

-- Returns the bits of p_size talents from number p_first on, computed from their rows: of all, or of those
-- with the given numbers. Banned talents have no bits; search_changes keeps naming them.
create function private.bits_of_talents(
  p_first integer, p_size integer, p_numbers integer[] default null
)
  returns table (facet text, bits bit varying)
  language sql
  stable
  set search_path = ''
as $$
  with talents as materialized (
    select
      set_bit(private.no_bits(p_size), n.number - p_first, 1) as bit,
      t.words, t.skills, t.hourly_rate, t.availability, (t.average_rating * 10)::integer as tenths
    from private.search_numbers as n
    join private.searchable_talents as t on t.user_id = n.user_id
    where n.number between p_first and p_first + p_size - 1
      and (p_numbers is null or n.number = any (p_numbers))
      and t.banned_until is null
  ),
  -- Word by word first: a segment has far fewer words than postings.
  words as materialized (
    select
      w.lexeme collate "C" as word, bit_or(t.bit) as bits,
      bit_or(t.bit) filter (where w.weights[1] = 'A') as head_bits
    from talents as t
    cross join unnest(t.words) as w
    group by 1
  ),
  -- The facets that are kept for each of these words.
  facets as materialized (
    select w.word, w.bits, w.head_bits, f.facet
    from words as w
    cross join lateral (
      select 'word:' || w.word as facet
      union all
      select 'prefix:' || left(w.word, length)
      from generate_series(1, least(char_length(w.word), 12)) as length
    ) as possible
    join private.search_facets as f on f.facet = possible.facet
  ),
  -- A talent is in every cut from that of its rate upwards.
  rates as (
    select private.rate_cut(hourly_rate) as cut, bit_or(bit) as bits
    from talents
    where hourly_rate is not null
    group by 1
  ),
  ratings as (
    select tenths, bit_or(bit) as bits from talents where tenths is not null group by 1
  )
  select 'listed', bit_or(bit) from talents having count(*) > 0
  union all
  select 'availability:' || availability, bit_or(bit)
  from talents
  where availability is not null
  group by 1
  union all
  select 'skill:' || lower(skill), bit_or(bit)
  from talents
  cross join unnest(skills) as skill
  group by 1
  union all
  select private.rate_facet(cut), bits
  from (
    select cut, bit_or(rates.bits) over (order by cut) as bits
    from generate_series(2 * 5 + 1, 2 * 500 + 1) as cut
    left join rates using (cut)
  ) as cuts
  where bits is not null
  union all
  select 'rating>=' || tenths, bits
  from (
    select tenths, bit_or(ratings.bits) over (order by tenths desc) as bits
    from generate_series(10, 50) as tenths
    left join ratings using (tenths)
  ) as cuts
  where bits is not null
  union all
  select facet, bit_or(facets.bits) from facets group by 1
  union all
  select 'head-' || facet, bit_or(head_bits) from facets where head_bits is not null group by 1
$$;

-- Writes the bits of the given numbers of a segment anew.
create function private.merge_into_segment(
  p_segment integer, p_size integer, p_numbers integer[]
)
  returns void
  language sql
  volatile
  set search_path = ''
as $$
  with mask as (
    select bit_or(set_bit(private.no_bits(p_size), number % p_size, 1)) as bits
    from unnest(p_numbers) as number
  ),
  fresh as materialized (
    select f.facet collate "C" as facet, f.bits
    from private.bits_of_talents(p_segment * p_size, p_size, p_numbers) as f
  ),
  merged as (
    select b.facet, (b.bits & ~mask.bits) | coalesce(f.bits, mask.bits & ~mask.bits) as bits
    from private.search_bits as b
    cross join mask
    left join fresh as f on f.facet = b.facet
    where b.segment = p_segment
  ),
  updated as (
    update private.search_bits as b
    set bits = m.bits
    from merged as m
    where b.facet = m.facet and b.segment = p_segment and b.bits <> m.bits
  )
  insert into private.search_bits (facet, segment, bits)
  select f.facet, p_segment, f.bits
  from fresh as f
  where not exists (
    select from private.search_bits as b where b.facet = f.facet and b.segment = p_segment
  )
$$;

-- Numbers the talents among p_user_ids that have no number yet. Numbers follow the order of accounts,
-- so a talent that is older than the newest numbered one waits for the next rebuild; those of the
-- last seconds wait too, because an older one may just be about to commit.
create function private.number_talents(p_user_ids uuid[])
  returns void
  language plpgsql
  volatile
  set search_path = ''
as $$
declare
  v_newest private.search_numbers;
begin
  select n.* into v_newest from private.search_numbers as n order by n.number desc limit 1;

  insert into private.search_numbers (number, user_id, created_at)
  select
    coalesce(v_newest.number, -1) + row_number() over (order by t.created_at, t.user_id),
    t.user_id, t.created_at
  from private.searchable_talents as t
  where t.user_id = any (p_user_ids)
    and t.created_at < now() - interval '10 seconds'
    and (
      v_newest.number is null
      or (t.created_at, t.user_id) > (v_newest.created_at, v_newest.user_id)
    )
    and not exists (select from private.search_numbers as n where n.user_id = t.user_id);
end;
$$;

-- Merges changed talents into the bitmaps, up to 5000 changes at a time, and returns how many changes
-- it merged. A job runs it every 10 seconds; one call runs at a time.
--
-- Rows are read after the list of changes. A talent that is saved in between is merged as saved, and
-- stays in the list, because its newer change is not deleted.
create function private.merge_search_changes()
  returns integer
  language plpgsql
  volatile
  security definer
  set search_path = ''
as $$
declare
  v_changes bigint[];
  v_user_ids uuid[];
  v_size constant integer := (select s.segment_size from private.search_state as s);
  v_segment record;
  v_count integer;
begin
  if not pg_try_advisory_xact_lock(hashtext('private.search_index')) then
    return 0;
  end if;

  -- Talents that wait for something else come last, so that they hold up nobody.
  select array_agg(id), array_agg(distinct user_id)
  into v_changes, v_user_ids
  from (
    select c.id, c.user_id
    from private.search_changes as c
    left join private.searchable_talents as t on t.user_id = c.user_id
    order by t.banned_until is not null, c.id
    limit 5000
  ) as changes;

  if v_changes is null then
    return 0;
  end if;

  perform private.number_talents(v_user_ids);
  for v_segment in
    select n.number / v_size as place, array_agg(n.number) as numbers
    from private.search_numbers as n
    where n.user_id = any (v_user_ids)
    group by 1
    order by 1
  loop
    perform private.merge_into_segment(v_segment.place, v_size, v_segment.numbers);
  end loop;

  delete from private.search_changes as c
  where c.id = any (v_changes)
    and not exists (
      select
      from private.searchable_talents as t
      where t.user_id = c.user_id
        and (
          t.banned_until is not null
          or not exists (select from private.search_numbers as n where n.user_id = t.user_id)
        )
    );
  get diagnostics v_count = row_count;
  return v_count;
end;
$$;
