-- Release 0.2.0, from supabase/schemas/40_files. A later change is made there and in a migration of its own.


-- ── 40_files/10_file_types.sql ──────────────────────────────────────────────────────────────────

-- File types that can be uploaded, with their extensions, size limits and other names. To allow
-- another type, add a row here; 40_buckets.sql takes the types of the buckets from here.

create table private.file_types (
  upload_type text not null,
  mime_type text not null,
  extensions text[] not null,
  max_bytes bigint not null,

  primary key (upload_type, mime_type),
  constraint upload_type_is_known check (
    upload_type in ('avatar', 'deliverable', 'sample', 'message_attachment')
  ),
  constraint max_bytes_is_positive check (max_bytes > 0)
);

comment on table private.file_types is
  'Allowed file types by kind of upload, with their extensions and the size limit in bytes.';

-- Images can have 50 MB, avatars 5 MB. Message attachments allow the types of deliverables.
insert into private.file_types (upload_type, mime_type, extensions, max_bytes)
select kind.upload_type, type.mime_type, type.extensions, type.megabytes * 1024 * 1024
from (
  values
    ('image/jpeg', array['jpg', 'jpeg', 'jfif', 'jpe', 'pjpeg', 'pjp'], 50),
    ('image/png', array['png'], 50),
    ('image/gif', array['gif'], 50),
    ('video/mp4', array['mp4', 'm4v'], 100),
    ('video/quicktime', array['mov', 'qt'], 100),
    ('application/pdf', array['pdf'], 50),
    ('application/zip', array['zip'], 50),
    ('application/x-rar-compressed', array['rar'], 50)
) as type (mime_type, extensions, megabytes)
cross join (values ('deliverable'), ('message_attachment')) as kind (upload_type)
union all
values
  ('sample', 'image/jpeg', array['jpg', 'jpeg', 'jfif', 'jpe', 'pjpeg', 'pjp'], 50 * 1024 * 1024),
  ('sample', 'image/png', array['png'], 50 * 1024 * 1024),
  ('sample', 'image/gif', array['gif'], 50 * 1024 * 1024),
  ('sample', 'application/pdf', array['pdf'], 50 * 1024 * 1024),
  ('sample', 'video/mp4', array['mp4', 'm4v'], 100 * 1024 * 1024),
  ('avatar', 'image/jpeg', array['jpg', 'jpeg', 'jfif', 'jpe', 'pjpeg', 'pjp'], 5 * 1024 * 1024),
  ('avatar', 'image/png', array['png'], 5 * 1024 * 1024),
  ('avatar', 'image/gif', array['gif'], 5 * 1024 * 1024);

-- Other names that browsers, phones and other programs have for these types.
create function private.mime_type_aliases()
  returns table (alias text, mime_type text)
  language sql
  immutable
  parallel safe
  set search_path = ''
as $$
  values
    ('image/jpg', 'image/jpeg'),
    ('image/pjpeg', 'image/jpeg'),
    ('image/jfif', 'image/jpeg'),
    ('image/pipeg', 'image/jpeg'),
    ('image/x-jpeg', 'image/jpeg'),
    ('image/x-png', 'image/png'),
    ('image/apng', 'image/png'),
    ('image/x-gif', 'image/gif'),
    ('video/x-m4v', 'video/mp4'),
    ('video/x-mp4', 'video/mp4'),
    ('video/3gpp', 'video/mp4'),
    ('video/3gpp2', 'video/mp4'),
    ('application/mp4', 'video/mp4'),
    ('video/x-quicktime', 'video/quicktime'),
    ('application/x-pdf', 'application/pdf'),
    ('application/acrobat', 'application/pdf'),
    ('application/x-zip', 'application/zip'),
    ('application/x-zip-compressed', 'application/zip'),
    ('application/zip-compressed', 'application/zip'),
    ('application/rar', 'application/x-rar-compressed'),
    ('application/x-rar', 'application/x-rar-compressed'),
    ('application/vnd.rar', 'application/x-rar-compressed')
$$;

-- Returns the MIME type as the table spells it: lower case, without parameters, aliases resolved.
create function private.canonical_mime_type(p_mime_type text)
  returns text
  language sql
  immutable
  parallel safe
  set search_path = ''
as $$
  select coalesce(known.mime_type, given.name)
  from (values (lower(btrim(split_part(p_mime_type, ';', 1), e' \t')))) as given (name)
  left join private.mime_type_aliases() as known on known.alias = given.name
$$;

-- Returns whether two names stand for the same kind of bytes. Programs give either name to MP4 and
-- QuickTime.
create function private.is_same_family(p_mime_type text, p_other text)
  returns boolean
  language sql
  immutable
  parallel safe
  set search_path = ''
as $$
  select p_mime_type = p_other
    or p_mime_type in ('video/mp4', 'video/quicktime')
      and p_other in ('video/mp4', 'video/quicktime')
$$;

-- Cleans a file name: one line, without dots and spaces at its end.
create function private.clean_file_name(p_file_name text)
  returns text
  language sql
  immutable
  parallel safe
  set search_path = ''
as $$
  select regexp_replace(private.clean_line(p_file_name), '[.\s]+$', '')
$$;

-- Returns the extension of a file name in lower case, or null. Invisible characters in it do not
-- count.
create function private.extension_of(p_file_name text)
  returns text
  language sql
  immutable
  parallel safe
  set search_path = ''
as $$
  select lower(regexp_replace(
    substring(private.clean_file_name(p_file_name) from '^.+\.([^.]+)$'),
    '[\s\u00AD\u061C\u200B-\u200F\u2060-\u2064\uFEFF]', '', 'g'
  ))
$$;

-- Returns the MIME type of a file name's extension.
create function private.type_of_name(p_upload_type text, p_file_name text)
  returns text
  language sql
  stable
  security definer
  set search_path = ''
as $$
  select t.mime_type
  from private.file_types as t
  where t.upload_type = p_upload_type
    and private.extension_of(p_file_name) = any (t.extensions)
  order by t.mime_type
  limit 1
$$;

-- Returns the type of a file from its declared type. A declared type that the table does not have
-- means nothing (application/octet-stream, or a name that only one program uses), and within a family
-- the extension is more exact: both fall back to the extension. The scan compares it with the bytes.
create function private.type_of_file(p_upload_type text, p_mime_type text, p_file_name text)
  returns text
  language sql
  stable
  security definer
  set search_path = ''
as $$
  select case
    when private.is_same_family(declared, by_name)
      or not exists (select from private.file_types as t where t.mime_type = declared)
      then coalesce(by_name, declared)
    else declared
  end
  from (
    values (
      private.canonical_mime_type(p_mime_type), private.type_of_name(p_upload_type, p_file_name)
    )
  ) as types (declared, by_name)
$$;

-- Returns the file name for use in an object path: Storage allows ASCII characters only. The
-- original name is stored in files.file_name and used for downloads.
create function private.safe_file_name(p_file_name text)
  returns text
  language sql
  immutable
  parallel safe
  set search_path = ''
as $$
  select coalesce(
      nullif(left(btrim(regexp_replace(stem, '[^A-Za-z0-9_-]+', '-', 'g'), '-'), 80), ''), 'file'
    ) || '.' || private.extension_of(p_file_name)
  from (values (regexp_replace(private.clean_file_name(p_file_name), '\.[^.]*$', ''))) as name (stem)
$$;

-- Checks a file name as it is stored: one path segment with an extension.
create function private.check_file_name(p_input jsonb)
  returns jsonb
  language sql
  immutable
  set search_path = ''
as $$
  select case
    when errors <> '[]' or jsonb_typeof(p_input -> 'fileName') <> 'string' then errors
    when name ~ '[/\\]' or name ~ '^\.'
      then private.field_error(
        'fileName', 'File name must not contain a path or begin with a dot.'
      )
    when coalesce(private.extension_of(name), '') = ''
      then private.field_error('fileName', 'File name must have an extension, such as .png.')
    else '[]'
  end
  from (
    values (
      private.check_text(p_input, 'fileName', 'File name', 1, 255),
      private.clean_file_name(p_input ->> 'fileName')
    )
  ) as file (errors, name)
$$;

-- Returns the field errors of a file to be reserved. A size above the limit of the type is not
-- among them: it has an error code of its own (see refuse_large_file). Avatars are the exception.
create function private.file_field_errors(p_input jsonb)
  returns jsonb
  language plpgsql
  stable
  security definer
  set search_path = ''
as $$
declare
  v_upload_type constant text := p_input ->> 'uploadType';
  v_size constant bigint := case
    when p_input ->> 'fileSize' ~ '^\d{1,15}$' then (p_input ->> 'fileSize')::bigint
  end;
  v_extension constant text := private.extension_of(p_input ->> 'fileName');
  v_name_errors constant jsonb := private.check_file_name(p_input);
  v_type private.file_types;
  v_types text;
