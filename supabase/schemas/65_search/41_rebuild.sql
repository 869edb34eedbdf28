-- Builds the bitmaps from the talents' rows.

-- Chooses the words and prefixes that get bitmaps: those in at least p_least profiles. A word or prefix
-- without bitmaps is in few rows, so reading these is cheap. Large marketplaces are judged by a
-- sample. Of prefixes only those are chosen where words part: "design" for "des" to "design", if all
-- words with "des" begin with "design".
create function private.choose_search_facets(p_talents integer, p_least integer)
  returns void
  language plpgsql
  volatile
  set search_path = ''
as $$
declare
  v_share constant real := least(1, 50000.0 / greatest(p_talents, 1));
begin
  create temp table word_counts on commit drop as
  select w.word, coalesce(c.talents, 0) / v_share as talents
  from private.search_words as w
  left join (
    select word collate "C" as word, count(*) as talents
    from private.searchable_talents as t tablesample system (v_share * 100)
    cross join unnest(tsvector_to_array(t.words)) as word
    group by 1
  ) as c on c.word = w.word;

  delete from private.search_facets;
  insert into private.search_facets (facet)
  select 'word:' || word from pg_temp.word_counts where talents >= p_least
  union all
  select 'prefix:' || left(word, length)
  from pg_temp.word_counts
  cross join generate_series(1, least(char_length(word), 12)) as length
  group by left(word, length), length
  having sum(talents) >= p_least and count(distinct substr(word, length + 1, 1)) > 1;

  drop table pg_temp.word_counts;
end;
$$;

-- Makes the rows of all talents from their profiles.
create function private.make_talents_searchable()
  returns void
  language sql
  volatile
  set search_path = ''
as $$
  delete from private.searchable_talents as t
  where exists (
    select from public.profiles as p where p.id = t.user_id and p.deleted_at is not null
  );

  insert into private.searchable_talents as t (
    user_id, words, skills, hourly_rate, availability, average_rating, created_at, banned_until
  )
  select
    p.id, private.profile_words(p.name, p.professional_title, p.bio), p.skills, p.hourly_rate,
    p.availability, p.average_rating, p.created_at, u.banned_until
  from public.profiles as p
  join auth.users as u on u.id = p.id
  where p.user_type = 'talent' and p.deleted_at is null
  on conflict (user_id) do update
  set
    words = excluded.words, skills = excluded.skills, hourly_rate = excluded.hourly_rate,
    availability = excluded.availability, average_rating = excluded.average_rating,
    banned_until = excluded.banned_until
  where (t.words, t.skills, t.hourly_rate, t.availability, t.average_rating, t.banned_until)
    is distinct from (excluded.words, excluded.skills, excluded.hourly_rate,
      excluded.availability, excluded.average_rating, excluded.banned_until);

  insert into private.search_words (word, patterns)
  select word, private.one_letter_changed(word)
  from (
    select distinct word collate "C" as word
    from private.searchable_talents as t
    cross join unnest(tsvector_to_array(t.words)) as word
    order by 1
  ) as words
  on conflict do nothing;
$$;

-- Rebuilds the index and returns the number of talents. Queries and saved profiles do not wait for
-- it. Profiles that change meanwhile stay in search_changes.
-- p_with_rows also makes the talents' rows anew, which triggers keep otherwise: after profiles were
-- loaded without triggers, or after a change of what a word is.
-- p_least: the number of profiles from which a word has bitmaps. p_segment_size: the number of talents in a
-- segment, from 128 to 30720; tests make many small segments.
create function private.rebuild_search_index(
  p_with_rows boolean default false, p_least integer default null,
  p_segment_size integer default 30720
)
  returns integer
  language plpgsql
  volatile
  security definer
  set search_path = ''
  set work_mem = '64MB'
as $$
declare
  v_size constant integer := p_segment_size / 4;
  v_none constant bit varying := private.no_bits(p_segment_size - v_size);
  v_talents integer;
begin
  perform pg_advisory_xact_lock(hashtext('private.search_index'));

  if p_with_rows then
    perform private.make_talents_searchable();
  end if;

  delete from private.search_changes;
  delete from private.search_numbers;
  insert into private.search_numbers (number, user_id, created_at)
  select row_number() over (order by created_at, user_id) - 1, user_id, created_at
  from private.searchable_talents;
  get diagnostics v_talents = row_count;

  perform private.choose_search_facets(
    v_talents, coalesce(p_least, greatest(500, v_talents / 1000))
  );

  create temp table rebuilt_bits (like private.search_bits) on commit drop;
  -- A quarter of a segment at a time: long bitmaps of each of its words would not fit in memory.
  for v_quarter in 0 .. (v_talents - 1) / v_size loop
    insert into pg_temp.rebuilt_bits (facet, segment, bits)
    select f.facet, v_quarter, f.bits
    from private.bits_of_talents(v_quarter * v_size, v_size) as f;
  end loop;

  -- In the order of facets: a query reads the segments of a facet from neighbouring pages.
  delete from private.search_bits;
  insert into private.search_bits (facet, segment, bits)
  select facet, segment / 4, bit_or((bits || v_none) >> (segment % 4 * v_size))
  from pg_temp.rebuilt_bits
  group by 1, 2
  order by 1, 2;
  drop table pg_temp.rebuilt_bits;

  insert into private.search_changes (user_id)
  select user_id from private.searchable_talents where banned_until is not null;

  update private.search_state
  set rebuilt_at = now(), talents = v_talents, segment_size = p_segment_size;
  return v_talents;
end;
$$;

-- Removes words that no profile contains any more. Saving a profile waits for the last step, so it gives
-- up when it has to wait itself.
create function private.forget_unused_words()
  returns integer
  language plpgsql
  volatile
  security definer
  set search_path = ''
  set lock_timeout = '1s'
as $$
declare
  v_unused text[];
  v_count integer;
begin
  -- Without merges, search_changes keeps naming every talent that changes from here on.
  perform pg_advisory_xact_lock(hashtext('private.search_index'));

  select array_agg(w.word)
  into v_unused
  from private.search_words as w
  left join (
    select distinct word collate "C" as word
    from private.searchable_talents as t
    cross join unnest(tsvector_to_array(t.words)) as word
  ) as used on used.word = w.word
  where used.word is null;

  lock table private.searchable_talents in share mode;
  with taken_up as materialized (
    select distinct word collate "C" as word
    from private.search_changes as c
    join private.searchable_talents as t on t.user_id = c.user_id
    cross join unnest(tsvector_to_array(t.words)) as word
  )
  delete from private.search_words as w
  using unnest(v_unused) as unused (word)
  where w.word = unused.word collate "C"
    and not exists (select from taken_up as u where u.word = w.word);
  get diagnostics v_count = row_count;
  return v_count;
exception
  when lock_not_available then
    return 0;
end;
$$;

-- Rebuilds the index when that pays: it was never built for more than a handful of talents, it has
-- grown by a fifth, or many talents wait that cannot be merged. A job runs it every hour.
create function private.refresh_search_index()
  returns integer
  language plpgsql
  volatile
  security definer
  set search_path = ''
as $$
declare
  v_built integer := (select s.talents from private.search_state as s);
  v_talents constant integer := (select count(*) from private.searchable_talents);
  v_waiting constant integer := (select count(*) from private.search_changes);
begin
  if v_talents < 500 or (abs(v_talents - v_built) < v_built / 5 and v_waiting < 1000) then
    return 0;
  end if;

  v_built := private.rebuild_search_index();
  -- Last, because saving a profile waits from here to the end.
  perform private.forget_unused_words();
  return v_built;
end;
$$;
