-- Release 0.2.0, from supabase/schemas/65_search. A later change is made there and in a migration of its own.


-- ── 65_search/10_words.sql ──────────────────────────────────────────────────────────────────────

-- Text search compares words. This file says what a word is, for profiles and for queries alike.
--
-- Letters are compared without case, accents and vowel marks: "Zoë" is "zoe". Apostrophes vanish:
-- "O'Brien" is "obrien". Everything that is neither letter nor digit separates words. Chinese,
-- Japanese and Korean do not separate words with spaces, so there each pair of neighbouring
-- characters is a word; the last character of such a run is one too.

create function private.fold(p_text text)
  returns text
  language sql
  immutable
  parallel safe
  set search_path = ''
as $$
  select normalize(
    translate(
      regexp_replace(
        replace(replace(replace(replace(
          normalize(lower(p_text), nfkd),
          'ß', 'ss'), 'æ', 'ae'), 'œ', 'oe'), 'þ', 'th'
        ),
        '[\u0300-\u036F\u0483-\u0487\u0591-\u05BD\u05BF-\u05C7\u0640\u064B-\u065F\u0670'
          '\u1AB0-\u1AFF\u1DC0-\u1DFF\u200C\u200D\u00AD''`\u02B9-\u02BC\u2018\u2019\u2032]',
        '', 'g'
      ),
      U&'\00F8\0142\0111\00F0\0127\0131\0237\0649\0629\06A9\06CC',
      U&'olddhij\064A\0647\0643\064A'
    ),
    nfc
  )
$$;

-- Folded text with one space between its words. Most text is ASCII, which takes a short cut.
create function private.separate_words(p_text text)
  returns text
  language sql
  immutable
  parallel safe
  set search_path = ''
