-- Every file anybody uploads, of all kinds: one row from the reservation of its place until its
-- object is gone.
--
--   reserved → uploaded → clean
--                       → infected   quarantined, served to nobody
--                       → failed     not what was announced; its object is removed
--
-- Bytes go to Storage directly, to the path the row fixes and only there. Nothing is moved
-- afterwards, save avatars: those are public from the moment they lie in their bucket, so they are
-- received in a private one and published by the scan.

-- Files reserved together: ten at most, for one thing. Limits count batches, so that a submission
-- of ten files and one of a single file weigh the same.
create table private.upload_batches (
  id uuid primary key default gen_random_uuid(),
  user_id uuid not null references public.profiles (id) on delete cascade,
  upload_type text not null,
  target_id uuid not null,
  deliverable_id uuid,
  file_count integer not null default 0,
  created_at timestamptz not null default now(),
  closed_at timestamptz,

  constraint at_most_10_files check (file_count between 0 and 10)
);

comment on table private.upload_batches is
  'Reservations that belong together, for the hourly limit.';
comment on column private.upload_batches.target_id is
  'What they are for: the task, the deliverable in revision, the project, or the account itself.';
comment on column private.upload_batches.deliverable_id is
  'The id the deliverable will have; part of the paths.';
comment on column private.upload_batches.closed_at is
  'Set when one of its files was used; the next reservation opens another batch.';

create index upload_batches_user_id_idx on private.upload_batches (user_id, created_at);

create table public.files (
  id uuid primary key default gen_random_uuid(),
  upload_type text not null,
  uploader_id uuid not null references public.profiles (id) on delete cascade,
  creator_id uuid references public.profiles (id) on delete cascade,
  project_id uuid references public.projects (id) on delete cascade,
  task_id uuid references public.tasks (id) on delete cascade,
  deliverable_id uuid,
  batch_id uuid references private.upload_batches (id) on delete set null,

  bucket_id text not null,
  path text not null,
  file_name text not null,
  file_size bigint not null,
  mime_type text not null,

  state text not null default 'reserved',
  scan_status text not null generated always as (
    case when state in ('reserved', 'uploaded') then 'pending' else state end
  ) stored,
  failure text,
  object_version text,

  created_at timestamptz not null default now(),
  expires_at timestamptz not null default now() + interval '24 hours',
  uploaded_at timestamptz,
  scanned_at timestamptz,
  used_at timestamptz,
  removed_at timestamptz,

  constraint upload_type_is_known check (
    upload_type in ('avatar', 'deliverable', 'sample', 'message_attachment')
  ),
  constraint state_is_known check (
    state in ('reserved', 'uploaded', 'clean', 'infected', 'failed')
  ),
  constraint failure_only_when_failed check ((state = 'failed') = (failure is not null)),
  constraint confirmed_once_uploaded check (
    state in ('reserved', 'failed') or uploaded_at is not null
  ),
  constraint name_has_1_to_255_characters check (char_length(file_name) between 1 and 255),
  constraint size_is_1_byte_to_100_mb check (file_size between 1 and 100 * 1024 * 1024),
  constraint deliverables_belong_to_a_task check (
    upload_type <> 'deliverable' or num_nulls(project_id, task_id, deliverable_id) = 0
  ),
  constraint samples_belong_to_a_project check (upload_type <> 'sample' or project_id is not null)
);

comment on table public.files is
  'Files of all kinds: avatars, deliverables, samples, attachments. Written by api functions only.';
comment on column public.files.creator_id is
  'The creator of the project it is for; null for avatars.';
comment on column public.files.deliverable_id is
  'The deliverable its path names. Which one a file was handed in with is in deliverable_files.';
comment on column public.files.failure is
  'Why it is not kept: size, type, dimensions, unreadable, missing, changed.';
comment on column public.files.object_version is
  'The version of the object that was confirmed. Another one under the same path is never served.';
comment on column public.files.expires_at is 'Until when something may be uploaded to its path.';
comment on column public.files.used_at is 'When it became part of something. Once only.';
comment on column public.files.removed_at is 'When it stopped being served; its object goes later.';

create unique index files_path_key on public.files (path, bucket_id);
create index files_uploader_id_idx on public.files (uploader_id, created_at);
create index files_creator_id_idx on public.files (creator_id, created_at);
create index files_project_id_idx on public.files (project_id);
create index files_task_id_idx on public.files (task_id);
create index files_batch_id_idx on public.files (batch_id);
create index files_unused_expires_at_idx on public.files (expires_at) where used_at is null;

alter table public.files enable row level security;

create policy all_live_session on public.files
  as restrictive for all to authenticated
  using ((select private.session_is_live()))
  with check ((select private.session_is_live()));

-- The uploader sees a file at any time. Once it is part of something, the project's creator sees it
-- too, and a sample is visible to the project's whole team. Decided from the file's own columns, so
-- that an unfiltered list is served by their indexes. Storage and downloads rest on this policy.
create policy select_reader on public.files
  for select to authenticated
  using (
    removed_at is null and (
      uploader_id = (select auth.uid())
      or used_at is not null and (
        creator_id = (select auth.uid())
        or upload_type = 'sample'
          and project_id = any (array(select private.my_team_project_ids()))
      )
    )
  );

-- No insert, update or delete: api.create_upload reserves, api.confirm_upload and the scan move the
-- state, the cleanup ends it.
grant select on public.files to authenticated;
grant select, insert, update, delete on public.files to service_role;

create function private.tg_files__set_creator()
  returns trigger
  language plpgsql
  security definer
  set search_path = ''
as $$
begin
  new.creator_id := (select p.creator_id from public.projects as p where p.id = new.project_id);
  return new;
end;
$$;

create trigger _110_set_creator
  before insert or update of project_id on public.files
  for each row
  when (new.project_id is not null)
  execute function private.tg_files__set_creator();

-- Where an avatar is received, and where everything else is received and stays.
create function private.upload_bucket_of(p_file public.files)
  returns text
  language sql
  immutable
  set search_path = ''
as $$
  select case p_file.upload_type when 'avatar' then 'avatar-uploads' else p_file.bucket_id end
$$;

-- A file as the API shows it. Addresses of private objects are signed by the surface that asks:
-- the database holds no key to sign with.
create function private.file_document(p_file public.files)
  returns jsonb
  language sql
  stable
  set search_path = ''
as $$
  select jsonb_build_object(
    'id', p_file.id,
    'fileName', p_file.file_name,
    'fileUrl', null,
    'fileSize', p_file.file_size,
    'mimeType', p_file.mime_type,
    'scanStatus', p_file.scan_status,
    'uploadedAt', private.iso(p_file.uploaded_at)
  )
$$;

-- Pure; run inside the documents as the caller.
grant execute on function private.file_document(public.files) to authenticated, service_role;