begin
  select t.*
  into v_type
  from private.file_types as t
  where t.upload_type = v_upload_type
    and t.mime_type = private.type_of_file(
      v_upload_type, p_input ->> 'mimeType', p_input ->> 'fileName'
    );

  select string_agg(t.mime_type, ', ' order by t.mime_type)
  into v_types
  from private.file_types as t
  where t.upload_type = v_upload_type;

  return private.check_choice(
      p_input, 'uploadType', 'Upload type', array['deliverable', 'avatar', 'sample']
    )
    || v_name_errors
    || case
      when p_input ->> 'fileSize' is null
        then private.field_error('fileSize', 'File size is required.')
      when v_size is null or jsonb_typeof(p_input -> 'fileSize') <> 'number'
        then private.field_error('fileSize', 'File size must be a whole number of bytes.')
      when v_size < 1 then private.field_error('fileSize', 'File size must be at least 1 byte.')
      else '[]'
    end
    || case
      when p_input ->> 'mimeType' is null
        then private.field_error('mimeType', 'MIME type is required.')
      when jsonb_typeof(p_input -> 'mimeType') <> 'string'
        then private.field_error('mimeType', 'MIME type must be text.')
      when v_type.mime_type is null and v_types is not null
        then private.field_error('mimeType', format('MIME type must be one of: %s.', v_types))
      else '[]'
    end
    || case
      when v_name_errors = '[]' and v_extension <> all (v_type.extensions)
        then private.field_error('fileName', format(
          'File name must end in %s for the type %s.',
          '.' || array_to_string(v_type.extensions, ' or .'), v_type.mime_type
        ))
      else '[]'
    end
    || case
      when v_upload_type = 'avatar' and v_size > v_type.max_bytes
        then private.field_error('fileSize', 'Avatar must be at most 5 MB.')
      else '[]'
    end;
end;
$$;

-- Raises FILE_TOO_LARGE if the file is larger than its type allows. The fields of the input have been
-- validated.
create function private.refuse_large_file(p_input jsonb)
  returns void
  language plpgsql
  stable
  security definer
  set search_path = ''
as $$
declare
  v_max_bytes constant bigint := (
    select t.max_bytes
    from private.file_types as t
    where t.upload_type = p_input ->> 'uploadType'
      and t.mime_type = private.type_of_file(
        p_input ->> 'uploadType', p_input ->> 'mimeType', p_input ->> 'fileName'
      )
  );
begin
  if (p_input ->> 'fileSize')::bigint > v_max_bytes then
    raise sqlstate 'PT413' using
      message = format('A file of this type can be at most %s MB.', v_max_bytes / 1024 / 1024),
      detail = private.field_error(
        'fileSize', format('File size must be at most %s bytes.', v_max_bytes)
      )::text,
      hint = 'FILE_TOO_LARGE';
  end if;
end;
$$;


-- ── 40_files/20_files.sql ───────────────────────────────────────────────────────────────────────

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
comment on column public.files.creator_id is
  'Creator of the file''s project; null for avatars.';
comment on column public.files.deliverable_id is
  'Deliverable in the object path. deliverable_files holds the version.';
comment on column public.files.failure is
  'Reason of state failed: size, type, dimensions, unreadable, missing, changed.';
comment on column public.files.object_version is
  'Version of the confirmed object. Another version under the same path is never served.';
comment on column public.files.expires_at is
  'End of the reservation: uploads to the path are refused afterwards.';
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


-- ── 40_files/21_batch_limits.sql ────────────────────────────────────────────────────────────────

-- Upload limits: 10 batches per hour and user; avatars are counted separately. The limit counts
-- committed reservations, whichever interface they came through.

-- Adds a file to the user's open batch for this target, or starts a new batch. A null target never
-- matches an open batch. The lock makes concurrent requests of one user wait for each other, so
-- that they cannot exceed the limit together.
create function private.join_batch(
  p_upload_type text, p_target_id uuid, p_deliverable_id uuid default null
)
  returns private.upload_batches
  language plpgsql
  security definer
  set search_path = ''
as $$
declare
  v_batch private.upload_batches;
begin
  perform pg_advisory_xact_lock(hashtextextended('uploads:' || auth.uid(), 0));

  -- Every avatar is a batch of its own.
  update private.upload_batches as b
  set file_count = b.file_count + 1
  where b.id = (
    select open.id
    from private.upload_batches as open
    where open.user_id = auth.uid()
      and open.upload_type = p_upload_type
      and open.target_id = p_target_id
      and open.closed_at is null
      and open.file_count < case p_upload_type when 'avatar' then 1 else 10 end
      and open.created_at > now() - interval '1 hour'
    order by open.created_at desc
    limit 1
  )
  returning b.*
  into v_batch;

  if found then
    return v_batch;
  end if;

  perform private.limit_batches(p_upload_type = 'avatar');

  insert into private.upload_batches (user_id, upload_type, target_id, deliverable_id, file_count)
  values (
    auth.uid(), p_upload_type, p_target_id,
    case p_upload_type
      when 'deliverable' then coalesce(p_deliverable_id, gen_random_uuid())
    end,
    1
  )
  returning *
  into v_batch;

  return v_batch;
end;
$$;

-- Counts committed batches; join_batch holds the lock.
create function private.limit_batches(p_avatars boolean)
  returns void
  language plpgsql
  volatile
  security definer
  set search_path = ''
as $$
begin
  perform private.raise_rate_limited(
    case
      when p_avatars then 'You can upload at most 10 avatars per hour. Try again later.'
      else 'You can upload at most 10 batches of files per hour. Try again later.'
    end,
    private.wait_for_window(
      array(
        select b.created_at
        from private.upload_batches as b
        where b.user_id = auth.uid() and (b.upload_type = 'avatar') = p_avatars
        order by b.created_at desc
        limit private.scaled_limit(10)
      ),
      private.scaled_limit(10),
      '1 hour'
    )
  );
end;
$$;

create function private.purge_upload_batches()
  returns void
  language sql
  security definer
  set search_path = ''
as $$
  delete from private.upload_batches where created_at < now() - interval '2 days';
$$;


-- ── 40_files/30_reserve.sql ─────────────────────────────────────────────────────────────────────

-- Reserving a file, the first step of every upload: checks whether the caller may upload it for
-- this target, and fixes its path.

-- Checks that a reservation names its target: a project for samples, a project and a task for
-- deliverables.
create function private.upload_target_field_errors(p_input jsonb)
  returns jsonb
  language sql
  immutable
  set search_path = ''
as $$
  select private.check_uuid(p_input, 'projectId', 'Project id', not (sample or submission))
    || private.check_uuid(p_input, 'taskId', 'Task id', not submission)
    || private.check_uuid(p_input, 'deliverableId', 'Deliverable id', true)
  from (
    values (
      coalesce(p_input ->> 'uploadType' = 'sample', false),
      coalesce(p_input ->> 'uploadType' = 'deliverable', false)
        and p_input ->> 'deliverableId' is null
    )
  ) as kind (sample, submission)
$$;

-- Returns the object path of a file. The id makes it unique; the name is there for people who
-- browse the bucket.
create function private.path_of(p_file public.files)
  returns text
  language sql
  immutable
  set search_path = ''
as $$
  select case p_file.upload_type
    when 'avatar' then
      format('%s/%s.%s', p_file.uploader_id, p_file.id, private.extension_of(p_file.file_name))
    when 'deliverable' then
      format(
        '%s/%s/%s/%s-%s', p_file.project_id, p_file.task_id, p_file.deliverable_id, p_file.id,
        private.safe_file_name(p_file.file_name)
      )
    when 'sample' then
      format(
        '%s/samples/%s/%s', p_file.project_id, p_file.id,
        private.safe_file_name(p_file.file_name)
      )
  end
$$;

-- Fills in project, task, deliverable and batch of a file for a deliverable: a new one for a task,
-- the next version of one in revision, or one that replaces a file that the scan rejected.
create function private.set_deliverable_target(inout p_file public.files)
  language plpgsql
  security definer
  set search_path = ''
as $$
declare
  v_deliverable record;
  v_batch private.upload_batches;
begin
  perform private.require_talent();

  if p_file.deliverable_id is not null then
    v_deliverable := private.lock_upload_target(p_file.deliverable_id);

    perform private.raise_field_errors(
      case
        when p_file.project_id <> v_deliverable.project_id
          then private.field_error('projectId', 'The deliverable belongs to another project.')
        else '[]'
      end
      || case
        when p_file.task_id <> v_deliverable.task_id
          then private.field_error('taskId', 'The deliverable belongs to another task.')
        else '[]'
      end
    );

    p_file.project_id := v_deliverable.project_id;
    p_file.task_id := v_deliverable.task_id;
  else
    perform private.raise_field_errors(
      private.lock_submission_target(p_file.project_id, p_file.task_id)
    );
  end if;

  v_batch := private.join_batch(
    'deliverable', coalesce(p_file.deliverable_id, p_file.task_id), p_file.deliverable_id
  );
  p_file.batch_id := v_batch.id;
  p_file.deliverable_id := v_batch.deliverable_id;
  p_file.bucket_id := 'deliverables';
end;
$$;

-- Reserves one file for the caller. Definer: users cannot write reservations directly. The fields
-- of the input have been validated.
create function private.reserve_file(p_input jsonb)
  returns public.files
  language plpgsql
  security definer
  set search_path = ''
as $$
declare
  v_file public.files;
