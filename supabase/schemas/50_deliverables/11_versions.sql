-- Versions of deliverables, their files, and the decision on each version. Rows are added and never
-- changed, so that every earlier version stays readable. The exception is a file that the scan
-- rejected: another file can take its place. Each row carries what its policy asks of the deliverable:
-- the creator and the submitter, who never change and need no foreign keys, and whether it is deleted.

create table public.deliverable_versions (
  deliverable_id uuid not null references public.deliverables (id) on delete cascade,
  version integer not null,
  creator_id uuid not null,
  submitted_by_id uuid not null,
  title text not null,
  description text not null,
  submitted_at timestamptz not null default now(),
  in_deleted_deliverable boolean not null default false,

  primary key (deliverable_id, version),
  constraint version_is_1_to_4 check (version between 1 and 4)
);

comment on table public.deliverable_versions is
  'Versions of deliverables: the first submission and up to three resubmissions.';
comment on column public.deliverable_versions.deliverable_id is
  'Deliverable of the version. Primary key together with version.';
comment on column public.deliverable_versions.version is
  'Number of the version: 1 for the first submission, then one more with each revision, up to 4.';
comment on column public.deliverable_versions.creator_id is
  'The creator of the project, who never changes. Set by the database.';
comment on column public.deliverable_versions.submitted_by_id is
  'Talent who submitted the deliverable, who never changes. Set by the database.';
comment on column public.deliverable_versions.title is
  'Title of this version: 1 to 255 characters.';
comment on column public.deliverable_versions.description is
  'Description of this version: at most 10,000 characters, empty if none was sent.';
comment on column public.deliverable_versions.submitted_at is 'When this version was submitted.';
comment on column public.deliverable_versions.in_deleted_deliverable is
  'Whether the deliverable was deleted. Set by the database; only operators see such rows.';

create index deliverable_versions_creator_id_idx on public.deliverable_versions (creator_id);
create index deliverable_versions_submitted_by_id_idx
  on public.deliverable_versions (submitted_by_id);

create table public.deliverable_files (
  file_id uuid primary key references public.files (id) on delete cascade,
  deliverable_id uuid not null,
  version integer not null,
  creator_id uuid not null,
  submitted_by_id uuid not null,
  place integer not null,
  in_deleted_deliverable boolean not null default false,

  foreign key (deliverable_id, version)
    references public.deliverable_versions (deliverable_id, version) on delete cascade,
  constraint place_is_1_to_10 check (place between 1 and 10)
);

comment on table public.deliverable_files is 'Files of each version, in their order.';
comment on column public.deliverable_files.file_id is
  'File in this place, and primary key: a file belongs to one version only.';
comment on column public.deliverable_files.deliverable_id is 'Deliverable of the version.';
comment on column public.deliverable_files.version is 'Version to which the file belongs: 1 to 4.';
comment on column public.deliverable_files.creator_id is
  'The creator of the project, who never changes. Set by the database.';
comment on column public.deliverable_files.submitted_by_id is
  'Talent who submitted the deliverable, who never changes. Set by the database.';
comment on column public.deliverable_files.place is
  'Place of the file in its version, in the order of the submission: 1 to 10.';
comment on column public.deliverable_files.in_deleted_deliverable is
  'Whether the deliverable was deleted. Set by the database; only operators see such rows.';

create unique index deliverable_files_place_key
  on public.deliverable_files (deliverable_id, version, place);
create index deliverable_files_creator_id_idx on public.deliverable_files (creator_id);
create index deliverable_files_submitted_by_id_idx
  on public.deliverable_files (submitted_by_id);

create table public.deliverable_reviews (
  deliverable_id uuid not null,
  version integer not null,
  creator_id uuid not null,
  submitted_by_id uuid not null,
  action text not null,
  feedback text,
  reviewer_id uuid references public.profiles (id) on delete set null,
  created_at timestamptz not null default now(),
  in_deleted_deliverable boolean not null default false,

  -- One decision per version, also when two are made at the same time.
  primary key (deliverable_id, version),
  foreign key (deliverable_id, version)
    references public.deliverable_versions (deliverable_id, version) on delete cascade,
  constraint action_is_known check (action in ('approve', 'request_revision')),
  constraint feedback_with_each_revision check (
    (action = 'request_revision') = (feedback is not null)
  )
);

comment on table public.deliverable_reviews is 'Decisions on versions, with their feedback.';
comment on column public.deliverable_reviews.deliverable_id is
  'Deliverable of the version. Primary key together with version.';
comment on column public.deliverable_reviews.version is 'Version that was decided on: 1 to 4.';
comment on column public.deliverable_reviews.creator_id is
  'The creator of the project, who never changes. Set by the database.';
