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
    when coalesce(p_input ->> p_key, '1') ~ '^0*([1-9][0-9]{0,2}|1[0-9]{3}|2[0-4][0-9]{2}|2500)$' then '[]'
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