begin
  v_file.id := gen_random_uuid();
  v_file.uploader_id := auth.uid();
  v_file.upload_type := p_input ->> 'uploadType';
  v_file.file_name := private.clean_file_name(p_input ->> 'fileName');
  v_file.file_size := (p_input ->> 'fileSize')::bigint;
  v_file.mime_type := private.type_of_file(
    v_file.upload_type, p_input ->> 'mimeType', v_file.file_name
  );

  case v_file.upload_type
    when 'deliverable' then
      v_file.project_id := (p_input ->> 'projectId')::uuid;
      v_file.task_id := (p_input ->> 'taskId')::uuid;
      v_file.deliverable_id := (p_input ->> 'deliverableId')::uuid;
      v_file := private.set_deliverable_target(v_file);
    when 'sample' then
      v_file.project_id := (p_input ->> 'projectId')::uuid;
      perform private.require_project_creator(v_file.project_id);
      v_file.batch_id := (private.join_batch('sample', v_file.project_id)).id;
      v_file.bucket_id := 'project-samples';
    when 'avatar' then
      v_file.batch_id := (private.join_batch('avatar', v_file.uploader_id)).id;
      v_file.bucket_id := 'avatars';
  end case;

  insert into public.files (
    id, upload_type, uploader_id, project_id, task_id, deliverable_id, batch_id, bucket_id, path,
    file_name, file_size, mime_type
  )
  values (
    v_file.id, v_file.upload_type, v_file.uploader_id, v_file.project_id, v_file.task_id,
    v_file.deliverable_id, v_file.batch_id, v_file.bucket_id, private.path_of(v_file),
    v_file.file_name, v_file.file_size, v_file.mime_type
  )
  returning *
  into v_file;

  return v_file;
end;
$$;

-- Called by api.create_upload as the caller. They check the caller's rights themselves.
grant execute on function
  private.upload_target_field_errors(jsonb),
  private.file_field_errors(jsonb),
  private.refuse_large_file(jsonb),
  private.reserve_file(jsonb),
  private.upload_bucket_of(public.files)
to authenticated;


-- ── 40_files/31_reserve_operation.sql ───────────────────────────────────────────────────────────

-- Reserving one file (POST /upload/presigned-url).

-- Returns a file in the shape that its uploader sees before it is used.
create function private.upload_document(p_file public.files)
  returns jsonb
  language sql
  stable
  set search_path = ''
as $$
  select jsonb_build_object(
    'fileId', p_file.id,
    'uploadType', p_file.upload_type,
    'projectId', p_file.project_id,
    'taskId', p_file.task_id,
    'deliverableId', p_file.deliverable_id,
    'bucket', private.upload_bucket_of(p_file),
    'path', p_file.path,
    'fileName', p_file.file_name,
    'fileSize', p_file.file_size,
    'mimeType', p_file.mime_type,
    'state', p_file.state,
    'scanStatus', p_file.scan_status,
    'expiresAt', private.iso(p_file.expires_at)
  )
$$;

grant execute on function private.upload_document(public.files) to authenticated;

create function api.create_upload(
  "uploadType" text default null, "fileName" text default null, "fileSize" jsonb default null,
  "mimeType" text default null, "projectId" text default null, "taskId" text default null,
  "deliverableId" text default null
)
  returns jsonb
  language plpgsql
  volatile
  set search_path = ''
as $$
declare
  v_input constant jsonb := private.input_of('create_upload', jsonb_build_object(
    'uploadType', "uploadType", 'fileName', "fileName", 'fileSize', "fileSize",
    'mimeType', "mimeType", 'projectId', "projectId", 'taskId', "taskId",
    'deliverableId', "deliverableId"
  ));
  v_answer jsonb;
begin
  perform private.require_session();

  v_answer := private.earlier_answer('create_upload', v_input);
  if v_answer is not null then
    return v_answer;
  end if;

  perform private.raise_field_errors(
    private.check_keys(v_input, array[
      'uploadType', 'fileName', 'fileSize', 'mimeType', 'projectId', 'taskId', 'deliverableId'
    ])
    || private.file_field_errors(v_input)
    || private.upload_target_field_errors(v_input)
  );
  perform private.refuse_large_file(v_input);

  return private.keep_answer(private.upload_document(private.reserve_file(v_input)));
end;
$$;

comment on function api.create_upload(text, text, jsonb, text, text, text, text) is
  'Reserves a path in Storage for one file, for 24 hours. Then upload the bytes to {bucket, path}
with mimeType as content type, and call confirm_upload.
Requires: for uploadType deliverable, the talent to whom the task is assigned (projectId and taskId,
or deliverableId of a deliverable in revision or with a rejected file); for sample, the project''s
creator (projectId); for avatar, any signed-in user.
fileName: 1 to 255 characters, ending in an extension of its type. fileSize: in bytes; at most 50
MB for images, documents and archives, 100 MB for videos, 5 MB for avatars. mimeType: image/jpeg,
image/png, image/gif; for deliverables and samples also application/pdf and video/mp4; for
deliverables also video/quicktime, application/zip and application/x-rar-compressed. Other names of
these types are resolved; a type that is none of them falls back to the extension.
Limit: 10 batches per hour and user. Up to 10 files for one target are one batch. Every avatar is a
batch; avatars are counted separately.
Returns {fileId, uploadType, projectId, taskId, deliverableId, bucket, path, fileName, fileSize,
mimeType, state, scanStatus, expiresAt}.
Repeating a call with the same header Idempotency-Key within 24 hours returns the first response.
Errors: VALIDATION_ERROR, FILE_TOO_LARGE, TALENT_ONLY, FORBIDDEN, NOT_FOUND, INVALID_STATE,
RATE_LIMITED, CONFLICT, NOT_AUTHENTICATED, SESSION_REVOKED.';

grant execute on function api.create_upload(text, text, jsonb, text, text, text, text)
to authenticated;


-- ── 40_files/32_reserve_several.sql ─────────────────────────────────────────────────────────────

-- Reserving several files at once, for form uploads of the REST API: all files are reserved, or
-- none. If the request fails later, the API discards them together.

-- Returns the files of a request as inputs of api.create_upload, in their order; null for an entry
-- that is not an object.
create function private.upload_inputs(p_input jsonb)
  returns setof jsonb
  language sql
  stable
  set search_path = ''
as $$
  select case
    when jsonb_typeof(file) = 'object' then
      (p_input - array['files', 'fields']) || file || jsonb_build_object(
        'mimeType',
        coalesce(
          nullif(file -> 'mimeType', 'null'),
          to_jsonb(private.type_of_name(p_input ->> 'uploadType', file ->> 'fileName'))
        )
      )
  end
  from jsonb_array_elements(
    case when jsonb_typeof(p_input -> 'files') = 'array' then p_input -> 'files' else '[]' end
  ) with ordinality as list (file, place)
  order by place
$$;

-- Checks that files is a list of 1 to 10 objects.
create function private.check_upload_inputs(p_files jsonb)
  returns jsonb
  language sql
  immutable
  set search_path = ''
as $$
  select case
    when coalesce(jsonb_typeof(p_files), 'null') = 'null' or p_files = '[]'
      then private.field_error('files', 'At least one file is required.')
    when jsonb_typeof(p_files) <> 'array'
      then private.field_error('files', 'Files must be a list of files.')
    when jsonb_array_length(p_files) > 10
      then private.field_error('files', 'You can attach at most 10 files.')
    else '[]'
  end
$$;

-- Returns the field errors of all files, with the file in the field name: files[2].fileName, or
-- files[2] for an entry that is not a file.
create function private.upload_inputs_field_errors(p_input jsonb)
  returns jsonb
  language sql
  stable
  set search_path = ''
as $$
  select coalesce(jsonb_agg(field_error order by upload.place), '[]')
  from private.upload_inputs(p_input) with ordinality as upload (input, place)
  cross join jsonb_array_elements(private.prefix_fields(
    format('files[%s]', upload.place - 1),
    case
      when upload.input is null
        then private.field_error(null, 'A file must have a name, a size and a type.')
      else private.file_field_errors(upload.input)
    end
  )) as field_error
  where field_error ->> 'field' not like '%.uploadType'
$$;

-- Returns the field errors of a form's other fields. They are checked before the upload, so that no
-- file is uploaded for a deliverable or sample that would be refused afterwards.
create function private.form_field_errors(p_input jsonb)
  returns jsonb
  language plpgsql
  stable
  set search_path = ''
as $$
declare
  v_fields constant jsonb := p_input -> 'fields';
begin
  return case
    when coalesce(jsonb_typeof(v_fields), 'null') = 'null' then '[]'
    when p_input ->> 'uploadType' = 'deliverable' then
      private.check_keys(v_fields, array['title', 'description'])
      || private.deliverable_field_errors(
        case when p_input ->> 'deliverableId' is null then '{"title": null}' else '{}' end::jsonb
        || v_fields
      )
    when p_input ->> 'uploadType' = 'sample' then
      private.check_keys(v_fields, array['name', 'type', 'description'])
      || private.check_text('{"name": null}' || v_fields, 'name', 'Name', 1, 255)
      || private.check_choice('{"type": null}' || v_fields, 'type', 'Type', array['file'])
      || private.check_text(v_fields, 'description', 'Description', 0, 10000)
    else private.check_keys(v_fields, '{}')
  end;
