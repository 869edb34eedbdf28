-- Serving files: who may read the bytes in Storage, where clean files lie, and the download operation.

-- A policy on storage.objects locks several of the platform's tables for a moment: give up rather than wait.
set local lock_timeout = '5s';

-- Reading bytes with one's own token, asked anew on every request: who may see the row in `files`
-- (row level security there decides) gets a clean object as it was confirmed. Signing is left out:
-- whoever signs chooses how long it lasts, so that is done by the service, for an hour. Listing is
-- left out: lists come from the tables.
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

-- No update (no upsert, no move) and no delete: objects end by the cleanup.

-- Where the bytes of clean files lie, for the surface that signs their addresses after an operation
-- has shown the caller these files.
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

-- Definer: tells a file that is somebody else's from one that is not there.
create function private.file_exists(p_file_id uuid)
  returns boolean
  language sql
  stable
  security definer
  set search_path = ''
as $$
  select exists (select from public.files as f where f.id = p_file_id and f.removed_at is null)
$$;

-- Called by api.get_download as the caller, who is told no more than which of two errors it is.
grant execute on function private.file_exists(uuid) to authenticated;

create function api.get_download("fileId" uuid default null)
  returns jsonb
  language plpgsql
  stable
  set search_path = ''
as $$
declare
  v_file public.files;
begin
  perform private.require_session();

  -- Row level security says who may: the uploader, and who may see what it was handed in with.
  select f.* into v_file from public.files as f where f.id = "fileId" and f.removed_at is null;

  if not found and private.file_exists("fileId") then
    raise sqlstate 'PT403' using
      message = 'This file is not for you.',
      hint = 'FORBIDDEN';
  end if;

  if v_file.id is null then
    raise sqlstate 'PT404' using
      message = 'File not found.',
      hint = 'NOT_FOUND';
  end if;

  perform private.refuse_unclean_file(v_file);

  return jsonb_build_object(
    'fileId', v_file.id,
    'bucket', v_file.bucket_id,
    'path', v_file.path,
    'fileName', v_file.file_name,
    'fileSize', v_file.file_size,
    'mimeType', v_file.mime_type,
    'expiresIn', 3600
  );
end;
$$;

comment on function api.get_download(uuid) is
  'Where the bytes of a clean file lie, for whoever may have them: its uploader, submitter and
creator for a deliverable, the project''s people for a sample. Download from {bucket, path} with
one''s own token; GET /files/:fileId/download-url signs an address for expiresIn seconds instead.
Returns {fileId, bucket, path, fileName, fileSize, mimeType, expiresIn}.
Errors: NOT_FOUND, FORBIDDEN, UPLOAD_MISSING, SCAN_PENDING, FILE_INFECTED, FILE_MISMATCH,
NOT_AUTHENTICATED, SESSION_REVOKED.';

grant execute on function api.get_download(uuid) to authenticated;
