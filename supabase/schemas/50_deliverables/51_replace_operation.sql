-- Replacing a rejected file (POST /deliverables/:deliverableId/files/:fileId/replace).

create function api.replace_file(
  "deliverableId" text default null, "fileId" text default null, "newFileId" text default null
)
  returns jsonb
  language plpgsql
  volatile
  set search_path = ''
as $$
declare
  v_input constant jsonb := private.input_of(
    'replace_file', jsonb_build_object('newFileId', "newFileId")
  );
  v_answer jsonb;
begin
  perform private.require_talent();
  perform private.require_ids(
    jsonb_build_object('deliverableId', "deliverableId", 'fileId', "fileId")
  );

  v_answer := private.earlier_answer(
    'replace_file',
    v_input || jsonb_build_object('deliverableId', "deliverableId", 'fileId', "fileId")
  );
  if v_answer is not null then
    return v_answer;
  end if;

  perform private.require_deliverable("deliverableId"::uuid);
  perform private.raise_field_errors(
    private.check_keys(v_input, array['newFileId'])
    || private.check_uuid(v_input, 'newFileId', 'New file id')
  );
  perform private.replace_file("deliverableId"::uuid, "fileId"::uuid, "newFileId"::uuid);

  return private.keep_answer(private.deliverable_for_reader("deliverableId"::uuid));
end;
$$;

comment on function api.replace_file(text, text, text) is
  'Replaces a file of a pending deliverable that the scan rejected (scanStatus infected or failed) and
returns the deliverable. Version and revisions stay as they are. The project''s creator is notified.
Requires: the submitter, while the task is assigned to them. fileId: a file of the current version.
newFileId: one of the caller''s unused uploads for this task; it is confirmed if it is not yet.
Repeating a call with the same header Idempotency-Key within 24 hours returns the first response.
Errors: VALIDATION_ERROR, UPLOAD_MISSING, FILE_MISMATCH, FILE_INFECTED, TALENT_ONLY, FORBIDDEN,
NOT_FOUND, INVALID_STATE (the deliverable is not pending, the file was not rejected, or the project
is completed), CONFLICT, NOT_AUTHENTICATED, SESSION_REVOKED.';

grant execute on function api.replace_file(text, text, text) to authenticated;