end;
$$;

-- Returns the uploads of an earlier response in their current state. A removed upload keeps its id,
-- because the file may have become part of a deliverable under that id.
create function private.current_uploads(p_answer jsonb)
  returns jsonb
  language sql
  stable
  set search_path = ''
as $$
  select jsonb_build_object('uploads', jsonb_agg(
    case
      when f.id is null then upload || '{"state": "removed"}'
      else private.upload_document(f)
    end
    order by place
  ))
  from jsonb_array_elements(p_answer -> 'uploads') with ordinality as kept (upload, place)
  left join public.files as f
    on f.id = (upload ->> 'fileId')::uuid and f.removed_at is null
$$;

-- Called by api.create_uploads as the caller.
grant execute on function
  private.type_of_name(text, text),
  private.upload_inputs(jsonb),
  private.check_upload_inputs(jsonb),
  private.upload_inputs_field_errors(jsonb),
  private.form_field_errors(jsonb),
  private.current_uploads(jsonb)
to authenticated;

create function api.create_uploads(
  "uploadType" text default null, files jsonb default null, "projectId" text default null,
  "taskId" text default null, "deliverableId" text default null, fields jsonb default null
)
  returns jsonb
  language plpgsql
  volatile
  set search_path = ''
as $$
declare
  v_input constant jsonb := private.input_of('create_uploads', jsonb_build_object(
    'uploadType', "uploadType", 'files', files, 'projectId', "projectId", 'taskId', "taskId",
    'deliverableId', "deliverableId", 'fields', fields
  ));
  v_file jsonb;
  v_answer jsonb;
  v_uploads jsonb := '[]';
begin
  perform private.require_session();

  v_answer := private.earlier_answer('create_uploads', v_input);
  if v_answer is not null then
    return private.current_uploads(v_answer);
  end if;

  -- The caller's rights come before the field errors.
  if "uploadType" = 'deliverable' then
    perform private.require_talent();
  elsif "uploadType" = 'sample' and private.try_uuid("projectId") is not null then
    perform private.require_project_creator("projectId"::uuid);
  end if;

  perform private.raise_field_errors(
    private.check_choice(
      v_input, 'uploadType', 'Upload type', array['deliverable', 'avatar', 'sample']
    )
    || private.check_upload_inputs(v_input -> 'files')
    || private.upload_inputs_field_errors(v_input)
    || private.upload_target_field_errors(v_input)
    || private.form_field_errors(v_input)
  );

  for v_file in select private.upload_inputs(v_input) loop
    perform private.refuse_large_file(v_file);
    v_uploads := v_uploads || private.upload_document(private.reserve_file(v_file));
  end loop;

  return private.keep_answer(jsonb_build_object('uploads', v_uploads));
end;
$$;

comment on function api.create_uploads(text, jsonb, text, text, text, jsonb) is
  'Reserves 1 to 10 files of the same kind for the same target: all of them, or none.
Requires: as create_upload.
files: [{fileName, fileSize, mimeType}]; without mimeType, or with an unknown one such as
application/octet-stream, the type is taken from the extension. Other keys (for example a digest) are only used to distinguish
requests with the same Idempotency-Key.
fields: the other fields of a form, checked before the upload: {title, description} of a
deliverable, {name, type, description} of a sample.
Limit: as create_upload.
Returns {uploads} in their order. Repeating a call with the same header Idempotency-Key within 24
hours returns the same uploads in their current state; a removed upload has state removed.
Errors: VALIDATION_ERROR, FILE_TOO_LARGE, TALENT_ONLY, FORBIDDEN, NOT_FOUND, INVALID_STATE,
RATE_LIMITED, CONFLICT, NOT_AUTHENTICATED, SESSION_REVOKED.';

-- Discards the caller's unused uploads, except infected ones, whose objects are kept for
-- investigation. Definer: users cannot update files.
create function private.discard_uploads(p_files jsonb)
  returns void
  language plpgsql
  security definer
  set search_path = ''
as $$
declare
  v_file_id uuid;
begin
  for v_file_id in
    select f.id
    from public.files as f
    where f.id in (
        select private.try_uuid(file ->> 'fileId') from jsonb_array_elements(p_files) as file
      )
      and f.uploader_id = auth.uid()
      and f.state <> 'infected'
      and f.used_at is null
      and f.removed_at is null
    order by f.id
    for update
  loop
    perform private.remove_file(v_file_id, 'discarded');
  end loop;

  -- Repeating create_uploads with the same key reserves new files.
  if found then
    delete from private.idempotency_keys
    where user_id = auth.uid()
      and key = private.idempotency_key()
      and operation = 'create_uploads';
  end if;
end;
$$;

-- Called by api.discard_uploads as the caller; works on the caller's own files only.
grant execute on function private.discard_uploads(jsonb) to authenticated;

create function api.discard_uploads(files jsonb default null)
  returns void
  language plpgsql
  volatile
  set search_path = ''
as $$
begin
  perform private.require_session();
  perform private.raise_field_errors(
    private.check_file_list(jsonb_build_object('files', files), 'files')
  );
  perform private.discard_uploads(files);
end;
$$;

comment on function api.discard_uploads(jsonb) is
  'Discards uploads: they cannot be used any more, and their objects are removed at once instead of
after a day. Files that are used, already removed or uploaded by another user are ignored.
Requires: the uploader. files: 1 to 10 of [{fileId}].
With the Idempotency-Key of create_uploads, that key reserves new files when it is repeated.
Errors: VALIDATION_ERROR, NOT_AUTHENTICATED, SESSION_REVOKED.';

grant execute on function
  api.create_uploads(text, jsonb, text, text, text, jsonb),
  api.discard_uploads(jsonb)
to authenticated;


-- ── 40_files/40_buckets.sql ─────────────────────────────────────────────────────────────────────

-- Buckets in Storage.
--
--   avatars              public; paths cannot be guessed
--   avatar-uploads       private; receives avatars until the scan publishes them
--   deliverables, project-samples, message-attachments
--                        private; message-attachments accepts no uploads yet
--
-- The limits here are the largest of any type; the reservation and the confirmation check the limit
-- of the file's own type. The types include their other names, because browsers send those.

create function private.bucket_types(p_upload_type text)
  returns text[]
  language sql
  stable
  set search_path = ''
as $$
  select array_agg(name.mime_type order by name.mime_type)
  from (
    select t.mime_type
    from private.file_types as t
    where t.upload_type = p_upload_type
    union
    select a.alias
    from private.mime_type_aliases() as a
    join private.file_types as t on t.mime_type = a.mime_type
    where t.upload_type = p_upload_type
  ) as name
$$;

insert into storage.buckets (id, name, public, file_size_limit, allowed_mime_types)
select
  bucket.id, bucket.id, bucket.id = 'avatars',
  (select max(t.max_bytes) from private.file_types as t where t.upload_type = bucket.upload_type),
  private.bucket_types(bucket.upload_type)
from (
  values
    ('avatars', 'avatar'),
    ('avatar-uploads', 'avatar'),
    ('deliverables', 'deliverable'),
    ('project-samples', 'sample'),
    ('message-attachments', 'message_attachment')
) as bucket (id, upload_type)
on conflict (id) do update
set
  public = excluded.public,
  file_size_limit = excluded.file_size_limit,
  allowed_mime_types = excluded.allowed_mime_types;


-- ── 40_files/41_upload.sql ──────────────────────────────────────────────────────────────────────

-- Uploading the bytes to Storage. Storage checks these rules for every part of an upload.

-- Returns whether the caller has a reservation of exactly this path that has not expired. Definer:
-- the policy on Storage calls it for every part of an upload.
create function private.may_upload(p_bucket_id text, p_path text)
  returns boolean
  language plpgsql
  stable
  security definer
  set search_path = ''
as $$
begin
  return private.session_is_live() and exists (
    select
    from public.files as f
    where f.path = p_path
      and private.upload_bucket_of(f) = p_bucket_id
      and f.uploader_id = auth.uid()
      and f.state = 'reserved'
      and f.removed_at is null
      and f.expires_at > now()
  );
end;
$$;

-- Policies run it as the caller. It answers for the caller's own reservations only.
grant execute on function private.may_upload(text, text) to authenticated;

-- Refuses to write an object unless its file is reserved and the reservation has not expired, or is an avatar whose scan publishes it.
-- The trigger applies to every role, because Storage's service role bypasses policies and upload
-- URLs stay valid after the file is confirmed.
create function private.tg_objects__refuse_overwrite()
  returns trigger
  language plpgsql
  security definer
  set search_path = ''
as $$
declare
  v_state text;
  v_expires_at timestamptz;
begin
  select f.state, f.expires_at
  into v_state, v_expires_at
  from public.files as f
  where f.path = new.name
    and new.bucket_id in (f.bucket_id, private.upload_bucket_of(f))
    and f.removed_at is null
  for share;

  if v_state = 'reserved' and v_expires_at > now() and new.bucket_id <> 'avatars'
    or v_state = 'uploaded' and new.bucket_id = 'avatars'
  then
    return new;
  end if;

  raise sqlstate '42501' using message = 'This path cannot be written to.';
