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
