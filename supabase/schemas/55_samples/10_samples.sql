-- Project samples: links and files with which the creator shows the team what the project should
-- look like. Samples are not edited; delete a sample and add a new one.

create table public.project_samples (
  id uuid primary key default gen_random_uuid(),
  project_id uuid not null references public.projects (id) on delete cascade,
  creator_id uuid not null default auth.uid() references public.profiles (id) on delete restrict,
  name text not null,
  type text not null,
  url text,
  file_id uuid references public.files (id) on delete cascade,
  description text,
  created_at timestamptz not null default now(),
  in_deleted_project boolean not null default false,

  constraint name_has_1_to_255_characters check (char_length(name) between 1 and 255),
  constraint description_has_at_most_10000_characters check (char_length(description) <= 10000),
  constraint link_has_url_and_file_has_file_id check (
    case type
      when 'link' then url is not null and file_id is null
      when 'file' then url is null and file_id is not null
      else false
    end
  )
);

comment on table public.project_samples is 'Samples of projects: links and files.';
comment on column public.project_samples.id is 'Primary key, set by the database.';
comment on column public.project_samples.project_id is 'Project whose team can see the sample.';
comment on column public.project_samples.creator_id is
  'The creator of the project, who never changes. Set by the database.';
comment on column public.project_samples.name is 'Name of the sample: 1 to 255 characters.';
comment on column public.project_samples.type is 'link (has a url) or file (has a file_id).';
comment on column public.project_samples.url is 'Address of a link; null for a file.';
comment on column public.project_samples.file_id is 'Uploaded file; null for a link.';
comment on column public.project_samples.description is
  'At most 10,000 characters; null if not set.';
comment on column public.project_samples.created_at is
  'When it was added. Lists are ordered by it.';
comment on column public.project_samples.in_deleted_project is
  'Whether the project is deleted. No user can see such a sample. Set by the database.';

create index project_samples_project_id_idx on public.project_samples (project_id, created_at, id);
create index project_samples_creator_id_idx on public.project_samples (creator_id);
create unique index project_samples_file_id_key on public.project_samples (file_id);

alter table public.project_samples enable row level security;

create policy all_live_session on public.project_samples
  as restrictive for all to authenticated
  using ((select private.session_is_live()))
  with check ((select private.session_is_live()));

create policy select_participant on public.project_samples
  for select to authenticated
  using (
    not in_deleted_project and (
      creator_id = (select auth.uid())
      or project_id = any (array(select private.my_team_project_ids()))
    )
  );

create policy insert_creator on public.project_samples
  for insert to authenticated
  with check (creator_id = (select auth.uid()));

-- Links can be inserted directly. Files are added by api.add_sample. No update and no delete is
-- granted: api.delete_sample deletes.
grant select on public.project_samples to authenticated;
grant insert (project_id, name, type, url, description) on public.project_samples to authenticated;
grant select, insert, update, delete on public.project_samples to service_role;