end;
$$;

create trigger _200_refuse_overwrite
  before insert on storage.objects
  for each row
  when (new.bucket_id in (
    'avatars', 'avatar-uploads', 'deliverables', 'project-samples', 'message-attachments'
  ))
  execute function private.tg_objects__refuse_overwrite();

create trigger _201_refuse_overwrite
  before update of bucket_id, name, version on storage.objects
  for each row
  when (
    new.bucket_id in (
      'avatars', 'avatar-uploads', 'deliverables', 'project-samples', 'message-attachments'
    )
    and (old.bucket_id, old.name, old.version) is distinct from
      (new.bucket_id, new.name, new.version)
  )
  execute function private.tg_objects__refuse_overwrite();

-- Creating a policy briefly locks several tables of the platform. Fail after five seconds instead
-- of blocking them.
set local lock_timeout = '5s';

create policy insert_reserved on storage.objects
  for insert to authenticated
  with check (private.may_upload(bucket_id, name));


-- ── 40_files/50_confirm.sql ─────────────────────────────────────────────────────────────────────

-- Confirming an upload: compares the object with its reservation and stores the object's version.
-- From then on the object cannot be replaced.

-- Returns why an object does not match its reservation (a value of files.failure), or null. The
-- scan checks later what the bytes really are.
create function private.object_failure(p_file public.files, p_metadata jsonb)
  returns text
  language plpgsql
  stable
  set search_path = ''
as $$
begin
  return case
    when (p_metadata ->> 'size')::bigint is distinct from p_file.file_size then 'size'
    when private.is_same_family(
      private.canonical_mime_type(p_metadata ->> 'mimetype'), p_file.mime_type
    ) is not true then 'type'
  end;
end;
$$;

-- Confirms a reservation and returns the file: uploaded, or failed if it does not match. The object
-- of a failed file is removed. A file that was confirmed before is not changed. The caller has
-- locked the row.
create function private.confirm_file(p_file public.files)
  returns public.files
  language plpgsql
  security definer
  set search_path = ''
as $$
declare
  v_file public.files := p_file;
  v_object record;
  v_failure text;
begin
  if v_file.state <> 'reserved' then
    return v_file;
  end if;

  select o.metadata, o.version
  into v_object
  from storage.objects as o
  where o.bucket_id = private.upload_bucket_of(v_file) and o.name = v_file.path;

  if not found then
    raise sqlstate 'PT409' using
      message = format('"%s" has not been uploaded yet.', v_file.file_name),
      hint = 'UPLOAD_MISSING';
  end if;

  v_failure := private.object_failure(v_file, v_object.metadata);

  update public.files
  set
    state = case when v_failure is null then 'uploaded' else 'failed' end,
    failure = v_failure,
    object_version = v_object.version,
    uploaded_at = now()
  where id = v_file.id
  returning *
  into v_file;

  if v_failure is null then
    insert into private.file_scans (file_id) values (v_file.id);
  else
    perform private.remove_object(private.upload_bucket_of(v_file), v_file.path, 'mismatch');
  end if;

  return v_file;
end;
$$;

-- Raises an error if the file is infected or failed. A file that waits for its scan can be used,
-- but not served (see refuse_unclean_file).
create function private.refuse_bad_file(p_file public.files)
  returns void
  language plpgsql
  stable
  set search_path = ''
as $$
begin
  if p_file.state = 'infected' then
    raise sqlstate 'PT409' using
      message = format('Malware was found in "%s". The file cannot be used.', p_file.file_name),
      hint = 'FILE_INFECTED';
  end if;

  if p_file.state = 'failed' then
    raise sqlstate 'PT400' using
      message = private.failure_message(p_file),
      detail = private.field_error('files', private.failure_message(p_file))::text,
      hint = 'FILE_MISMATCH';
  end if;
end;
$$;

-- Returns the sentence that explains files.failure to the uploader.
create function private.failure_message(p_file public.files)
  returns text
  language plpgsql
  stable
  set search_path = ''
as $$
begin
  return case p_file.failure
    when 'size' then format('"%s" does not have the declared size.', p_file.file_name)
    when 'type' then format('"%s" does not have the declared type.', p_file.file_name)
    when 'dimensions' then
      format('"%s" must have 64 to 4096 pixels per side.', p_file.file_name)
    else format('"%s" cannot be read as a file of the declared type.', p_file.file_name)
  end;
end;
$$;

-- Called by api functions as the caller, with a row that the caller can see.
grant execute on function
  private.refuse_bad_file(public.files),
  private.failure_message(public.files)
to authenticated;

-- Confirms one of the caller's uploads. Definer: users cannot update files.
create function private.confirm_my_file(p_file_id uuid)
  returns public.files
  language plpgsql
  security definer
  set search_path = ''
as $$
declare
  v_file public.files;
begin
  select f.*
  into v_file
  from public.files as f
  where f.id = p_file_id and f.removed_at is null
  for update;

  if not found then
    raise sqlstate 'PT404' using
      message = 'File not found.',
      hint = 'NOT_FOUND';
  end if;

  if v_file.uploader_id is distinct from auth.uid() then
    raise sqlstate 'PT403' using
      message = 'Only the uploader can confirm this file.',
      hint = 'FORBIDDEN';
  end if;

  return private.confirm_file(v_file);
end;
$$;

-- Called by api.confirm_upload as the caller; works on the caller's own files only.
grant execute on function private.confirm_my_file(uuid) to authenticated;

-- Raises an error unless the file was scanned and found clean. Only clean files are served.
create function private.refuse_unclean_file(p_file public.files)
  returns void
  language plpgsql
  stable
  set search_path = ''
as $$
begin
  perform private.refuse_bad_file(p_file);

  if p_file.state = 'reserved' then
    raise sqlstate 'PT409' using
      message = format('"%s" has not been uploaded and confirmed yet.', p_file.file_name),
      hint = 'UPLOAD_MISSING';
  end if;

  if p_file.state = 'uploaded' then
    raise sqlstate 'PT409' using
      message = format('"%s" has not been scanned yet. Try again soon.', p_file.file_name),
      hint = 'SCAN_PENDING';
  end if;
end;
$$;

grant execute on function private.refuse_unclean_file(public.files) to authenticated;


-- ── 40_files/51_confirm_operation.sql ───────────────────────────────────────────────────────────

-- Confirming an upload.

create function api.confirm_upload("fileId" text default null)
  returns jsonb
  language plpgsql
  volatile
  set search_path = ''
as $$
declare
  v_file public.files;
begin
  perform private.require_session();
  perform private.require_ids(jsonb_build_object('fileId', "fileId"));
  v_file := private.confirm_my_file("fileId"::uuid);

  -- An exception would roll back the failed state and the removal of the object. So the error is
  -- returned in the form of PostgREST's errors, with the status set, and the transaction commits.
  if v_file.state = 'failed' then
    perform set_config('response.status', '400', true);
    return jsonb_build_object(
      'code', 'PT400',
      'message', private.failure_message(v_file),
      'details', private.field_error('fileId', private.failure_message(v_file))::text,
      'hint', 'FILE_MISMATCH'
    );
  end if;

  return private.upload_document(v_file);
end;
$$;

comment on function api.confirm_upload(text) is
  'Confirms an upload: compares its size and type with the reservation and queues its scan.
Repeating it changes nothing and returns the current state.
Requires: the uploader.
Returns the same as create_upload, with state uploaded, clean, infected or failed. An upload that
does not match its reservation is removed. The response is then the error object {code, message,
details, hint} with hint FILE_MISMATCH, and PostgREST sends it with status 400. Callers over SQL
must commit the transaction.
Errors: FILE_MISMATCH (returned, not raised), UPLOAD_MISSING, NOT_FOUND, FORBIDDEN,
NOT_AUTHENTICATED, SESSION_REVOKED.';

grant execute on function api.confirm_upload(text) to authenticated;


-- ── 40_files/55_false_uploads.sql ───────────────────────────────────────────────────────────────

-- Uploads whose bytes are not of the declared type. The scan finds all of them. The REST API looks at
-- the first bytes before it submits, so that a file that the scan would reject is not submitted.

-- Returns those of a user's uploads that are neither used nor scanned yet, in the order of the ids.
create function private.unscanned_uploads(p_user_id uuid, p_file_ids uuid[])
  returns table (
    file_id uuid, place integer, bucket_id text, path text, file_name text, mime_type text
  )
  language sql
  stable
  security definer
  set search_path = ''
as $$
  select
    f.id, wanted.place::integer - 1, private.upload_bucket_of(f), f.path, f.file_name, f.mime_type
  from unnest(p_file_ids) with ordinality as wanted (id, place)
  join public.files as f on f.id = wanted.id
  where f.uploader_id = p_user_id
    and f.state in ('reserved', 'uploaded')
    and f.used_at is null
    and f.removed_at is null
  order by wanted.place
$$;

comment on function private.unscanned_uploads(uuid, uuid[]) is
  'Returns the uploads of a user that are neither used nor scanned; place is the index of the id.';

