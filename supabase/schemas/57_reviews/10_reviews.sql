-- Reviews that creators write about talents after a completed project. A talent has one review from a
-- creator for each project. Deleting a review keeps its row, so that the history stays known even
-- where a second review replaced it.

create table public.reviews (
  id uuid primary key default gen_random_uuid(),
  talent_id uuid not null references public.profiles (id) on delete cascade,
  creator_id uuid not null default auth.uid() references public.profiles (id) on delete cascade,
  project_id uuid not null references public.projects (id) on delete cascade,
  rating integer not null,
  text text not null,
  created_at timestamptz not null default clock_timestamp(),
  updated_at timestamptz not null default clock_timestamp(),
  deleted_at timestamptz,

  constraint rating_is_1_to_5 check (rating between 1 and 5),
  constraint text_has_1_to_2000_characters check (char_length(text) between 1 and 2000)
);

comment on table public.reviews is
  'Reviews of talents by creators. Anyone can read them through api.list_reviews.';
comment on column public.reviews.id is 'Primary key, set by the database.';
comment on column public.reviews.talent_id is 'Talent who is reviewed.';
comment on column public.reviews.creator_id is 'Creator who wrote it; the caller by default.';
comment on column public.reviews.project_id is
  'Completed project of the creator in which the talent worked. One review for each talent.';
comment on column public.reviews.rating is 'Stars: 1 to 5.';
comment on column public.reviews.text is '1 to 2,000 characters.';
comment on column public.reviews.created_at is 'When the review was written.';
comment on column public.reviews.updated_at is 'When rating or text changed last.';
comment on column public.reviews.deleted_at is
  'When its creator deleted it. Deleted reviews do not count and are not shown.';

create unique index reviews_one_per_project_key
  on public.reviews (creator_id, talent_id, project_id)
  where deleted_at is null;
create index reviews_talent_id_idx
  on public.reviews (talent_id, created_at desc, id desc)
  where deleted_at is null;
create index reviews_talent_id_rating_idx
  on public.reviews (talent_id, rating, id)
  where deleted_at is null;
create index reviews_all_of_talent_idx on public.reviews (talent_id);
create index reviews_creator_id_idx on public.reviews (creator_id, created_at desc, id desc);
create index reviews_project_id_idx on public.reviews (project_id);
create index reviews_rating_idx on public.reviews (rating);

alter table public.reviews enable row level security;

create policy all_live_session on public.reviews
  as restrictive for all to authenticated
  using ((select private.session_is_live()))
  with check ((select private.session_is_live()));

create policy select_everybody on public.reviews
  for select to authenticated
  using (deleted_at is null);

create policy insert_creator on public.reviews
  for insert to authenticated
  with check (creator_id = (select auth.uid()));

create policy update_author on public.reviews
  for update to authenticated
  using (deleted_at is null and creator_id = (select auth.uid()))
  with check (creator_id = (select auth.uid()));

-- The author is the caller, by default. Deleting is api.delete_review: the row stays.
grant select on public.reviews to authenticated;
grant insert (talent_id, project_id, rating, text) on public.reviews to authenticated;
grant update (rating, text) on public.reviews to authenticated;
grant select, insert, update, delete on public.reviews to service_role;