as $$
  select btrim(case
    when octet_length(p_text) = char_length(p_text)
      then regexp_replace(translate(lower(p_text), '''`', ''), '[^a-z0-9]+', ' ', 'g')
    else regexp_replace(
      private.fold(p_text),
      '[\u0001-/:-@\u005B-\u0060{-\u00A9\u00AB-\u00B1\u00B4\u00B6-\u00B8\u00BB\u00BF\u00D7\u00F7'
        '\u060C\u061B\u061F\u066A-\u066D\u06D4\u0964\u0965\u2000-\u206F\u20A0-\u20CF\u2190-\u2BFF'
        '\u2E00-\u2E7F\u3000-\u3004\u3008-\u3020\u3030\u303D-\u303F\u30FB\uFE00-\uFE0F'
        '\uFF00-\uFF0F\uFF1A-\uFF20\uFF3B-\uFF40\uFF5B-\uFF65\U0001F000-\U0001FAFF'
        '\U000E0000-\U000E01EF]+',
      ' ', 'g'
    )
  end)
$$;

-- Characters of scripts that are written without spaces, for a regular expression: Chinese, Japanese,
-- Korean.
create function private.unspaced_letters()
  returns text
  language sql
  immutable
  parallel safe
  set search_path = ''
as $$
  select '\u1100-\u11FF\u2E80-\u2FDF\u3005-\u3007\u3021-\u302F\u3031-\u303C\u3040-\u30FA'
    '\u30FC-\u31FF\u3400-\u9FFF\uA960-\uA97F\uAC00-\uD7FF\uF900-\uFAFF\U00020000-\U0003FFFF'
$$;

create function private.is_unspaced(p_word text)
  returns boolean
  language plpgsql
  immutable
  parallel safe
  set search_path = ''
as $$
begin
  return p_word ~ ('[' || private.unspaced_letters() || ']');
end;
$$;

-- Splits a word where it changes between scripts with and without spaces: "3d動画" is "3d" and "動画".
create function private.runs_of(p_word text)
  returns table (run text, is_unspaced boolean, place bigint)
  language plpgsql
  immutable
  parallel safe
  set search_path = ''
as $$
begin
  return query
    select m.parts[1], private.is_unspaced(m.parts[1]), m.place
    from regexp_matches(
      p_word,
      '[' || private.unspaced_letters() || ']+|[^' || private.unspaced_letters() || ']+',
      'g'
    ) with ordinality as m (parts, place);
end;
$$;

-- Returns the words of text. Words are cut after 40 characters.
create function private.words_of(p_text text)
  returns setof text
  language plpgsql
  immutable
  parallel safe
  set search_path = ''
as $$
declare
  v_words constant text := private.separate_words(p_text);
  v_list text[];
begin
  if not private.is_unspaced(v_words) then
    return query
      select distinct left(word, 40) from string_to_table(v_words, ' ') as word where word <> '';
    return;
  end if;

  v_list := array(
    with runs as materialized (
      select r.run, r.is_unspaced
      from string_to_table(v_words, ' ') as word
      cross join private.runs_of(word) as r
    )
    select left(r.run, 40) from runs as r where not r.is_unspaced
    union all
    select substr(r.run, at, 2)
    from runs as r
    cross join generate_series(1, char_length(r.run)) as at
    where r.is_unspaced
  );
  -- From a list, because the planner takes the query above for millions of words.
  return query select distinct word from unnest(v_list) as word;
end;
$$;

-- Returns the words that a query looks for. The last word may be the beginning of a word, so that
-- results appear while the user types; so may a single Chinese, Japanese or Korean character. A word that
-- was typed in full before is looked for as both.
create function private.query_words(p_query text)
  returns table (word text, is_prefix boolean)
  language plpgsql
  immutable
  parallel safe
  set search_path = ''
as $$
declare
  v_words constant text := private.separate_words(p_query);
  v_list text[];
begin
  if not private.is_unspaced(v_words) then
    v_list := string_to_array(v_words, ' ');
    return query
      select distinct left(w.word, 40), w.place = cardinality(v_list)
      from unnest(v_list) with ordinality as w (word, place)
      where w.word <> '';
    return;
  end if;

  return query
    with runs as (
      select
        r.run, r.is_unspaced,
        row_number() over (order by w.place desc, r.place desc) = 1 as is_last
      from string_to_table(v_words, ' ') with ordinality as w (word, place)
      cross join private.runs_of(w.word) as r
    )
    select left(r.run, 40), r.is_last
    from runs as r
    where not r.is_unspaced
    union
    select substr(r.run, at, 2), char_length(r.run) = 1
    from runs as r
    cross join generate_series(1, greatest(char_length(r.run) - 1, 1)) as at
    where r.is_unspaced;
end;
$$;

-- A pattern for each letter of a word that may be another one: a?b, ?ab. Words that share a pattern
-- differ in one letter.
create function private.one_letter_changed(p_word text)
  returns text[]
  language sql
  immutable
  parallel safe
  set search_path = ''
as $$
  select array(
    select overlay(p_word placing '?' from at for 1)
    from generate_series(1, char_length(p_word)) as at
  )
$$;

create function private.one_letter_added(p_word text)
  returns text[]
  language sql
  immutable
  parallel safe
  set search_path = ''
as $$
  select array(
    select overlay(p_word placing '?' from at for 0)
    from generate_series(1, char_length(p_word) + 1) as at
  )
$$;

create function private.one_letter_left_out(p_word text)
  returns text[]
  language sql
  immutable
  parallel safe
  set search_path = ''
as $$
  select array(
    select overlay(p_word placing '' from at for 1)
    from generate_series(1, char_length(p_word)) as at
  )
$$;

create function private.two_letters_swapped(p_word text)
  returns text[]
  language sql
  immutable
  parallel safe
  set search_path = ''
as $$
  select array(
    select overlay(p_word placing reverse(substr(p_word, at, 2)) from at for 2)
    from generate_series(1, char_length(p_word) - 1) as at
  )
$$;


-- ── 65_search/20_searchable_talents.sql ─────────────────────────────────────────────────────────

-- What the search reads: a narrow row for each talent that can be found, kept by triggers in the
-- transaction that changes the profile. Deleted talents have no row.

create table private.searchable_talents (
  user_id uuid primary key references public.profiles (id) on delete cascade,
  words tsvector not null,
  skills text[] not null,
  hourly_rate numeric(6, 2),
  availability text,
  average_rating numeric(2, 1),
  created_at timestamptz not null,
  banned_until timestamptz
);

comment on table private.searchable_talents is
  'One row for each talent that can be found. Triggers on profiles keep it; search reads it.';
comment on column private.searchable_talents.words is
  'The words of the profile: weight A for name and title, D for those that only the bio contains.';

-- Searches read the list of pending entries from end to end, so it is kept short.
create index searchable_talents_words_idx on private.searchable_talents using gin (words)
  with (gin_pending_list_limit = 128);
-- Whole rates have bitmaps; only the others are ever looked up by value.
create index searchable_talents_odd_rate_idx on private.searchable_talents (hourly_rate)
  where hourly_rate <> trunc(hourly_rate);

alter table private.searchable_talents enable row level security;

-- Every word that a profile contains, for prefixes and for words with a wrong letter. It may also
-- contain words that no profile contains any more, until the index is rebuilt.
create table private.search_words (
  word text collate "C" primary key,
  patterns text[] not null
);

comment on table private.search_words is 'Every word of a profile that can be found.';
comment on column private.search_words.patterns is
  'The word with each letter replaced by "?" in turn, to find words that differ in one letter.';

create index search_words_patterns_idx on private.search_words using gin (patterns);

alter table private.search_words enable row level security;

-- Talents whose bitmaps (30_bitmaps.sql) are older than their row. Only inserted and deleted, so
-- that saving a profile waits for nobody.
create table private.search_changes (
  id bigint generated always as identity primary key,
  user_id uuid not null
);

comment on table private.search_changes is
  'Talents that changed since they were merged into the bitmaps. Queries read these talents'' rows.';

alter table private.search_changes enable row level security;

-- Returns the words of a profile as a text search vector. Words are quoted: they contain neither
-- quotes nor backslashes.
create function private.profile_words(p_name text, p_title text, p_bio text)
  returns tsvector
  language sql
  immutable
  parallel safe
  set search_path = ''
as $$
  select coalesce(string_agg('''' || word || ''':' || weight, ' '), '')::tsvector
  from (
    select word, min(weight) as weight
    from (
      select word, '1A' as weight from private.words_of(concat_ws(' ', p_name, p_title)) as word
      union all
      select word, '2' from private.words_of(p_bio) as word
    ) as fields
    group by word
  ) as words
$$;

-- Adds the words that are new. In the order of words, so that two writers cannot wait for each
-- other.
create function private.learn_words(p_words tsvector)
  returns void
  language plpgsql
  volatile
  security definer
  set search_path = ''
as $$
declare
  v_new text[];
begin
  select array_agg(given.word order by given.word collate "C")
  into v_new
  from unnest(tsvector_to_array(p_words)) as given (word)
  where not exists (
    select from private.search_words as w where w.word = given.word collate "C"
  );

  if v_new is not null then
    insert into private.search_words (word, patterns)
    select word, private.one_letter_changed(word)
    from unnest(v_new) with ordinality as new (word, place)
    order by place
    on conflict do nothing;
  end if;
end;
$$;

-- Definer: callers have no rights on the tables of the search.
create function private.tg_profiles__make_searchable()
  returns trigger
  language plpgsql
  security definer
  set search_path = ''
as $$
declare
  v_words tsvector;
begin
  if new.deleted_at is not null then
    delete from private.searchable_talents where user_id = new.id;
    return null;
  end if;

  if tg_op = 'UPDATE' and old.deleted_at is null
    and (old.name, old.professional_title, old.bio)
      is not distinct from (new.name, new.professional_title, new.bio)
  then
    update private.searchable_talents
    set
      skills = new.skills, hourly_rate = new.hourly_rate, availability = new.availability,
      average_rating = new.average_rating
    where user_id = new.id;
    return null;
  end if;

  v_words := private.profile_words(new.name, new.professional_title, new.bio);
  insert into private.searchable_talents as t (
    user_id, words, skills, hourly_rate, availability, average_rating, created_at, banned_until
  )
  select
    new.id, v_words, new.skills, new.hourly_rate, new.availability, new.average_rating,
    new.created_at, (select u.banned_until from auth.users as u where u.id = new.id)
  on conflict (user_id) do update
  set
    words = excluded.words, skills = excluded.skills, hourly_rate = excluded.hourly_rate,
    availability = excluded.availability, average_rating = excluded.average_rating;
  perform private.learn_words(v_words);
  return null;
end;
$$;

create trigger _500_make_searchable
  after insert on public.profiles
  for each row
  when (new.user_type = 'talent')
  execute function private.tg_profiles__make_searchable();

create trigger _501_make_changes_searchable
  after update of
    name, professional_title, bio, skills, hourly_rate, availability, average_rating, deleted_at
  on public.profiles
  for each row
  when (
    new.user_type = 'talent'
    and (old.name, old.professional_title, old.bio, old.skills, old.hourly_rate, old.availability,
      old.average_rating, old.deleted_at)
    is distinct from (new.name, new.professional_title, new.bio, new.skills, new.hourly_rate,
      new.availability, new.average_rating, new.deleted_at)
  )
  execute function private.tg_profiles__make_searchable();

-- Talents whose account is banned are not found until the ban ends.
create function private.tg_users__hide_banned_talent()
  returns trigger
  language plpgsql
  security definer
  set search_path = ''
as $$
begin
  update private.searchable_talents set banned_until = new.banned_until where user_id = new.id;
  return null;
end;
$$;

create trigger onswift_510_hide_banned_talent
  after update of banned_until on auth.users
  for each row
  when (old.banned_until is distinct from new.banned_until)
  execute function private.tg_users__hide_banned_talent();

create function private.tg_searchable_talents__note_change()
  returns trigger
  language plpgsql
  security definer
  set search_path = ''
as $$
begin
  insert into private.search_changes (user_id)
  values (case when tg_op = 'DELETE' then old.user_id else new.user_id end);
  return null;
end;
$$;

create trigger _500_note_change
  after insert or update or delete on private.searchable_talents
  for each row
  execute function private.tg_searchable_talents__note_change();


-- ── 65_search/30_bitmaps.sql ────────────────────────────────────────────────────────────────────

-- The index behind the search: bitmaps. Talents are numbered in the order of their accounts. For each
-- facet ("has the skill Figma", "charges at most $60", "contains the word video") one bit per talent
-- says whether it holds. A query combines the bitmaps of its filters; counting the bits of the result
-- is the exact total. docs/performance.md tells why.
--
-- Bitmaps are cut into segments of 30,720 talents: a row of at most 3.75 KB, so that a page holds it and
-- its next version. They are not changed when a profile is saved: search_changes notes the talent, queries
-- take noted talents from their rows, and a job merges them into the bitmaps (40_merge.sql).

create table private.search_numbers (
  number integer primary key,
  user_id uuid not null unique,
  created_at timestamptz not null,

  constraint number_is_not_negative check (number >= 0)
);

comment on table private.search_numbers is
  'The number of each talent in the bitmaps, in the order of created_at and user_id.';

create index search_numbers_created_at_idx on private.search_numbers (created_at, user_id);

alter table private.search_numbers enable row level security;

create table private.search_bits (
  facet text collate "C" not null,
  segment integer not null,
  -- Compressed in its row where that saves space. Most facets describe few talents: a million of them took
  -- 11 GB without, and 1.3 GB with.
  bits bit varying storage main not null,

  primary key (facet, segment),
  constraint bits_are_few check (bit_length(bits) between 128 and 30720)
) with (fillfactor = 60, toast_tuple_target = 128);

comment on table private.search_bits is
  'For each facet and segment of talents, which of them the facet describes. Segments without any
may be absent.
Facets: listed (all talents), skill:<name>, availability:<value>, rating>=<tenths>, rate<<dollars>,
rate<=<dollars>, word:<word> and prefix:<letters>, head-word: and head-prefix: for name and title.';

create index search_bits_segment_idx on private.search_bits (segment);

alter table private.search_bits enable row level security;

-- Only frequent words and prefixes have bitmaps. Those of rare ones are found in their rows, through
-- the index of words.
create table private.search_facets (
  facet text collate "C" primary key
);

comment on table private.search_facets is
  'The words and prefixes that have bitmaps: word:<word> and prefix:<letters>.';

alter table private.search_facets enable row level security;

-- When the index was rebuilt, and for how many talents.
create table private.search_state (
  only_row boolean primary key default true,
  rebuilt_at timestamptz,
  talents integer not null default 0,
  segment_size integer not null default 30720,

  constraint there_is_one_row check (only_row)
);

comment on table private.search_state is
  'One row: when the search index was last rebuilt, and how many talents a segment has.';

insert into private.search_state default values;

alter table private.search_state enable row level security;

create function private.no_bits(p_size integer)
  returns bit varying
  language sql
  immutable
  parallel safe
  set search_path = ''
as $$
  select repeat('0', p_size)::bit varying
$$;

-- Hourly rates are cut at every whole dollar, just below it and just above it: rate<5, rate<=5,
-- rate<6, … Returns the first cut that a rate is in, as a number: 2n for rate<n, 2n+1 for rate<=n.
create function private.rate_cut(p_rate numeric)
  returns integer
  language sql
  immutable
  parallel safe
  set search_path = ''
as $$
  select 2 * ceil(p_rate)::integer + case when p_rate = trunc(p_rate) then 1 else 0 end
$$;

create function private.rate_facet(p_cut integer)
  returns text
  language sql
  immutable
  parallel safe
  set search_path = ''
as $$
  select case p_cut % 2 when 1 then 'rate<=' else 'rate<' end || p_cut / 2
$$;


-- ── 65_search/40_merge.sql ──────────────────────────────────────────────────────────────────────

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


-- ── 65_search/41_rebuild.sql ────────────────────────────────────────────────────────────────────

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


-- ── 65_search/45_query.sql ──────────────────────────────────────────────────────────────────────

-- From what a caller asks for to what has to be read.

-- A search after validation. Without text, query is null.
create type private.talent_search as (
  query tsquery,
  head_query tsquery,
  skills text[],
  any_skill boolean,
  min_rate numeric,
  max_rate numeric,
  availability text,
  min_rating numeric,
  -- Empty for the order of relevance.
  sort text
);

-- The text of a search. A term is one word of the query with the words that it stands for. Its
-- profiles are those of its facets together with those that match its rare query.
create type private.search_text as (
  query tsquery,
  head_query tsquery,
  -- False if no profile can contain every term.
  is_possible boolean,
  -- True if each term has bitmaps.
  has_bitmaps boolean,
  facets text[],
  facet_terms integer[],
  rare_queries tsquery[],
  rare_terms integer[]
);

create function private.quoted_word(p_word text, p_flags text)
  returns tsquery
  language plpgsql
  immutable
  parallel safe
  set search_path = ''
as $$
begin
  return ('''' || p_word || '''' || p_flags)::tsquery;
end;
$$;

-- The same query for name and title only.
create function private.in_head(p_query tsquery)
  returns tsquery
  language plpgsql
  immutable
  parallel safe
  set search_path = ''
as $$
begin
  return regexp_replace(p_query::text, '(''[^'']+'')', '\1:A', 'g')::tsquery;
end;
$$;

-- The words of the vocabulary that begin with a prefix.
create function private.words_with_prefix(p_prefix text)
  returns setof text
  language sql
  stable
  set search_path = ''
as $$
  select w.word
  from private.search_words as w
  where w.word >= p_prefix collate "C" and w.word < (p_prefix || U&'\+10FFFF') collate "C"
$$;

-- The longest beginning that all words with a prefix have in common; null if there is no such word.
create function private.common_prefix(p_prefix text)
  returns text
  language plpgsql
  stable
  set search_path = ''
as $$
declare
  v_end constant text := p_prefix || U&'\+10FFFF';
  v_first text;
  v_last text;
begin
  select w.word into v_first
  from private.search_words as w
  where w.word >= p_prefix collate "C" and w.word < v_end collate "C"
  order by w.word
  limit 1;

  select w.word into v_last
  from private.search_words as w
  where w.word >= p_prefix collate "C" and w.word < v_end collate "C"
  order by w.word desc
  limit 1;

  while not starts_with(v_last, v_first) loop
    v_first := left(v_first, -1);
  end loop;
  return v_first;
end;
$$;

-- The words that differ from a word in one letter: another, one more, one less, or two swapped.
create function private.similar_words(p_word text)
  returns setof text
  language sql
  stable
  set search_path = ''
as $$
  select w.word
  from private.search_words as w
  where w.patterns && (private.one_letter_changed(p_word) || private.one_letter_added(p_word))
  union
  select w.word
  from private.search_words as w
  where w.word = any (private.one_letter_left_out(p_word) || private.two_letters_swapped(p_word))
$$;

-- Returns the words that a word of a query stands for, and which of their facets exist. A word that no
-- profile contains stands for the words that differ in one letter, if it has five letters or more.
create function private.expand_word(
  p_word text, p_is_prefix boolean,
  out query tsquery, out head_query tsquery, out facets text[], out rare_query tsquery
)
  language plpgsql
  stable
  set search_path = ''
as $$
declare
  v_words text[];
  v_common text;
begin
  if p_is_prefix then
    query := private.quoted_word(p_word, ':*');
    head_query := private.quoted_word(p_word, ':*A');
    v_common := private.common_prefix(p_word);
    select array_agg(f.facet) into facets
    from private.search_facets as f where f.facet = 'prefix:' || v_common;
    if facets is not null then
      return;
    end if;
    v_words := array(select private.words_with_prefix(p_word));
  else
    query := private.quoted_word(p_word, '');
    head_query := private.quoted_word(p_word, ':A');
    v_words := array[p_word];
  end if;

  select array_agg(f.facet) into facets
  from private.search_facets as f
  where f.facet = any (array(select 'word:' || word from unnest(v_words) as word));

  if facets is null and (
    v_words = '{}'
    or not exists (
      select from private.searchable_talents as t where t.words @@ expand_word.query
    )
  ) then
    if char_length(p_word) < 5 or private.is_unspaced(p_word) then
      query := null;
      return;
    end if;

    v_words := array(select private.similar_words(p_word));
    if v_words = '{}' then
      query := null;
      return;
    end if;

    query := array_to_string(array(select '''' || word || '''' from unnest(v_words) as word), '|');
    head_query := private.in_head(query);
    select array_agg(f.facet) into facets
    from private.search_facets as f
    where f.facet = any (array(select 'word:' || word from unnest(v_words) as word));
  end if;

  if facets is not null then
    rare_query := nullif(array_to_string(
      array(
        select '''' || word || ''''
        from unnest(v_words) as word
        where 'word:' || word <> all (facets)
      ), '|'
    ), '');
  end if;
end;
$$;

create function private.read_search_text(p_text text)
  returns private.search_text
  language plpgsql
  stable
  set search_path = ''
as $$
declare
  v_text private.search_text;
  v_term integer := 0;
  v_word record;
  v_meaning record;
begin
  v_text.has_bitmaps := true;
  v_text.is_possible := true;
  for v_word in select w.* from private.query_words(p_text) as w loop
    v_meaning := private.expand_word(v_word.word, v_word.is_prefix);
    if v_meaning.query is null then
      v_text.is_possible := false;
      return v_text;
    end if;

    v_term := v_term + 1;
    v_text.query := coalesce(v_text.query && v_meaning.query, v_meaning.query);
    v_text.head_query := coalesce(v_text.head_query && v_meaning.head_query, v_meaning.head_query);
    if v_meaning.facets is null then
      v_text.has_bitmaps := false;
    else
      v_text.facets := v_text.facets || v_meaning.facets;
      v_text.facet_terms := v_text.facet_terms
        || array_fill(v_term, array[cardinality(v_meaning.facets)]);
    end if;
    if v_meaning.rare_query is not null then
      v_text.rare_queries := v_text.rare_queries || v_meaning.rare_query;
      v_text.rare_terms := v_text.rare_terms || v_term;
    end if;
  end loop;
  return v_text;
end;
$$;


-- ── 65_search/46_matching_rows.sql ──────────────────────────────────────────────────────────────

-- Search in the rows of talents: for words that are rare, and for talents that changed since they were
-- merged into the bitmaps.

-- The place of a talent in the order of a search, as values that are compared one after the other,
-- smallest first. By relevance: those who are available, then those whose name or title match, then
-- those with more of the skills, then the better rated, then the newer. By another order: the value, then
-- the newer. Talents without the value come last either way.
create type private.talent_rank as (
  is_last integer,
  tier integer,
  missing_skills integer,
  cost numeric,
  age numeric,
  user_id uuid
);

-- Returns the places of the matching talents among p_user_ids. With null, of those that match the text,
-- through the index of words. One statement, because a function for each row takes longer than the rest.
create function private.matching_talents(s private.talent_search, p_user_ids uuid[])
  returns setof private.talent_rank
  language plpgsql
  stable
  set search_path = ''
as $$
declare
  v_by_relevance constant boolean := s.sort = '';
  v_user_ids uuid[] := p_user_ids;
begin
  if p_user_ids is null then
    v_user_ids := array(
      select t.user_id from private.searchable_talents as t where t.words @@ s.query
    );
  end if;

  return query
    select
      case when v_by_relevance and t.availability = 'not_available' then 1 else 0 end,
      case
        when v_by_relevance and s.query is not null and not t.words @@ s.head_query then 1
        else 0
      end,
      case
        when v_by_relevance and s.any_skill then (
          select count(*) from unnest(s.skills) as skill where skill <> all (t.skills)
        )::integer
        else 0
      end,
      coalesce(
        case s.sort
          when '' then -t.average_rating
          when '-averageRating' then -t.average_rating
          when 'averageRating' then t.average_rating
          when '-hourlyRate' then -t.hourly_rate
          when 'hourlyRate' then t.hourly_rate
          else 0
        end,
        'infinity'
      ),
      extract(epoch from t.created_at) * case s.sort when 'createdAt' then 1 else -1 end,
      t.user_id
    from private.searchable_talents as t
    where t.user_id = any (v_user_ids)
      and (s.query is null or t.words @@ s.query)
      and (t.banned_until is null or t.banned_until <= now())
      and (
        s.skills is null
        or case when s.any_skill then t.skills && s.skills else t.skills @> s.skills end
      )
      and (s.min_rate is null or t.hourly_rate >= s.min_rate)
      and (s.max_rate is null or t.hourly_rate <= s.max_rate)
      and (s.availability is null or t.availability = s.availability)
      and (s.min_rating is null or t.average_rating >= s.min_rating);
end;
$$;

-- Whether a comes after b. Of talents of the same age the one with the higher id comes first, or last in
-- the order of createdAt.
create function private.comes_after(
  a private.talent_rank, b private.talent_rank, s private.talent_search
)
  returns boolean
  language sql
  immutable
  parallel safe
  set search_path = ''
as $$
  select case
    when (a.is_last, a.tier, a.missing_skills, a.cost, a.age)
      = (b.is_last, b.tier, b.missing_skills, b.cost, b.age)
      then case s.sort when 'createdAt' then a.user_id > b.user_id else a.user_id < b.user_id end
    else (a.is_last, a.tier, a.missing_skills, a.cost, a.age)
      > (b.is_last, b.tier, b.missing_skills, b.cost, b.age)
  end
$$;

-- Returns the ids of p_limit of the talents in their order, after p_offset.
create function private.in_order(
  p_ranks private.talent_rank[], s private.talent_search, p_offset bigint, p_limit integer
)
  returns uuid[]
  language plpgsql
  immutable
  set search_path = ''
as $$
begin
  return array(
    select r.user_id
    from unnest(p_ranks) as r
    order by
      r.is_last, r.tier, r.missing_skills, r.cost, r.age,
      case s.sort when 'createdAt' then r.user_id end, r.user_id desc
    limit p_limit
    offset p_offset
  );
end;
$$;


-- ── 65_search/47_bitmap_blocks.sql ──────────────────────────────────────────────────────────────

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


-- ── 65_search/48_bitmap_pages.sql ───────────────────────────────────────────────────────────────

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
      end ~ '^rate<\d',
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


-- ── 65_search/50_operations.sql ─────────────────────────────────────────────────────────────────

-- GET /users/search.

-- Cursors name the last talent of a page by its rank, so a list goes on behind it however it changes.
create function private.search_cursor(p_rank private.talent_rank)
  returns text
  language plpgsql
  immutable
  parallel safe
  set search_path = ''
as $$
begin
  return translate(
    encode(convert_to(concat_ws(
      ' ', p_rank.is_last, p_rank.tier, p_rank.missing_skills, p_rank.cost, p_rank.age, p_rank.user_id
    ), 'UTF8'), 'base64'),
    e'+/=\n', '-_'
  );
end;
$$;

-- Returns null for a text that is no cursor.
create function private.try_search_cursor(p_cursor text)
  returns private.talent_rank
  language plpgsql
  immutable
  parallel safe
  set search_path = ''
as $$
declare
  v_parts text[];
begin
  if p_cursor is null or length(p_cursor) > 400 then
    return null;
  end if;

  v_parts := string_to_array(convert_from(decode(
    translate(p_cursor, '-_', '+/') || repeat('=', (4 - length(p_cursor) % 4) % 4), 'base64'
  ), 'UTF8'), ' ');
  if cardinality(v_parts) = 6
    and array_to_string(v_parts[1:3], '') ~ '^\d{1,9}$'
    and v_parts[4] ~ '^(-?\d{1,3}(\.\d{1,2})?|Infinity)$'
    and v_parts[5] ~ '^-?\d{1,12}(\.\d{1,6})?$'
    and private.try_uuid(v_parts[6]) is not null
  then
    return row(
      v_parts[1]::integer, v_parts[2]::integer, v_parts[3]::integer, v_parts[4]::numeric,
      v_parts[5]::numeric, v_parts[6]::uuid
    )::private.talent_rank;
  end if;
  return null;
exception
  -- No base64, no UTF-8, or empty parts.
  when invalid_parameter_value or character_not_in_repertoire or invalid_text_representation then
    return null;
end;
$$;

create function private.check_number(
  p_input jsonb, p_key text, p_label text, p_min numeric, p_max numeric
)
  returns jsonb
  language plpgsql
  immutable
  set search_path = ''
as $$
begin
  return case
    when coalesce(jsonb_typeof(p_input -> p_key), 'null') = 'null' then '[]'
    when p_input ->> p_key ~ '^\d{1,9}(\.\d+)?$'
      and (p_input ->> p_key)::numeric between p_min and p_max
      then '[]'
    else private.field_error(
      p_key, format('%s must be a number from %s to %s.', p_label, p_min, p_max)
    )
  end;
end;
$$;

create function private.search_field_errors(p_input jsonb)
  returns jsonb
  language plpgsql
  stable
  set search_path = ''
as $$
begin
  return private.check_text(p_input, 'q', 'Search text', 0, 200)
    || private.check_skills(p_input)
    || private.check_choice(p_input, 'skillsMode', 'Skills mode', array['all', 'any'], true)
    || private.check_number(p_input, 'minRate', 'Minimum rate', 0, 9999)
    || private.check_number(p_input, 'maxRate', 'Maximum rate', 0, 9999)
    || private.check_availability(p_input)
    || private.check_number(p_input, 'minRating', 'Minimum rating', 1, 5)
    || private.check_page(p_input)
    || private.check_sort(
      p_input,
      '{"averageRating": "average_rating", "hourlyRate": "hourly_rate", "createdAt": "created_at"}'
    )
    || case
      when p_input ->> 'cursor' is null then '[]'
      when private.try_search_cursor(p_input ->> 'cursor') is null
        then private.field_error('cursor', 'Cursor must be the nextCursor of an earlier response.')
      when p_input ->> 'page' is not null
        then private.field_error('cursor', 'Cursor cannot be combined with page.')
      else '[]'
    end;
end;
$$;

create function private.search_of_input(p_input jsonb, p_text private.search_text)
  returns private.talent_search
  language plpgsql
  stable
  set search_path = ''
as $$
begin
  return row(
    p_text.query,
    p_text.head_query,
    case
      when p_input ->> 'skills' is not null
        then nullif(private.canonical_skills(private.text_array(p_input -> 'skills')), '{}')
    end,
    coalesce(
      p_input ->> 'skillsMode' = 'any' and private.text_array(p_input -> 'skills') <> '{}', false
    ),
    (p_input ->> 'minRate')::numeric,
    (p_input ->> 'maxRate')::numeric,
    p_input ->> 'availability',
    (p_input ->> 'minRating')::numeric,
    coalesce(p_input ->> 'sort', '')
  )::private.talent_search;
end;
$$;

-- Returns p_limit talents and the number of all, from the rows alone.
create function private.search_rows(
  s private.talent_search, p_hidden uuid[], p_after private.talent_rank, p_offset bigint,
  p_limit integer,
  out page uuid[], out total bigint
)
  language plpgsql
  stable
  set search_path = ''
as $$
declare
  v_all private.talent_rank[];
begin
  v_all := array(
    select m::private.talent_rank
    from private.matching_talents(s, null) as m
    where m.user_id <> all (p_hidden)
  );
  total := cardinality(v_all);
  if p_after.user_id is not null then
    v_all := array(
      select a::private.talent_rank
      from unnest(v_all) as a
      where private.comes_after(a, p_after, s)
    );
  end if;
  page := private.in_order(v_all, s, p_offset, p_limit);
end;
$$;

-- The same from the bitmaps, and from the rows of the talents that changed since.
create function private.search_bitmaps(
  s private.talent_search, x private.search_text, p_hidden uuid[], p_after private.talent_rank,
  p_offset bigint, p_limit integer,
  out page uuid[], out total bigint
)
  language plpgsql
  stable
  set search_path = ''
as $$
declare
  v_changed constant uuid[] := array(select distinct c.user_id from private.search_changes as c);
  v_reads constant private.search_reads := private.reads_of(s, x, p_hidden || v_changed);
  v_merged constant private.search_block := private.matches_of(v_reads);
  v_matches private.talent_rank[] := '{}';
  v_first bigint := p_offset;
begin
  if v_changed <> '{}' then
    v_matches := array(
      select m::private.talent_rank
      from private.matching_talents(s, v_changed) as m
      where m.user_id <> all (p_hidden)
    );
  end if;
  total := cardinality(v_matches) + v_merged.matches;

  if p_after.user_id is not null then
    v_matches := array(
      select c::private.talent_rank
      from unnest(v_matches) as c
      where private.comes_after(c, p_after, s)
    );
    page := private.talents_of_matches(v_reads, v_merged, s, p_after, 0, p_limit);
  else
    -- At most all of the changed talents come before the page, so it begins at v_first or later.
    v_first := greatest(p_offset - cardinality(v_matches), 0);
    page := private.talents_of_matches(
      v_reads, v_merged, s, null, v_first, (p_offset - v_first)::integer + p_limit
    );
  end if;

  if v_matches <> '{}' then
    page := private.in_order(
      array(select m::private.talent_rank from private.matching_talents(s, page) as m) || v_matches,
      s, case when p_after.user_id is null then p_offset - v_first else 0 end, p_limit
    );
  end if;
end;
$$;

-- Definer: creators have no rights on the tables of the search.
create function private.search_talents(p_input jsonb)
  returns json
  language plpgsql
  stable
  security definer
  set search_path = ''
  -- Planning these statements takes longer than running them.
  set plan_cache_mode = force_generic_plan
as $$
declare
  v_caller constant uuid := auth.uid();
  v_page constant integer := private.page_number(p_input);
  v_limit constant integer := least(private.page_limit(p_input, 20), 50);
  v_after constant private.talent_rank := private.try_search_cursor(p_input ->> 'cursor');
  v_hidden constant uuid[] := array(
    select b.blocked_id from public.user_blocks as b where b.blocker_id = v_caller
    union
    select b.blocker_id from public.user_blocks as b where b.blocked_id = v_caller
  );
  v_text private.search_text := private.read_search_text(p_input ->> 'q');
  v_search constant private.talent_search := private.search_of_input(p_input, v_text);
  v_found record;
  v_users json;
  v_next text;
begin
  if not v_text.is_possible then
    select '{}'::uuid[] as page, 0::bigint as total into v_found;
  elsif v_text.has_bitmaps then
    v_found := private.search_bitmaps(
      v_search, v_text, v_hidden, v_after, (v_page - 1)::bigint * v_limit, v_limit + 1
    );
  else
    v_found := private.search_rows(
      v_search, v_hidden, v_after, (v_page - 1)::bigint * v_limit, v_limit + 1
    );
  end if;

  select coalesce(
    json_agg(
      json_build_object(
        'id', p.id,
        'name', p.name,
        'professionalTitle', p.professional_title,
        'avatarUrl', p.avatar_url,
        'skills', p.skills,
        'hourlyRate', p.hourly_rate,
        'currency', 'USD',
        'availability', p.availability,
        'averageRating', p.average_rating,
        'totalReviews', p.total_reviews
      )
      order by r.place
    ),
    '[]'
  )
  into v_users
  from unnest(v_found.page[:v_limit]) with ordinality as r (user_id, place)
  join public.profiles as p on p.id = r.user_id;

  if cardinality(v_found.page) > v_limit then
    select private.search_cursor(m::private.talent_rank)
    into v_next
    from private.matching_talents(v_search, v_found.page[v_limit : v_limit]) as m;
  end if;

  return json_build_object(
    'users', v_users,
    'pagination', private.pagination(v_page, v_limit, v_found.total)
      || jsonb_build_object('hasNext', v_next is not null),
    'nextCursor', v_next
  );
end;
$$;

-- Called by api.search_talent after it checked that the caller is a creator.
grant execute on function
  private.search_talents(jsonb),
  private.search_field_errors(jsonb),
  private.try_search_cursor(text),
  private.check_number(jsonb, text, text, numeric, numeric)
to authenticated;

create function api.search_talent(
  q text default null, skills jsonb default null, "skillsMode" text default null,
  "minRate" jsonb default null, "maxRate" jsonb default null, availability text default null,
  "minRating" jsonb default null, sort text default null, page jsonb default null,
  "limit" jsonb default null, cursor text default null
)
  returns json
  language plpgsql
  stable
  set search_path = ''
as $$
declare
  v_input constant jsonb := private.input_of('search_talent', jsonb_build_object(
    'q', q, 'skills', skills, 'skillsMode', "skillsMode", 'minRate', "minRate",
    'maxRate', "maxRate", 'availability', availability, 'minRating', "minRating", 'sort', sort,
    'page', page, 'limit', "limit", 'cursor', cursor
  ));
  v_errors jsonb;
begin
  perform private.require_creator();

  v_errors := private.search_field_errors(v_input);
  if v_errors = '[]' and (v_input ->> 'minRate')::numeric > (v_input ->> 'maxRate')::numeric then
    v_errors := private.field_error('minRate', 'Minimum rate must not exceed maximum rate.');
  end if;
  perform private.raise_field_errors(v_errors);

  return private.search_talents(v_input);
end;
$$;

comment on function api.search_talent(
  text, jsonb, text, jsonb, jsonb, text, jsonb, text, jsonb, jsonb, text
) is
  'Returns a page of the talents that match. Deleted and banned talents, and those in a block with the
caller, are left out.
Requires: a creator.
q (at most 200 characters): words in name, title or bio; every word must be there. Case and accents do
not matter. The last word may be the beginning of a word. A word of five letters or more that no
profile contains also finds the words that differ in one letter.
skills: names from the list of skills; all of them, or any with skillsMode any. minRate and maxRate in
US dollars per hour; talents without a rate are left out. availability: available_now,
available_1_2_weeks, available_2_4_weeks or not_available. minRating: 1 to 5.
sort: averageRating, hourlyRate or createdAt, with - in front for descending. By default: talents who
are not available last, then matches in name or title first, then more of the skills (mode any), then
the better rated, then the newer.
page from 1. limit 20, at most 50. Instead of page, cursor: the nextCursor of an earlier response; the
list goes on behind its last talent, also when others changed meanwhile. It is a list of its own: page is 1
and hasPrev false; total and totalPages are those of the whole search.
Returns {users: [{id, name, professionalTitle, avatarUrl, skills, hourlyRate, currency, availability,
averageRating, totalReviews}], pagination, nextCursor}. The total is exact. nextCursor is null on the
last page.
Errors: VALIDATION_ERROR, CREATOR_ONLY, NOT_AUTHENTICATED, SESSION_REVOKED.';

grant execute on function api.search_talent(
  text, jsonb, text, jsonb, jsonb, text, jsonb, text, jsonb, jsonb, text
) to authenticated;
