-- All error codes. Functions raise with the code as `hint` and the SQLSTATE `PT<status>`. Nothing
-- reads this table at run time; documentation, OpenAPI and tests are generated from it or compared
-- with it.

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
  ('VALIDATION_ERROR', 400, 'One or more fields are wrong; details name each of them.'),
  ('ALREADY_MEMBER', 400, 'The user is on the project''s team already.'),
  ('NOT_TALENT', 400, 'The user has to be a talent.'),
  ('ASSIGNEE_NOT_MEMBER', 400, 'The assignee is not on the project''s team.'),
  ('WEAK_PASSWORD', 400, 'The password does not meet the requirements.'),
  ('INVALID_RESET_TOKEN', 400, 'The reset token is unknown, used or expired.'),
  ('INVALID_VERIFICATION_TOKEN', 400, 'The verification token is unknown or expired.'),
  ('MAX_REVISIONS_REACHED', 400, 'The deliverable had its three revisions.'),
  ('FILE_MISMATCH', 400, 'What was uploaded is not what was announced; it is not kept.'),
  ('ALREADY_REVIEWED', 400, 'You have already reviewed this talent for this project.'),
  ('NO_COMPLETED_PROJECT', 400, 'A review needs a completed project that the talent worked on.'),
  ('SAME_USER_TYPE', 400, 'Conversations are between a creator and a talent.'),
  ('NOT_AUTHENTICATED', 401, 'There is no valid access token.'),
  ('INVALID_CREDENTIALS', 401, 'E-mail or password is wrong.'),
  ('INVALID_REFRESH_TOKEN', 401, 'The refresh token is unknown, used or expired.'),
  ('SESSION_REVOKED', 401, 'The token is valid, but its session has ended.'),
  ('FORBIDDEN', 403, 'It exists, but is not the caller''s.'),
  ('CREATOR_ONLY', 403, 'Only creators can do this.'),
  ('TALENT_ONLY', 403, 'Only talents can do this.'),
  ('PROFILE_PRIVATE', 403, 'Creators have no public profile.'),
  ('STATUS_ONLY', 403, 'An assignee can change the status of a task and nothing else.'),
  ('BLOCKED', 403, 'One of the two has blocked the other.'),
  ('WRONG_PASSWORD', 403, 'The password entered again is wrong.'),
  ('NOT_FOUND', 404, 'It does not exist, or not any more.'),
  ('METHOD_NOT_ALLOWED', 405, 'The path exists, but not with this method.'),
  ('EMAIL_EXISTS', 409, 'An account with this e-mail exists.'),
  ('CONFLICT', 409, 'Somebody else was faster, or the idempotency key belongs to another request.'),
  ('INVALID_STATE', 409, 'It is in a state that does not allow this.'),
  ('OPEN_DELIVERABLES', 409, 'The account has open deliverables; force deletes it nevertheless.'),
  ('CONVERSATION_CLOSED', 409, 'The other account was deleted; the conversation can only be read.'),
  ('EDIT_WINDOW_OVER', 409, 'A message can be edited for fifteen minutes.'),
  ('UPLOAD_MISSING', 409, 'Nothing has been uploaded for this file yet.'),
  ('SCAN_PENDING', 409, 'The file has not been scanned yet; try again soon.'),
  ('FILE_INFECTED', 409, 'The scanner found malware in the file; nobody gets it.'),
  ('FILE_TOO_LARGE', 413, 'The file is larger than its kind may be.'),
  ('PAYLOAD_TOO_LARGE', 413, 'The body is larger than allowed.'),
  ('UNSUPPORTED_MEDIA_TYPE', 415, 'The content type is not accepted here.'),
  ('RATE_LIMITED', 429, 'Too many requests; retryAfter tells the seconds to wait.'),
  ('INTERNAL_ERROR', 500, 'Something broke on our side.'),
  ('SERVICE_UNAVAILABLE', 503, 'A part of the service is down; try again.');