-- Rejects one of a user's uploads that is neither used nor scanned. Its object is removed.
create function private.reject_upload(p_user_id uuid, p_file_id uuid)
  returns void
  language plpgsql
  security definer
  set search_path = ''
as $$
declare
  v_file public.files;
begin
  update public.files
  set state = 'failed', failure = 'type'
  where id = p_file_id
    and uploader_id = p_user_id
    and state in ('reserved', 'uploaded')
    and used_at is null
    and removed_at is null
  returning *
  into v_file;

  if found then
    delete from private.file_scans where file_id = v_file.id;
    perform private.remove_object(private.upload_bucket_of(v_file), v_file.path, 'mismatch');
  end if;
end;
$$;

comment on function private.reject_upload(uuid, uuid) is
  'Rejects an upload whose bytes show another type than the declared one.';

grant execute on function
  private.unscanned_uploads(uuid, uuid[]),
  private.reject_upload(uuid, uuid)
to service_role;


-- ── 40_files/60_scan.sql ────────────────────────────────────────────────────────────────────────

-- Scanning files. Confirming an upload adds it to this queue. The function `files` claims it,
-- checks its type and scans it for malware. No file is served before its scan found it clean. While
-- the scanner is down, files wait.

create table private.file_scans (
  file_id uuid primary key references public.files (id) on delete cascade,
  attempts integer not null default 0,
  unreported integer not null default 0,
  next_attempt_at timestamptz not null default now(),
  last_error text,
  created_at timestamptz not null default now()
);

comment on table private.file_scans is 'Queue of confirmed uploads that wait for their scan.';
comment on column private.file_scans.next_attempt_at is
  'When the next attempt is due. During an attempt: when the worker is considered lost.';

comment on column private.file_scans.unreported is
  'Attempts in a row that the worker did not report, because it was ended before.';

create index file_scans_due_idx on private.file_scans (next_attempt_at);

-- Claims up to p_limit due scans. A worker has five minutes for each, enough to scan 100 MB.
--
--   bucket_id    bucket in which the object is now
--   publish_to   bucket to which a clean file is copied before it is reported (avatars only)
--   unreported   earlier attempts that no worker reported
--
-- Materialized: without it, a plan could evaluate the subquery once per row and lock more rows each
-- time.
create function private.claim_scans(p_limit integer)
  returns table (
    file_id uuid, upload_type text, bucket_id text, path text, publish_to text, file_name text,
    file_size bigint, mime_type text, object_version text, attempts integer, unreported integer
  )
  language sql
  security definer
  set search_path = ''
as $$
  with due as materialized (
    select w.file_id
    from private.file_scans as w
    where w.next_attempt_at <= now()
    order by w.next_attempt_at
    limit least(greatest(p_limit, 1), 100)
    for update skip locked
  ),
  taken as (
    update private.file_scans as s
    set
      attempts = s.attempts + 1,
      unreported = s.unreported + 1,
      next_attempt_at = now() + interval '5 minutes'
    from due
    where s.file_id = due.file_id
    returning s.file_id, s.attempts, s.unreported
  )
  select
    f.id, f.upload_type, private.upload_bucket_of(f), f.path,
    case when f.upload_type = 'avatar' then f.bucket_id end,
    f.file_name, f.file_size, f.mime_type, f.object_version, taken.attempts, taken.unreported - 1
  from taken
  join public.files as f on f.id = taken.file_id
$$;

-- Ends a scan with the given state. Only a file in state uploaded is changed.
create function private.end_scan(p_file_id uuid, p_state text, p_failure text default null)
  returns public.files
  language plpgsql
  security definer
  set search_path = ''
as $$
declare
  v_file public.files;
begin
  update public.files
  set state = p_state, failure = p_failure, scanned_at = now()
  where id = p_file_id and state = 'uploaded'
  returning *
  into v_file;

  delete from private.file_scans where file_id = p_file_id;
  return v_file;
end;
$$;

-- Reports a file as clean. p_object_version is the version that was scanned; if the object is
-- another version by now, the file fails.
create function private.scan_clean(p_file_id uuid, p_object_version text)
  returns void
  language plpgsql
  security definer
  set search_path = ''
as $$
declare
  v_file public.files;
begin
  select f.* into v_file from public.files as f where f.id = p_file_id for update;

  if v_file.object_version is distinct from p_object_version then
    perform private.scan_rejected(p_file_id, 'changed');
    return;
  end if;

  v_file := private.end_scan(p_file_id, 'clean');

  if v_file.upload_type = 'avatar' then
    perform private.remove_object(private.upload_bucket_of(v_file), v_file.path, 'published');
  end if;
end;
$$;

-- Reports a file as infected. It is never served; its object is kept for 30 days for investigation.
create function private.scan_infected(p_file_id uuid)
  returns void
  language plpgsql
  security definer
  set search_path = ''
as $$
declare
  v_file constant public.files := private.end_scan(p_file_id, 'infected');
begin
  if v_file.id is not null then
    perform private.remove_object(
      private.upload_bucket_of(v_file), v_file.path, 'infected', interval '30 days'
    );
  end if;
end;
$$;

-- Reports a file that differs from its reservation. p_failure: size, type, dimensions, unreadable,
-- missing, changed.
create function private.scan_rejected(p_file_id uuid, p_failure text)
  returns void
  language plpgsql
  security definer
  set search_path = ''
as $$
declare
  v_file constant public.files := private.end_scan(p_file_id, 'failed', p_failure);
begin
  if v_file.id is not null then
    perform private.remove_object(private.upload_bucket_of(v_file), v_file.path, 'mismatch');
  end if;
end;
$$;

-- Reports an attempt without a result, for example because the scanner is down. The scan is
-- retried after 15 seconds, then at doubled intervals up to 30 minutes, without end.
create function private.scan_failed(p_file_id uuid, p_error text)
  returns void
  language sql
  security definer
  set search_path = ''
as $$
  update private.file_scans
  set
    unreported = 0,
    next_attempt_at = now()
      + least(interval '15 seconds' * power(2, least(attempts, 10) - 1), interval '30 minutes'),
    last_error = left(p_error, 1000)
  where file_id = p_file_id;
$$;

grant execute on function
  private.claim_scans(integer),
  private.scan_clean(uuid, text),
  private.scan_infected(uuid),
  private.scan_rejected(uuid, text),
  private.scan_failed(uuid, text)
to service_role;

-- Calls the worker after new scans were queued.
create function private.tg_file_scans__wake()
  returns trigger
  language plpgsql
  security definer
  set search_path = ''
as $$
begin
  perform private.wake_worker('files');
  return null;
end;
$$;

create trigger _900_wake
  after insert on private.file_scans
  for each statement
  execute function private.tg_file_scans__wake();


-- ── 40_files/61_scan_notifications.sql ──────────────────────────────────────────────────────────

-- Notifies the uploader when the scan rejects a file, and the project's creator when it is part of a
-- deliverable. Without it, both might wait for a decision on a file that cannot be opened.

-- Returns the sentence about a rejected file, with the version of a deliverable that it is part of.
create function private.rejection_message(p_file public.files, p_title text, p_version integer)
  returns text
  language sql
  stable
  set search_path = ''
as $$
  select concat_ws(
    ' ',
    case p_file.state
      when 'infected' then
        format('Malware was found in ''%s''. The file cannot be downloaded.', p_file.file_name)
      else private.failure_message(p_file)
    end,
    case
      when p_version is not null then format('It is in version %s of ''%s''.', p_version, p_title)
    end
  )
$$;

create function private.tg_files__notify_rejected()
  returns trigger
  language plpgsql
  security definer
  set search_path = ''
as $$
declare
  v_deliverable record;
  v_recipient uuid;
begin
  select d.id, d.title, f.version, d.creator_id
  into v_deliverable
  from public.deliverable_files as f
  join public.deliverables as d on d.id = f.deliverable_id
  where f.file_id = new.id;

  foreach v_recipient in array array_remove(
    array[new.uploader_id, v_deliverable.creator_id], null
  )
  loop
    perform private.notify(
      v_recipient, null, 'file_rejected', 'File Rejected',
      private.rejection_message(new, v_deliverable.title, v_deliverable.version),
      case when v_deliverable.id is not null then 'deliverable' end,
      v_deliverable.id,
      jsonb_build_object('projectId', new.project_id, 'taskId', new.task_id),
      jsonb_build_object(
        'fileName', new.file_name, 'isUploader', v_recipient = new.uploader_id,
        'deliverableTitle', v_deliverable.title, 'version', v_deliverable.version
      )
    );
  end loop;

  return null;
end;
$$;

create trigger _900_notify_rejected
  after update of state on public.files
  for each row
  when (old.state = 'uploaded' and new.state in ('infected', 'failed'))
  execute function private.tg_files__notify_rejected();


-- ── 40_files/65_avatars.sql ─────────────────────────────────────────────────────────────────────

-- Avatars: a clean file of upload type avatar becomes the profile picture. The scan has copied it
-- to the public bucket before.

alter table public.profiles
  add column avatar_file_id uuid references public.files (id) on delete set null;

