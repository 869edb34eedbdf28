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
