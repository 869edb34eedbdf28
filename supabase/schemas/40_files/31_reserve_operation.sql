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