comment on column public.profiles.avatar_file_id is 'File to which avatar_url points.';

create index profiles_avatar_file_id_idx on public.profiles (avatar_file_id);

-- Makes a clean upload the caller's avatar; null removes the avatar. Definer: users cannot write
-- avatar_url.
create function private.set_avatar(p_file_id uuid)
  returns void
  language plpgsql
  security definer
  set search_path = ''
as $$
declare
  v_file public.files;
begin
  if p_file_id is null then
    update public.profiles
    set avatar_file_id = null, avatar_url = null
    where id = auth.uid();
    return;
  end if;

  select f.*
  into v_file
  from public.files as f
  where f.id = p_file_id
    and f.uploader_id = auth.uid()
    and f.upload_type = 'avatar'
    and f.removed_at is null
  for update;

  if not found then
    perform private.raise_field_errors(
      private.field_error('avatarFileId', 'Avatar must be a file that you uploaded as an avatar.')
    );
  end if;

  perform private.refuse_unclean_file(v_file);

  update public.files set used_at = coalesce(used_at, now()) where id = p_file_id;

  update public.profiles
  set
    avatar_file_id = p_file_id,
    avatar_url = coalesce(private.project_url(), '')
      || '/storage/v1/object/public/' || v_file.bucket_id || '/' || v_file.path
  where id = auth.uid() and avatar_file_id is distinct from p_file_id;
end;
$$;

-- Called by api.update_me as the caller. It changes the caller's own profile only.
grant execute on function private.set_avatar(uuid) to authenticated;

-- Removes the previous avatar at once, because its URL is public.
create function private.tg_profiles__remove_avatar()
  returns trigger
  language plpgsql
  security definer
  set search_path = ''
as $$
begin
  perform private.remove_file(old.avatar_file_id, 'replaced');
  return null;
end;
$$;

create trigger _520_remove_avatar
  after update of avatar_file_id on public.profiles
  for each row
  when (
    old.avatar_file_id is not null and old.avatar_file_id is distinct from new.avatar_file_id
  )
  execute function private.tg_profiles__remove_avatar();


-- ── 40_files/70_serve.sql ───────────────────────────────────────────────────────────────────────

-- Serving files: the policy for reading objects in Storage, the paths of clean files, and the
-- download operation.

-- Creating a policy briefly locks several tables of the platform. Fail after five seconds instead
-- of blocking them.
set local lock_timeout = '5s';

-- Users who can see the row in public.files can download its clean object with their own token, in
-- the version that was confirmed. Signing URLs is not allowed, because the signer chooses how long
-- a URL is valid; the REST API signs them for one hour. Listing objects is not allowed either;
-- lists come from the tables.
create policy select_reader on storage.objects
  for select to authenticated
  using (
    storage.operation() in (
      'storage.object.get_authenticated', 'object.get_authenticated_info',
      'object.head_authenticated_info', 'storage.object.info_authenticated'
    )
    and exists (
      select
      from public.files as f
      where f.path = objects.name
        and f.bucket_id = objects.bucket_id
        and f.state = 'clean'
        and f.object_version is not distinct from objects.version
    )
  );

-- No policy for update (upsert, move) and delete: the files worker removes objects.

-- Returns bucket and path of clean files. The REST API uses it to sign URLs of files that an
-- operation has returned to the caller.
create function private.file_locations(p_file_ids uuid[])
  returns table (file_id uuid, bucket_id text, path text, file_name text)
  language sql
  stable
  security definer
  set search_path = ''
as $$
  select f.id, f.bucket_id, f.path, f.file_name
  from public.files as f
  where f.id = any (p_file_ids) and f.state = 'clean' and f.removed_at is null
$$;

grant execute on function private.file_locations(uuid[]) to service_role;

-- Returns whether a file exists. Definer: distinguishes a file that the caller cannot see (403)
-- from one that does not exist (404).
create function private.file_exists(p_file_id uuid)
  returns boolean
  language sql
  stable
  security definer
  set search_path = ''
as $$
  select exists (select from public.files as f where f.id = p_file_id and f.removed_at is null)
$$;

-- Called by api.get_download as the caller.
grant execute on function private.file_exists(uuid) to authenticated;

-- Storage's own limits of an image. It makes larger sides smaller without a word; here they are
-- refused.
create function private.check_side(p_input jsonb, p_key text, p_label text)
  returns jsonb
  language plpgsql
  immutable
  set search_path = ''
as $$
begin
  return case
    when coalesce(p_input ->> p_key, '1') ~ '^0*([1-9]\d{0,2}|1\d{3}|2[0-4]\d{2}|2500)$' then '[]'
    else private.field_error(p_key, p_label || ' must be a whole number from 1 to 2500.')
  end;
end;
$$;

create function private.check_image_size(p_input jsonb)
  returns jsonb
  language plpgsql
  immutable
  set search_path = ''
as $$
begin
  return private.check_side(p_input, 'width', 'Width')
    || private.check_side(p_input, 'height', 'Height')
    || private.check_choice(
      p_input, 'resize', 'Resize', array['cover', 'contain', 'fill'], true
    );
end;
$$;

-- Called by api.get_download as the caller.
grant execute on function
  private.check_side(jsonb, text, text), private.check_image_size(jsonb) to authenticated;

create function api.get_download(
  "fileId" text default null, width jsonb default null, height jsonb default null,
  resize text default null
)
  returns jsonb
  language plpgsql
  stable
  set search_path = ''
as $$
declare
  v_input constant jsonb := private.input_of('get_download', jsonb_build_object(
    'width', width, 'height', height, 'resize', resize
  ));
  v_file public.files;
  v_image jsonb;
begin
  perform private.require_session();
  perform private.require_ids(jsonb_build_object('fileId', "fileId"));
  perform private.raise_field_errors(private.check_image_size(v_input));

  -- Row-level security decides: the uploader, and users who can see the deliverable or sample.
  select f.* into v_file from public.files as f where f.id = "fileId"::uuid and f.removed_at is null;

  if not found and private.file_exists("fileId"::uuid) then
    raise sqlstate 'PT403' using
      message = 'You do not have access to this file.',
      hint = 'FORBIDDEN';
  end if;

  if v_file.id is null then
    raise sqlstate 'PT404' using
      message = 'File not found.',
      hint = 'NOT_FOUND';
  end if;

  perform private.refuse_unclean_file(v_file);

  -- A drawing has no pixels; other files are no images.
  if v_file.mime_type like 'image/%' and v_file.mime_type not like 'image/svg%'
    and coalesce(v_input ->> 'width', v_input ->> 'height') is not null
  then
    v_image := jsonb_strip_nulls(jsonb_build_object(
      'width', (v_input ->> 'width')::integer,
      'height', (v_input ->> 'height')::integer,
      'resize', coalesce(v_input ->> 'resize', 'cover')
    ));
  end if;

  return jsonb_build_object(
    'fileId', v_file.id,
    'bucket', v_file.bucket_id,
    'path', v_file.path,
    'fileName', v_file.file_name,
    'fileSize', v_file.file_size,
    'mimeType', v_file.mime_type,
    'expiresIn', 3600
  ) || case when v_image is null then '{}' else jsonb_build_object('image', v_image) end;
end;
$$;

comment on function api.get_download(text, jsonb, jsonb, text) is
  'Returns where a clean file can be downloaded: from {bucket, path} in Storage, with the caller''s
token. GET /files/:fileId/download-url returns a signed URL instead, valid for expiresIn seconds.
width, height: of an image, 1 to 2500 pixels; never larger than the original. resize: cover (cuts it,
by default), contain or fill (distorts it). They have no effect on other files.
Requires: the uploader; for a deliverable also the project''s creator; for a sample also the
project''s creator and team.
Returns {fileId, bucket, path, fileName, fileSize, mimeType, expiresIn}, and for an image of another
size image: {width, height, resize} for Storage.
Errors: VALIDATION_ERROR, NOT_FOUND, FORBIDDEN, UPLOAD_MISSING, SCAN_PENDING, FILE_INFECTED,
FILE_MISMATCH, NOT_AUTHENTICATED, SESSION_REVOKED.';

grant execute on function api.get_download(text, jsonb, jsonb, text) to authenticated;


-- ── 40_files/80_remove.sql ──────────────────────────────────────────────────────────────────────

-- Removing files. SQL cannot delete objects in Storage (the bytes would stay), so a row in this
-- queue asks the function `files` to remove the object through the Storage API. Files of deleted
-- work become invisible at once and their objects are removed after 30 days; other objects are
-- removed at once.

create table private.object_removals (
  bucket_id text not null,
  path text not null,
  reason text not null,
  attempts integer not null default 0,
  next_attempt_at timestamptz not null default now(),
  last_error text,
  created_at timestamptz not null default now(),

  primary key (bucket_id, path)
);

comment on table private.object_removals is 'Queue of objects to be removed from Storage.';
comment on column private.object_removals.reason is
  'Reason: deleted, replaced, discarded, expired, mismatch, published, infected, orphan.';
comment on column private.object_removals.next_attempt_at is
  'When the next attempt is due. During an attempt: when the worker is considered lost.';

