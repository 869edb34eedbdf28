-- Uploaded files of all kinds. A row exists from the reservation until its object is removed. The
-- files of this folder follow that life: reserve → upload → confirm → scan → serve → remove.
--
--   reserved → uploaded → clean      can be served
--                       → infected   quarantined, never served
--                       → failed     differs from its reservation; its object is removed
--
-- Clients upload the bytes directly to Storage, to the path that the row fixes. Objects are not
-- moved afterwards. Avatars are the exception: their bucket is public, so they are uploaded to a
-- private bucket and the scan publishes them.

-- Files reserved together: up to 10 files for one target. Rate limits count batches, so that a
-- submission of ten files counts the same as a submission of one.
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
  'Groups of up to 10 reservations for one target, counted by the hourly limit.';
comment on column private.upload_batches.target_id is
  'Target of the files: a task, a deliverable in revision, a project, or the user (avatars).';
comment on column private.upload_batches.deliverable_id is
  'Id that the deliverable will have; part of the object paths.';
comment on column private.upload_batches.closed_at is
  'When one of its files was used; the next reservation starts a new batch.';

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
  'Uploaded files: avatars, deliverables, samples, attachments. Written by api functions only.';
comment on column public.files.id is 'Primary key, set by the database. Part of the path.';
comment on column public.files.upload_type is
  'Kind of upload: avatar, deliverable or sample. message_attachment cannot be uploaded yet.';
comment on column public.files.uploader_id is 'User who reserved the upload.';
comment on column public.files.creator_id is
  'Creator of the file''s project; null for avatars.';
comment on column public.files.project_id is
  'Project of a deliverable or a sample; null for avatars.';
comment on column public.files.task_id is 'Task of a deliverable; null for other files.';
comment on column public.files.deliverable_id is
  'Deliverable in the object path. deliverable_files holds the version.';
comment on column public.files.batch_id is
  'Batch of up to 10 files that were reserved together, for the hourly limit; null after it was
purged.';
comment on column public.files.bucket_id is
  'Bucket in Storage: deliverables, project-samples or avatars. An avatar is uploaded to
avatar-uploads; the scan publishes it.';
comment on column public.files.path is
  'Path of the object in its bucket. Fixed by the reservation.';
comment on column public.files.file_name is
  'Name as the uploader sent it, with its extension, for display and downloads: 1 to 255
characters.';
comment on column public.files.file_size is
  'Size in bytes, as declared: 1 byte to 100 MB, less for some types. An upload of another size
fails.';
comment on column public.files.mime_type is
  'Type as declared, in its canonical spelling, such as image/png. The scan compares it with the
bytes.';
comment on column public.files.state is
  'reserved, uploaded (waits for its scan), clean, infected or failed (differs from the
reservation). Only a clean file is served.';
comment on column public.files.scan_status is
  'State for display: pending, clean, infected or failed. Computed from state.';
comment on column public.files.failure is
  'Reason of state failed: size, type, dimensions, unreadable, missing, changed.';
comment on column public.files.object_version is
  'Version of the confirmed object. Another version under the same path is never served.';
comment on column public.files.created_at is 'When the upload was reserved.';
comment on column public.files.expires_at is
  'End of the reservation: uploads to the path are refused afterwards.';
comment on column public.files.uploaded_at is 'When the upload was confirmed; null before.';
comment on column public.files.scanned_at is 'When the scan ended; null without one.';
comment on column public.files.used_at is
  'When the file became part of a deliverable, a sample or a profile. Set once.';
comment on column public.files.removed_at is
  'When the file stopped being visible. Its object may be removed later.';

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

-- The uploader always sees a file. Once the file is used, the project's creator sees it as well,
-- and the whole team sees a sample. The policy uses columns of the row only, so that indexes serve
-- unfiltered lists. Downloads and the policies on Storage depend on this policy.
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

-- No insert, update or delete is granted: api.create_upload reserves, api.confirm_upload and the
-- scan change the state, and the removal functions end a file.
grant select on public.files to authenticated;
grant select, insert, update, delete on public.files to service_role;

create trigger _110_set_creator
  before insert or update of project_id on public.files
  for each row
  when (new.project_id is not null)
  execute function private.tg__set_creator();

-- Returns the bucket to which the file is uploaded. Avatars are uploaded to a private bucket first.
create function private.upload_bucket_of(p_file public.files)
  returns text
  language plpgsql
  immutable
  set search_path = ''
as $$
begin
  return case p_file.upload_type when 'avatar' then 'avatar-uploads' else p_file.bucket_id end;
end;
$$;

-- Returns a file in the shape the API returns. fileUrl is null here, because the database has no
-- key to sign URLs; the REST API adds it.
create function private.file_document(p_file public.files)
  returns jsonb
  language plpgsql
  stable
  set search_path = ''
as $$
begin
  return jsonb_build_object(
    'id', p_file.id,
    'fileName', p_file.file_name,
    'fileUrl', null,
    'fileSize', p_file.file_size,
    'mimeType', p_file.mime_type,
    'scanStatus', p_file.scan_status,
    'uploadedAt', private.iso(p_file.uploaded_at)
  );
end;
$$;

-- Pure. The document views run it as the caller.
grant execute on function private.file_document(public.files) to authenticated, service_role;
