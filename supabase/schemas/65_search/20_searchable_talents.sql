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
