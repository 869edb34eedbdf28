-- Every error code. Functions raise with the code as `hint` and the SQLSTATE `PT<status>`. No function
-- reads this table: `npm run types` generates the SDK's codes, the REST API's statuses and the table in
-- docs/errors.md from it.

create table private.error_catalogue (
  code text primary key,
  status integer not null,
  meaning text not null,

  constraint code_is_upper_snake_case check (code ~ '^[A-Z][A-Z_]+$'),
  constraint status_is_an_error check (status between 400 and 599)
);

comment on table private.error_catalogue is
  'All error codes with their HTTP status.';

insert into private.error_catalogue (code, status, meaning)
values
  ('VALIDATION_ERROR', 400, 'The input is invalid. `details` lists every invalid field.'),
  ('ALREADY_MEMBER', 400, 'The user is already a member of the project''s team.'),
  ('NOT_TALENT', 400, 'The user is not a talent. Only talents can join a team.'),
  ('ASSIGNEE_NOT_MEMBER', 400, 'The assignee is not a member of the project''s team.'),
  ('ALREADY_REVIEWED', 400, 'You have already reviewed this talent for this project.'),
  (
    'NO_COMPLETED_PROJECT', 400,
    'A review requires a completed project that the talent worked on.'
  ),
  ('WEAK_PASSWORD', 400, 'The password does not meet the requirements.'),
  ('INVALID_RESET_TOKEN', 400, 'The reset token is invalid, used or expired. Request a new one.'),
  (
    'INVALID_VERIFICATION_TOKEN', 400,
    'The verification token is invalid or expired. Request a new email.'
  ),
  ('MAX_REVISIONS_REACHED', 400, 'The deliverable has used all 3 revisions. Approve or delete it.'),
  (
    'FILE_MISMATCH', 400,
    'The uploaded file differs from the reservation in size, type or dimensions. It was removed.'
  ),
  (
    'SAME_USER_TYPE', 400,
    'Both users are creators, or both are talents. A conversation needs one of each.'
  ),
  ('NOT_AUTHENTICATED', 401, 'The access token is missing, invalid or expired. Sign in.'),
  ('INVALID_CREDENTIALS', 401, 'The email address or the password is wrong.'),
  ('INVALID_REFRESH_TOKEN', 401, 'The refresh token is invalid, used or expired. Sign in again.'),
  ('SESSION_REVOKED', 401, 'The session of this access token has ended. Sign in again.'),
  ('FORBIDDEN', 403, 'The resource exists, but you don''t have access to it.'),
  ('CREATOR_ONLY', 403, 'Only creators can do this.'),
  ('TALENT_ONLY', 403, 'Only talents can do this.'),
  ('PROFILE_PRIVATE', 403, 'Profiles of creators are not public.'),
  ('STATUS_ONLY', 403, 'The assignee of a task can change only its status.'),
  ('BLOCKED', 403, 'One of the two users has blocked the other.'),
  ('WRONG_PASSWORD', 403, 'The password entered as confirmation is wrong.'),
  ('MFA_REQUIRED', 403, 'The account has a second factor. Verify a code of it to continue.'),
  ('WRONG_CODE', 403, 'The code of the second factor is wrong.'),
  ('NOT_FOUND', 404, 'The resource does not exist or was deleted.'),
  ('METHOD_NOT_ALLOWED', 405, 'The path exists, but not with this HTTP method.'),
  ('EMAIL_EXISTS', 409, 'An account with this email address already exists.'),
  (
    'CONFLICT', 409,
    'Another request changed the resource at the same time, or the idempotency key was '
      'used for another request.'
  ),
  ('INVALID_STATE', 409, 'The current state of the resource does not allow this.'),
  ('OPEN_DELIVERABLES', 409, 'The account has open deliverables. Set `force` to delete it anyway.'),
  ('CONVERSATION_CLOSED', 409, 'The other account was deleted. The conversation is read-only.'),
  ('EDIT_WINDOW_OVER', 409, 'A message can be edited only within 15 minutes after it was sent.'),
  ('UPLOAD_MISSING', 409, 'The file has not been uploaded yet.'),
  ('SCAN_PENDING', 409, 'The file has not been scanned yet. Try again shortly.'),
  ('FILE_INFECTED', 409, 'The scan found malware in the file. It cannot be used or downloaded.'),
  ('FILE_TOO_LARGE', 413, 'The file is larger than the limit for its type.'),
  ('PAYLOAD_TOO_LARGE', 413, 'The request body is larger than the limit.'),
  ('UNSUPPORTED_MEDIA_TYPE', 415, 'The content type of the request or file is not supported.'),
  ('RATE_LIMITED', 429, 'Too many requests. `Retry-After` is the number of seconds to wait.'),
  ('INTERNAL_ERROR', 500, 'Internal error. Quote the request id when reporting it.'),
  ('SERVICE_UNAVAILABLE', 503, 'The service is temporarily unavailable. Try again.');