create index object_removals_due_idx on private.object_removals (next_attempt_at);

-- Queues the removal of an object. If it is queued already, the earlier time counts. Objects that
-- were never uploaded are queued as well: an upload may still be running, and removing nothing is
-- harmless.
create function private.remove_object(
  p_bucket_id text, p_path text, p_reason text, p_delay interval default '0'
)
  returns void
  language sql
  security definer
  set search_path = ''
as $$
  insert into private.object_removals as r (bucket_id, path, reason, next_attempt_at)
  values (p_bucket_id, p_path, p_reason, now() + p_delay)
  on conflict (bucket_id, path) do update
  set next_attempt_at = least(r.next_attempt_at, excluded.next_attempt_at);
$$;

-- Removes a file: it becomes invisible at once, and its object is removed after the delay.
create function private.remove_file(
  p_file_id uuid, p_reason text, p_delay interval default '0'
)
  returns void
  language plpgsql
  security definer
  set search_path = ''
as $$
declare
  v_file public.files;
begin
  update public.files
  set removed_at = now()
  where id = p_file_id and removed_at is null
  returning *
  into v_file;

  if found then
    delete from private.file_scans where file_id = p_file_id;
    perform private.remove_object(v_file.bucket_id, v_file.path, p_reason, p_delay);

    if v_file.upload_type = 'avatar' then
      perform private.remove_object(
        private.upload_bucket_of(v_file), v_file.path, p_reason, p_delay
      );
    end if;
  end if;
end;
$$;

-- Queues the removal of the object when a row is deleted, because an account or a project was
-- erased.
create function private.tg_files__remove_object()
  returns trigger
  language plpgsql
  security definer
  set search_path = ''
as $$
begin
  if old.removed_at is null then
    perform private.remove_object(old.bucket_id, old.path, 'deleted');
    perform private.remove_object(private.upload_bucket_of(old), old.path, 'deleted');
  end if;

  return null;
end;
$$;

create trigger _500_remove_object
  after delete on public.files
  for each row
  execute function private.tg_files__remove_object();

-- Claims up to p_limit due removals. Concurrent workers claim different ones. Materialized: without
-- it, a plan could evaluate the subquery once per row and lock more rows each time.
create function private.claim_removals(p_limit integer)
  returns table (bucket_id text, path text, reason text, attempts integer)
  language sql
  security definer
  set search_path = ''
as $$
  with due as materialized (
    select w.bucket_id, w.path
    from private.object_removals as w
    where w.next_attempt_at <= now()
    order by w.next_attempt_at
    limit least(greatest(p_limit, 1), 1000)
    for update skip locked
  )
  update private.object_removals as r
  set attempts = r.attempts + 1, next_attempt_at = now() + interval '2 minutes'
  from due
  where (r.bucket_id, r.path) = (due.bucket_id, due.path)
  returning r.bucket_id, r.path, r.reason, r.attempts
$$;

-- Reports an object as removed (or missing). The row of a removed file is deleted with its last
-- object. A file that was not removed keeps its row: an infected file stays in the list of its
-- deliverable.
create function private.removal_done(p_bucket_id text, p_path text)
  returns void
  language plpgsql
  security definer
  set search_path = ''
as $$
begin
  delete from private.object_removals where bucket_id = p_bucket_id and path = p_path;

  delete from public.files
  where path = p_path and removed_at is not null and not exists (
    select from private.object_removals as r where r.path = p_path
  );
end;
$$;

-- Reports a failed removal. It is retried after 30 seconds, then at doubled intervals up to six
-- hours, without end, so that no object stays by mistake.
create function private.removal_failed(p_bucket_id text, p_path text, p_error text)
  returns void
  language sql
  security definer
  set search_path = ''
as $$
  update private.object_removals
  set
    next_attempt_at = now()
      + least(interval '30 seconds' * power(2, least(attempts, 12) - 1), interval '6 hours'),
    last_error = left(p_error, 1000)
  where bucket_id = p_bucket_id and path = p_path;
$$;

-- Calls the worker once per statement if a removal is due at once.
create function private.tg_object_removals__wake()
  returns trigger
  language plpgsql
  security definer
  set search_path = ''
as $$
begin
  if exists (select from added where next_attempt_at <= now()) then
    perform private.wake_worker('files');
  end if;

  return null;
end;
$$;

create trigger _900_wake
  after insert on private.object_removals
  referencing new table as added
  for each statement
  execute function private.tg_object_removals__wake();

grant execute on function
  private.claim_removals(integer),
  private.removal_done(text, text),
  private.removal_failed(text, text, text)
to service_role;


-- ── 40_files/81_sweep.sql ───────────────────────────────────────────────────────────────────────

-- Cleaning up: expired reservations, objects without a row, rows without an object.

-- Removes expired reservations and unused files. It waits three hours after the end, because an
-- upload URL created in the last minute is valid for two hours. Infected files are kept for 30
-- days.
create function private.sweep_reservations()
  returns integer
  language plpgsql
  security definer
  set search_path = ''
as $$
declare
  v_file_id uuid;
  v_count integer := 0;
begin
  for v_file_id in
    select f.id
    from public.files as f
    where f.used_at is null
      and f.removed_at is null
      and f.expires_at < now() - case f.state
        when 'infected' then interval '30 days'
        else interval '3 hours'
      end
    order by f.expires_at
    limit 1000
    for update skip locked
  loop
    perform private.remove_file(v_file_id, 'expired');
    v_count := v_count + 1;
  end loop;

  return v_count;
end;
$$;

-- Queues the removal of objects without a row in public.files. Only objects older than a day, so
-- that running uploads are not touched.
create function private.sweep_objects()
  returns integer
  language plpgsql
  security definer
  set search_path = ''
as $$
declare
  v_object record;
  v_count integer := 0;
begin
  for v_object in
    select o.bucket_id, o.name
    from storage.objects as o
    where o.bucket_id in (
        'avatars', 'avatar-uploads', 'deliverables', 'project-samples', 'message-attachments'
      )
      and o.created_at < now() - interval '1 day'
      and not exists (select from public.files as f where f.path = o.name)
      and not exists (
        select
        from private.object_removals as r
        where r.bucket_id = o.bucket_id and r.path = o.name
      )
    order by o.created_at
    limit 1000
  loop
    perform private.remove_object(v_object.bucket_id, v_object.name, 'orphan');
    v_count := v_count + 1;
  end loop;

  return v_count;
end;
$$;

-- Marks confirmed files whose object is missing as failed, so that the API reports it.
create function private.sweep_missing()
  returns integer
  language plpgsql
  security definer
  set search_path = ''
as $$
declare
  v_count integer;
begin
  update public.files as f
  set state = 'failed', failure = 'missing'
  where f.state in ('uploaded', 'clean')
    and f.removed_at is null
    and f.uploaded_at < now() - interval '1 hour'
    and not exists (
      select
      from storage.objects as o
      where o.name = f.path
        and o.bucket_id = case f.state
          when 'clean' then f.bucket_id
          else private.upload_bucket_of(f)
        end
    );

  get diagnostics v_count = row_count;
  return v_count;
end;
$$;

create function private.sweep_files()
  returns jsonb
  language plpgsql
  security definer
  set search_path = ''
as $$
declare
  v_report constant jsonb := jsonb_build_object(
    'expiredReservations', private.sweep_reservations(),
    'orphanedObjects', private.sweep_objects(),
    'missingObjects', private.sweep_missing()
  );
begin
  raise log 'Sweep of files: %', v_report;
  return v_report;
end;
$$;

comment on function private.sweep_files() is
  'Cleans up files: removes expired reservations and objects without a row, marks files without an
object as failed. Returns the numbers: {expiredReservations, orphanedObjects, missingObjects}.';

-- Calls the worker if scans or removals are due. A job runs it every minute.
create function private.wake_file_worker()
  returns void
  language plpgsql
  security definer
  set search_path = ''
as $$
begin
  if exists (select from private.file_scans where next_attempt_at <= now())
    or exists (select from private.object_removals where next_attempt_at <= now())
  then
    perform private.wake_worker('files');
  end if;
end;
$$;


-- ── 40_files/82_waiting_files.sql ───────────────────────────────────────────────────────────────

-- Length of the queues, for the status of the function `files`.

-- Returns the numbers of waiting and failing scans and removals. Failing: the last attempt ended
-- with an error.
create function private.waiting_files()
  returns jsonb
  language sql
  stable
  security definer
  set search_path = ''
as $$
  select jsonb_build_object(
    'scans', (
      select jsonb_build_object(
        'waiting', count(*), 'failing', count(*) filter (where s.last_error is not null)
      )
      from private.file_scans as s
    ),
    'removals', (
      select jsonb_build_object(
        'waiting', count(*) filter (where r.next_attempt_at <= now() or r.attempts > 0),
        'failing', count(*) filter (where r.last_error is not null)
      )
      from private.object_removals as r
    )
  )
$$;

comment on function private.waiting_files() is
  'Returns the length of the file queues: {scans, removals}, each {waiting, failing}. Removals that
are delayed on purpose (30 days for deleted work) are not counted.';

grant execute on function private.waiting_files() to service_role;
