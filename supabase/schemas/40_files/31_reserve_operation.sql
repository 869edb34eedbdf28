-- POST /files/presign: reserves the place for one file.

-- A file as its uploader sees it on the way.
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
  "uploadType" text default null, "fileName" text default null, "fileSize" bigint default null,
  "mimeType" text default null, "projectId" uuid default null, "taskId" uuid default null,
  "deliverableId" uuid default null
)
  returns jsonb
  language plpgsql
  volatile
  set search_path = ''
as $$
declare
  v_input constant jsonb := jsonb_build_object(
    'uploadType', "uploadType", 'fileName', "fileName", 'fileSize', "fileSize",
    'mimeType', "mimeType", 'projectId', "projectId", 'taskId', "taskId",
    'deliverableId', "deliverableId"
  );
  v_answer jsonb;
begin
  perform private.require_session();

  v_answer := private.earlier_answer('create_upload', v_input);
  if v_answer is not null then
    return v_answer;
  end if;

  perform private.raise_field_errors(
    private.file_field_errors(v_input) || private.upload_target_field_errors(v_input)
  );
  perform private.refuse_large_file("uploadType", "mimeType", "fileSize");

  return private.keep_answer(private.upload_document(private.reserve_file(v_input)));
end;
$$;

create function api.confirm_upload("fileId" uuid default null)
  returns jsonb
  language plpgsql
  volatile
  set search_path = ''
as $$
declare
  v_file public.files;
begin
  perform private.require_session();
  v_file := private.confirm_my_file("fileId");

  -- Raising would keep what was just refused. So the refusal is an answer, in the form PostgREST
  -- gives errors, with the status set; the transaction commits and the object goes.
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

comment on function api.create_upload(text, text, bigint, text, uuid, uuid, uuid) is
  'Reserves a place in Storage for one file of the caller''s, for 24 hours. Upload the bytes to
{bucket, path} with mimeType as content type, then call confirm_upload.
uploadType: deliverable (talents; projectId and taskId of a task of theirs, or deliverableId of one
in revision), sample (the project''s creator; projectId), avatar (any signed-in user). fileName: 1
to 255 characters, with the extension of its type. fileSize: bytes; images 50 MB, documents and
archives 50, videos 100, avatars 5. mimeType: image/jpeg, image/png, image/gif; also application/pdf
and video/mp4 but for avatars; for deliverables also video/quicktime, application/zip and
application/x-rar-compressed.
Ten batches an hour; up to ten files for the same thing are one batch, each avatar is one and
counted apart.
Returns {fileId, uploadType, projectId, taskId, deliverableId, bucket, path, fileName, fileSize,
mimeType, state, scanStatus, expiresAt}.
With the header Idempotency-Key a repetition within 24 hours returns the first answer.
Errors: VALIDATION_ERROR, FILE_TOO_LARGE, TALENT_ONLY, FORBIDDEN, NOT_FOUND, INVALID_STATE,
RATE_LIMITED, CONFLICT, NOT_AUTHENTICATED, SESSION_REVOKED.';

grant execute on function api.create_upload(text, text, bigint, text, uuid, uuid, uuid) to authenticated;