comment on column public.deliverable_reviews.submitted_by_id is
  'Talent who submitted the deliverable, who never changes. Set by the database.';
comment on column public.deliverable_reviews.action is 'The decision: approve or request_revision.';
comment on column public.deliverable_reviews.feedback is
  'Feedback of a revision request: 1 to 5,000 characters; null for an approval.';
comment on column public.deliverable_reviews.reviewer_id is
  'User who decided; null if it was no user, such as an operator.';
comment on column public.deliverable_reviews.created_at is 'When the decision was made.';
comment on column public.deliverable_reviews.in_deleted_deliverable is
  'Whether the deliverable was deleted. Set by the database; only operators see such rows.';

create index deliverable_reviews_reviewer_id_idx on public.deliverable_reviews (reviewer_id);
create index deliverable_reviews_creator_id_idx on public.deliverable_reviews (creator_id);
create index deliverable_reviews_submitted_by_id_idx
  on public.deliverable_reviews (submitted_by_id);

alter table public.deliverable_versions enable row level security;
alter table public.deliverable_files enable row level security;
alter table public.deliverable_reviews enable row level security;

create policy all_live_session on public.deliverable_versions
  as restrictive for all to authenticated
  using ((select private.session_is_live()))
  with check ((select private.session_is_live()));

create policy all_live_session on public.deliverable_files
  as restrictive for all to authenticated
  using ((select private.session_is_live()))
  with check ((select private.session_is_live()));

create policy all_live_session on public.deliverable_reviews
  as restrictive for all to authenticated
  using ((select private.session_is_live()))
  with check ((select private.session_is_live()));

-- Visible with their deliverable. Its policy would be another one for each row, and asks for the
-- session again; the columns of the row are the same.
create policy select_reader on public.deliverable_versions
  for select to authenticated
  using (
    not in_deleted_deliverable and (
      submitted_by_id = (select auth.uid())
      or creator_id = (select auth.uid())
    )
  );

create policy select_reader on public.deliverable_files
  for select to authenticated
  using (
    not in_deleted_deliverable and (
      submitted_by_id = (select auth.uid())
      or creator_id = (select auth.uid())
    )
  );

create policy select_reader on public.deliverable_reviews
  for select to authenticated
  using (
    not in_deleted_deliverable and (
      submitted_by_id = (select auth.uid())
      or creator_id = (select auth.uid())
    )
  );

-- No insert, update or delete is granted: submitting and deciding write these rows.
grant select
  on public.deliverable_versions, public.deliverable_files, public.deliverable_reviews
  to authenticated;
grant select, insert, update, delete
  on public.deliverable_versions, public.deliverable_files, public.deliverable_reviews
  to service_role;

-- Definer: the writer need not see the deliverable. The lock is for services that add a row: a deletion
-- waits for it and then marks it, or was first and is seen here. Users' submissions and decisions have
-- locked the deliverable before.
create function private.tg__set_deliverable_people()
  returns trigger
  language plpgsql
  security definer
  set search_path = ''
as $$
begin
  select d.creator_id, d.submitted_by_id, d.deleted_at is not null
  into new.creator_id, new.submitted_by_id, new.in_deleted_deliverable
  from public.deliverables as d
  where d.id = new.deliverable_id
  for share;

  return new;
end;
$$;

create trigger _090_set_people
  before insert on public.deliverable_versions
  for each row
  execute function private.tg__set_deliverable_people();

create trigger _090_set_people
  before insert on public.deliverable_files
  for each row
  execute function private.tg__set_deliverable_people();

create trigger _090_set_people
  before insert on public.deliverable_reviews
  for each row
  execute function private.tg__set_deliverable_people();

-- Definer: the policies of the rows depend on what it sets.
create function private.tg_deliverables__mark_deleted()
  returns trigger
  language plpgsql
  security definer
  set search_path = ''
as $$
declare
  v_is_deleted constant boolean := new.deleted_at is not null;
begin
  update public.deliverable_versions
  set in_deleted_deliverable = v_is_deleted
  where deliverable_id = new.id;

  update public.deliverable_files
  set in_deleted_deliverable = v_is_deleted
  where deliverable_id = new.id;

  update public.deliverable_reviews
  set in_deleted_deliverable = v_is_deleted
  where deliverable_id = new.id;

  return null;
end;
$$;

create trigger _500_mark_deleted
  after update of deleted_at on public.deliverables
  for each row
  when ((old.deleted_at is null) <> (new.deleted_at is null))
  execute function private.tg_deliverables__mark_deleted();
