-- Confirms an upload.

comment on function api.confirm_upload(uuid) is
  'Says that a file is uploaded: its size and type are compared with the reservation, and it is
queued for its scan. Whoever reserved it. Repeating it changes nothing and tells the present state.
Returns what create_upload returned, with state uploaded (or what the scan has made of it).
An upload that is not what was announced is removed; the answer is then the error object {code,
message, details, hint} with hint FILE_MISMATCH, and PostgREST sends it with status 400. Callers
over SQL have to commit it.
Errors: FILE_MISMATCH (as told), UPLOAD_MISSING, NOT_FOUND, FORBIDDEN, NOT_AUTHENTICATED,
SESSION_REVOKED.';

grant execute on function api.confirm_upload(uuid) to authenticated;
