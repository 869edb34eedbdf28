-- Release 0.2.0, from supabase/schemas/00_foundation. A later change is made there and in a migration of its own.


-- ── 00_foundation/00_extensions.sql ─────────────────────────────────────────────────────────────

-- Extensions that the schema needs. None is in `public`, so PostgREST does not expose their
-- functions.

create extension if not exists pgcrypto with schema extensions;

-- Scheduled jobs: purges, retries, reminders.
create extension if not exists pg_cron with schema pg_catalog;

-- HTTP requests after a commit: the database calls the workers with them.
create extension if not exists pg_net with schema extensions;


-- ── 00_foundation/01_privileges.sql ─────────────────────────────────────────────────────────────

-- API roles get no access without an explicit grant. Supabase grants new objects in `public` to the
-- API roles by default; this file revokes those grants and the defaults.

-- Functions: revoking per schema would not undo the global grant to PUBLIC.
alter default privileges revoke execute on functions from public;

alter default privileges in schema public
  revoke all on tables from anon, authenticated, service_role;
alter default privileges in schema public
  revoke all on sequences from anon, authenticated, service_role;
alter default privileges in schema public
  revoke all on functions from anon, authenticated, service_role;

revoke all on all tables in schema public from anon, authenticated, service_role;
revoke all on all sequences in schema public from anon, authenticated, service_role;
revoke all on all functions in schema public from public, anon, authenticated, service_role;

revoke create on schema public from public, anon, authenticated, service_role;


-- ── 00_foundation/02_schemas.sql ────────────────────────────────────────────────────────────────

-- Three schemas: `public` holds tables under row-level security, `api` one function per documented
-- operation, and `private` everything that they use.

create schema api;

comment on schema api is
  'One function per documented operation. Runs as the caller and returns the documented JSON.';

grant usage on schema api to anon, authenticated, service_role;

create schema private;

comment on schema private is
  'Rules, helpers, counters and queues. Not exposed: used by api functions, policies and triggers.
No role has grants on its tables, so they need no policies; only definer functions use them.';

-- Policies, triggers and api functions run as the caller and use helpers from this schema, so
-- callers need usage. Execute is granted function by function.
grant usage on schema private to anon, authenticated, service_role;

-- Auth's hooks are in this schema.
grant usage on schema private to supabase_auth_admin;


-- ── 00_foundation/03_planner.sql ────────────────────────────────────────────────────────────────

-- PostgreSQL assumes spinning disks: a row found by an index costs four times one that is read in
-- order. With that, it reads and sorts all rows of a user with very many instead of walking the index
-- to the end of the page. Data in memory or on solid disks has no such difference. Applies to new
-- connections.
do $$
begin
  execute format('alter database %I set random_page_cost = 1.1', current_database());
end;
$$;


-- ── 00_foundation/10_error_codes.sql ────────────────────────────────────────────────────────────

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


-- ── 00_foundation/20_text_and_time.sql ──────────────────────────────────────────────────────────

-- Conversions of text, dates and JSON. They never raise: invalid input becomes null, and the
-- validators report what is wrong with it.

-- Returns whether a text has a character that can be seen. White space, format characters and
-- characters that are drawn as nothing (fillers, variation selectors, blank patterns) cannot.
create function private.is_visible(p_text text)
  returns boolean
  language plpgsql
  immutable
  parallel safe
  set search_path = ''
as $$
begin
  return coalesce(p_text ~ (
    '[^\u0001-\u0020\u007F-\u00A0\u00AD\u034F\u0600-\u0605\u061C\u06DD\u070F\u0890\u0891\u08E2'
      '\u115F\u1160\u1680\u17B4\u17B5\u180B-\u180F\u2000-\u200F\u2028-\u202F\u205F-\u206F\u2800'
      '\u3000\u3164\uFDD0-\uFDEF\uFE00-\uFE0F\uFEFF\uFFA0\uFFF0-\uFFFB\uFFFE\uFFFF'
      '\U000110BD\U000110CD\U00013430-\U0001343F\U0001BCA0-\U0001BCA3\U0001D159'
      '\U0001D173-\U0001D17A\U000E0000-\U000E0FFF]'
  ), false);
end;
$$;

-- Removes white space around a text.
create function private.trim_space(p_text text)
  returns text
  language plpgsql
  immutable
  parallel safe
  set search_path = ''
as $$
begin
  return btrim(
    p_text,
    e' \t\n\r\u00A0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200A\u200B'
      '\u202F\u205F\u3000\uFEFF'
  );
end;
$$;

-- Cleans text with several lines. Composes characters (NFC), so that the same word is always the
-- same text. Line and paragraph separators, vertical tabs and form feeds become line breaks. Removes
-- other control characters, and white space around the text. Text of which nothing can be seen
-- becomes empty. Changes nothing else: "<3" and "O'Brien" are stored as typed and encoded where they
-- are shown, and joined emoji and Persian words keep their joiners.
--
-- Most text is plain ASCII between two visible characters, of which nothing changes: one pattern finds it.
create function private.clean_text(p_text text)
  returns text
  language plpgsql
  immutable
  parallel safe
  set search_path = ''
as $$
begin
  return case
    when p_text is null or p_text ~ '^[!-~]([\t\n\r -~]*[!-~])?$' then p_text
    when not private.is_visible(p_text) then ''
    else private.trim_space(
      normalize(regexp_replace(
        regexp_replace(p_text, '[\u000B\u000C\u2028\u2029]', e'\n', 'g'),
        '[\u0001-\u0008\u000E-\u001F\u007F-\u009F]', '', 'g'
      ), nfc)
    )
  end;
end;
$$;

-- Cleans text with one line, such as a name: line breaks and tabs become spaces. Removes characters
-- that turn the direction of what follows, because a name is shown inside other sentences. The
-- direction marks LRM and RLM stay.
create function private.clean_line(p_text text)
  returns text
  language plpgsql
  immutable
  parallel safe
  set search_path = ''
as $$
begin
  return private.clean_text(regexp_replace(
    regexp_replace(p_text, '[\u202A-\u202E\u2066-\u2069]', '', 'g'),
    '[\t\n\r\u000B\u000C\u2028\u2029]+', ' ', 'g'
  ));
end;
$$;

create function private.try_uuid(p_text text)
  returns uuid
  language plpgsql
  immutable
  parallel safe
  set search_path = ''
as $$
begin
  return case when pg_input_is_valid(p_text, 'uuid') then p_text::uuid end;
end;
$$;

-- Accepts YYYY-MM-DD only, not the other forms that PostgreSQL accepts ("tomorrow", "infinity").
create function private.try_date(p_text text)
  returns date
  language plpgsql
  immutable
  parallel safe
  set search_path = ''
as $$
begin
  return case
    when p_text ~ '^\d{4}-\d{2}-\d{2}$' and pg_input_is_valid(p_text, 'date') then p_text::date
  end;
end;
$$;

-- Formats a time for the API: RFC 3339 in UTC with milliseconds.
create function private.iso(p_moment timestamptz)
  returns text
  language plpgsql
  stable
  strict
  parallel safe
  set search_path = ''
as $$
begin
  return to_char(p_moment at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"');
end;
$$;

-- The current date in UTC, independent of the session's time zone.
create function private.today()
  returns date
  language plpgsql
  stable
  parallel safe
  set search_path = ''
as $$
begin
  return (now() at time zone 'UTC')::date;
end;
$$;

-- Returns the strings of a JSON array in their order; an empty array for null.
create function private.text_array(p_list jsonb)
  returns text[]
  language plpgsql
  immutable
  parallel safe
  set search_path = ''
as $$
begin
  return case
    when jsonb_typeof(p_list) = 'array' then array(
      select item
      from jsonb_array_elements_text(p_list) with ordinality as list (item, place)
      order by place
    )
    else '{}'
  end;
end;
$$;

-- Renames the keys of a patch to column names: {"dueDate": …} becomes {"due_date": …}. For
-- jsonb_populate_record.
create function private.columns_of(p_patch jsonb)
  returns jsonb
  language plpgsql
  immutable
  parallel safe
  set search_path = ''
as $$
begin
  return (
    select coalesce(jsonb_object_agg(lower(regexp_replace(key, '([A-Z])', '_\1', 'g')), value), '{}')
    from jsonb_each(p_patch)
  );
end;
$$;

-- All are pure and run as the caller, in triggers and api functions.
grant execute on function
  private.is_visible(text),
  private.trim_space(text),
  private.clean_text(text),
  private.clean_line(text),
  private.try_uuid(text),
  private.try_date(text),
  private.iso(timestamptz),
  private.today(),
  private.text_array(jsonb),
  private.columns_of(jsonb)
to authenticated, service_role;


-- ── 00_foundation/30_validation.sql ─────────────────────────────────────────────────────────────

-- Validation. A validator takes the input as JSON (of a request, or made from a row by a trigger)
-- and returns a list of field errors, empty when the input is valid. Lists are joined with || and
-- raised once, so that one error reports every invalid field.
--
-- Validators ignore absent keys. Operations that create something pass every key, with null for
-- values that were not sent.

-- Returns the input of an operation as JSON. PostgREST converts the JSON of a request to typed
-- arguments, which do not show that a name was sent as a number or that a key is unknown. The REST
-- API also passes the JSON itself: {"operation", "input"} in the setting onswift.input. Keys that
-- were not sent are null.
create function private.input_of(p_operation text, p_arguments jsonb)
  returns jsonb
  language plpgsql
  stable
  parallel safe
  set search_path = ''
as $$
declare
  v_sent constant jsonb := nullif(current_setting('onswift.input', true), '')::jsonb;
begin
  return case
    when v_sent ->> 'operation' = p_operation then p_arguments || (v_sent -> 'input')
    else p_arguments
  end;
end;
$$;

create function private.field_error(p_field text, p_message text)
  returns jsonb
  language plpgsql
  immutable
  parallel safe
  set search_path = ''
as $$
begin
  return jsonb_build_array(jsonb_build_object('field', p_field, 'message', p_message));
end;
$$;

create function private.raise_field_errors(p_errors jsonb)
  returns void
  language plpgsql
  immutable
  set search_path = ''
as $$
begin
  if jsonb_array_length(p_errors) > 0 then
    raise sqlstate 'PT400' using
      message = 'Validation failed',
      detail = p_errors::text,
      hint = 'VALIDATION_ERROR';
  end if;
end;
$$;

-- Puts errors of an entry under the name of the entry: fileId becomes files[2].fileId.
create function private.prefix_fields(p_prefix text, p_errors jsonb)
  returns jsonb
  language plpgsql
  immutable
  parallel safe
  set search_path = ''
as $$
begin
  return (
    select coalesce(
      jsonb_agg(
        item || jsonb_build_object('field', concat_ws('.', p_prefix, item ->> 'field')) order by place
      ),
      '[]'
    )
    from jsonb_array_elements(p_errors) with ordinality as errors (item, place)
  );
end;
$$;

-- Reports keys that are unknown or read-only, and input that is not an object.
create function private.check_keys(p_input jsonb, p_known text[])
  returns jsonb
  language plpgsql
  immutable
  set search_path = ''
as $$
declare
  v_errors jsonb;
begin
  if p_input is null or jsonb_typeof(p_input) <> 'object' then
    return private.field_error('body', 'Body must be a JSON object.');
  end if;

  if p_input - p_known = '{}' then
    return '[]';
  end if;

  -- Keys are chosen by the caller: long ones are cut, and the first 50 are named.
  select jsonb_agg(
    jsonb_build_object('field', key, 'message', format('%s cannot be set here.', key)) order by key
  )
  into v_errors
  from (
    select left(sent.key, 100) as key
    from jsonb_object_keys(p_input) as sent (key)
    where sent.key <> all (p_known)
    order by sent.key
    limit 50
  ) as unknown;

  return coalesce(v_errors, '[]');
end;
$$;

-- Checks that text has p_min to p_max characters after cleaning. With p_min = 0, null clears the
-- field.
create function private.check_text(
  p_input jsonb, p_key text, p_label text, p_min integer, p_max integer
)
  returns jsonb
  language plpgsql
  immutable
  set search_path = ''
as $$
declare
  v_type constant text := jsonb_typeof(p_input -> p_key);
  v_length constant integer := char_length(private.clean_text(p_input ->> p_key));
begin
  return case
    when v_type is null or (v_type = 'null' and p_min = 0) then '[]'
    when v_type = 'null' then private.field_error(p_key, p_label || ' is required.')
    when v_type <> 'string' then private.field_error(p_key, p_label || ' must be text.')
    when v_length = 0 and p_min > 0 then private.field_error(p_key, p_label || ' is required.')
    when v_length < p_min then
      private.field_error(p_key, format('%s must have at least %s characters.', p_label, p_min))
    when v_length > p_max then
      private.field_error(p_key, format('%s must have at most %s characters.', p_label, p_max))
    else '[]'
  end;
end;
$$;

create function private.check_choice(
  p_input jsonb, p_key text, p_label text, p_choices text[], p_nullable boolean default false
)
  returns jsonb
  language plpgsql
  immutable
  set search_path = ''
as $$
declare
  v_type constant text := jsonb_typeof(p_input -> p_key);
begin
  return case
    when v_type is null or (v_type = 'null' and p_nullable) then '[]'
    when v_type = 'string' and p_input ->> p_key = any (p_choices) then '[]'
    else private.field_error(
      p_key, format('%s must be one of: %s.', p_label, array_to_string(p_choices, ', '))
    )
  end;
end;
$$;

create function private.check_date(
  p_input jsonb, p_key text, p_label text, p_nullable boolean default false
)
  returns jsonb
  language plpgsql
  immutable
  set search_path = ''
as $$
declare
  v_type constant text := jsonb_typeof(p_input -> p_key);
begin
  return case
    when v_type is null or (v_type = 'null' and p_nullable) then '[]'
    when v_type = 'null' then private.field_error(p_key, p_label || ' is required.')
    when v_type = 'string' and private.try_date(p_input ->> p_key) is not null then '[]'
    else private.field_error(p_key, p_label || ' must be a valid date such as 2027-01-31.')
  end;
end;
$$;

-- Ignores invalid dates; check_date reports them.
create function private.check_future(p_input jsonb, p_key text, p_label text)
  returns jsonb
  language plpgsql
  stable
  set search_path = ''
as $$
begin
  return case
    when private.try_date(p_input ->> p_key) <= private.today()
      then private.field_error(p_key, p_label || ' must be in the future.')
    else '[]'
  end;
end;
$$;

-- Checks the days of a report: in order, and at most 366 of them.
create function private.check_range(p_first_day date, p_last_day date)
  returns jsonb
  language sql
  immutable
  set search_path = ''
as $$
  select case
    when p_first_day > p_last_day
      then private.field_error('from', 'From must not be later than to.')
    when p_last_day - p_first_day >= 366
      then private.field_error('to', 'The range must be at most 366 days.')
    else '[]'
  end
$$;

create function private.check_uuid(
  p_input jsonb, p_key text, p_label text, p_nullable boolean default false
)
  returns jsonb
  language plpgsql
  immutable
  set search_path = ''
as $$
declare
  v_type constant text := jsonb_typeof(p_input -> p_key);
begin
  return case
    when v_type is null or (v_type = 'null' and p_nullable) then '[]'
    when v_type = 'null' then private.field_error(p_key, p_label || ' is required.')
    when v_type = 'string' and private.try_uuid(p_input ->> p_key) is not null then '[]'
    else private.field_error(p_key, p_label || ' must be a UUID.')
  end;
end;
$$;

-- Returns the label of a key for messages: projectId becomes "Project id".
create function private.label_of(p_key text)
  returns text
  language plpgsql
  immutable
  parallel safe
  set search_path = ''
as $$
begin
  return upper(left(p_key, 1)) || lower(regexp_replace(substr(p_key, 2), '([A-Z])', ' \1', 'g'));
end;
$$;

-- Checks the ids of the rows that an operation works on. They are checked first, because the
-- caller's permission depends on them.
create function private.require_ids(p_ids jsonb)
  returns void
  language plpgsql
  immutable
  set search_path = ''
as $$
begin
  perform private.raise_field_errors(coalesce(
    (
      select jsonb_agg(field_error)
      from jsonb_object_keys(p_ids) as key
      cross join jsonb_array_elements(
        private.check_uuid(p_ids, key, private.label_of(key))
      ) as field_error
    ),
    '[]'
  ));
end;
$$;

-- Checks that a list has at most p_max texts. An item that is not text is reported with its index:
-- skills[2].
create function private.check_text_list(p_input jsonb, p_key text, p_label text, p_max integer)
  returns jsonb
  language plpgsql
  immutable
  set search_path = ''
as $$
declare
  v_list constant jsonb := p_input -> p_key;
begin
  return case
    when coalesce(jsonb_typeof(v_list), 'null') = 'null' then '[]'
    when jsonb_typeof(v_list) <> 'array'
      then private.field_error(p_key, p_label || ' must be a list.')
    when jsonb_array_length(v_list) > p_max
      then private.field_error(p_key, format('%s must have at most %s entries.', p_label, p_max))
    else coalesce(
      (
        select jsonb_agg(
          jsonb_build_object(
            'field', format('%s[%s]', p_key, place - 1), 'message', 'Entry must be text.'
          )
          order by place
        )
        from jsonb_array_elements(v_list) with ordinality as list (item, place)
        where jsonb_typeof(item) <> 'string'
      ),
      '[]'
    )
  end;
end;
$$;

-- Checks that a value is a whole number from 1 to 999999999. Accepts text with digits, as sent in a
-- query string.
create function private.check_whole(p_input jsonb, p_key text, p_label text)
  returns jsonb
  language plpgsql
  immutable
  set search_path = ''
as $$
begin
  return case
    when coalesce(jsonb_typeof(p_input -> p_key), 'null') = 'null' then '[]'
    when p_input ->> p_key ~ '^0*[1-9]\d{0,8}$' then '[]'
    else private.field_error(p_key, p_label || ' must be a whole number from 1 to 999999999.')
  end;
end;
$$;

-- Checks that a value is true or false. Accepts the words as text, as sent in a query string.
create function private.check_flag(p_input jsonb, p_key text, p_label text)
  returns jsonb
  language plpgsql
  immutable
  set search_path = ''
as $$
begin
  return case
    when coalesce(p_input ->> p_key, 'true') in ('true', 'false') then '[]'
    else private.field_error(p_key, p_label || ' must be true or false.')
  end;
end;
$$;

-- Run as the caller, in triggers and api functions.
grant execute on function
  private.input_of(text, jsonb),
  private.label_of(text),
  private.require_ids(jsonb),
  private.check_text_list(jsonb, text, text, integer),
  private.check_whole(jsonb, text, text),
  private.check_flag(jsonb, text, text),
  private.field_error(text, text),
  private.prefix_fields(text, jsonb),
  private.raise_field_errors(jsonb),
  private.check_keys(jsonb, text[]),
  private.check_text(jsonb, text, text, integer, integer),
  private.check_choice(jsonb, text, text, text[], boolean),
  private.check_date(jsonb, text, text, boolean),
  private.check_future(jsonb, text, text),
  private.check_range(date, date),
  private.check_uuid(jsonb, text, text, boolean)
to authenticated, service_role;

comment on function private.input_of(text, jsonb) is
  'Open to anon: reviews are read without a session. Reads only its input and the request.';
grant execute on function private.input_of(text, jsonb) to anon;


-- ── 00_foundation/31_web_addresses.sql ──────────────────────────────────────────────────────────

-- Which links are valid in profiles and samples.

-- Accepts http and https URLs with a host, without user name and password, and without characters
-- that a browser would have to encode.
create function private.is_web_address(p_text text)
  returns boolean
  language plpgsql
  immutable
  parallel safe
  set search_path = ''
as $$
begin
  return case
    when char_length(p_text) > 2048 then false
    else p_text ~* (
      '^https?://'
      || '(\[[0-9a-f:.]+\]'
      || '|[^][:space:]/?#@:[\\.<>"^`{|}%]+(\.[^][:space:]/?#@:[\\.<>"^`{|}%]+)*\.?)'
      || '(:[0-9]{1,5})?'
      || '([/?#][^[:space:]<>"\\^`{|}]*)?$'
    )
  end;
end;
$$;

create function private.check_link(p_input jsonb, p_key text, p_label text)
  returns jsonb
  language plpgsql
  immutable
  set search_path = ''
as $$
declare
  v_type constant text := jsonb_typeof(p_input -> p_key);
  v_link constant text := private.clean_line(p_input ->> p_key);
begin
  return case
    when v_type is null or v_type = 'null' or (v_type = 'string' and v_link = '') then '[]'
    when v_type = 'string' and private.is_web_address(v_link) then '[]'
    else private.field_error(
      p_key, p_label || ' must be a URL (http or https, at most 2048 characters).'
    )
  end;
end;
$$;

-- Pure; run as the caller, in triggers and api functions.
grant execute on function
  private.is_web_address(text),
  private.check_link(jsonb, text, text)
to authenticated, service_role;


-- ── 00_foundation/40_pages.sql ──────────────────────────────────────────────────────────────────

-- Pagination and sorting of lists.

create function private.check_page(p_input jsonb)
  returns jsonb
  language plpgsql
  immutable
  parallel safe
  set search_path = ''
as $$
begin
  return private.check_whole(p_input, 'page', 'Page')
    || private.check_whole(p_input, 'limit', 'Limit');
end;
$$;

-- The page and the number of items per page. A limit above 100 counts as 100. Values that check_page
-- does not accept count as absent, so that these functions never raise.
create function private.page_number(p_input jsonb)
  returns integer
  language plpgsql
  immutable
  parallel safe
  set search_path = ''
as $$
begin
  return case
    when p_input ->> 'page' ~ '^0*[1-9]\d{0,8}$' then (p_input ->> 'page')::integer
    else 1
  end;
end;
$$;

create function private.page_limit(p_input jsonb, p_default integer)
  returns integer
  language plpgsql
  immutable
  parallel safe
  set search_path = ''
as $$
begin
  return case
    when p_input ->> 'limit' ~ '^0*[1-9]\d{0,8}$' then least((p_input ->> 'limit')::integer, 100)
    else p_default
  end;
end;
$$;

-- p_sorts maps the documented names to columns: {"dueDate": "due_date"}.
create function private.check_sort(p_input jsonb, p_sorts jsonb)
  returns jsonb
  language plpgsql
  immutable
  parallel safe
  set search_path = ''
as $$
begin
  return (
    select case
      when sort is null or p_sorts ? ltrim(sort, '-') and sort !~ '^--' then '[]'
      else private.field_error('sort', format(
        'Sort must be one of: %s. Add - in front for descending order.',
        (select string_agg(name, ', ' order by name) from jsonb_object_keys(p_sorts) as name)
      ))
    end
    from (values (p_input ->> 'sort')) as input (sort)
  );
end;
$$;

-- Returns the order clause for an allowed sort. Rows with equal values are ordered by id, so that
-- pages do not overlap. Column names come from p_sorts only, never from the caller.
create function private.order_clause(p_sort text, p_sorts jsonb)
  returns text
  language plpgsql
  immutable
  parallel safe
  set search_path = ''
as $$
begin
  return format(
    '%1$I %2$s, id %2$s',
    p_sorts ->> ltrim(p_sort, '-'),
    case when p_sort like '-%' then 'desc' else 'asc' end
  );
end;
$$;

-- The limit in the response is the one that was used; callers reduce it to the maximum of the list.
create function private.pagination(p_page integer, p_limit integer, p_total bigint)
  returns jsonb
  language plpgsql
  immutable
  parallel safe
  set search_path = ''
as $$
begin
  return jsonb_build_object(
    'page', p_page,
    'limit', p_limit,
    'total', p_total,
    'totalPages', (p_total + p_limit - 1) / p_limit,
    'hasNext', p_page < (p_total + p_limit - 1) / p_limit,
    'hasPrev', p_page > 1
  );
end;
$$;

-- Pure; run as the caller, in api functions.
grant execute on function
  private.check_page(jsonb),
  private.page_number(jsonb),
  private.page_limit(jsonb, integer),
  private.check_sort(jsonb, jsonb),
  private.order_clause(text, jsonb),
  private.pagination(integer, integer, bigint)
to authenticated, service_role;


-- ── 00_foundation/41_document_pages.sql ─────────────────────────────────────────────────────────

-- Returns one page of a documents view. Condition and order are constant text of the calling
-- function; values from callers are passed as $1 to $6. The ids of the page are selected first, so
-- that documents of other pages are not built. p_total: the number of all, where it is known.
--
-- Definer functions call it, one for each list, with a condition that names the caller's rows by a
-- value. The planner then sees that a user has very many rows, and reads an index in the order of the
-- list until the page is full. Under policies it cannot see the value, and would read and sort all of
-- the user's rows for each page.
create function private.page_of_documents(
  p_view regclass, p_where text, p_order text, p_page integer, p_limit integer,
  p_1 uuid, p_2 text default null, p_3 uuid default null, p_4 uuid default null,
  p_5 date default null, p_6 date default null, p_total bigint default null,
  out documents jsonb, out pagination jsonb
)
  language plpgsql
  stable
  set search_path = ''
as $$
declare
  v_skipped constant bigint := (p_page - 1)::bigint * p_limit;
  v_shown integer;
  v_total bigint := p_total;
begin
  execute format(
    'select coalesce(jsonb_agg(whole.document order by page.place), ''[]'') from ('
      || 'select id, row_number() over () as place from ('
      || 'select id from %1$s where %2$s order by %3$s limit %4$s offset %5$s'
      || ') as ids) as page join %1$s as whole on whole.id = page.id',
    p_view, p_where, p_order, p_limit, v_skipped
  )
  into documents
  using p_1, p_2, p_3, p_4, p_5, p_6;

  -- A page that is not full is the last one, and says how many there are; most lists have one page.
  v_shown := jsonb_array_length(documents);
  if v_total is null and v_shown < p_limit and (v_shown > 0 or v_skipped = 0) then
    v_total := v_skipped + v_shown;
  elsif v_total is null then
    execute format('select count(*) from %s where %s', p_view, p_where)
    into v_total
    using p_1, p_2, p_3, p_4, p_5, p_6;
  end if;

  pagination := private.pagination(p_page, p_limit, v_total);
end;
$$;


-- ── 00_foundation/50_sessions.sql ───────────────────────────────────────────────────────────────

-- Access tokens stay valid up to 15 minutes after sign-out. These checks end them at once: every
-- api function starts with `require_session`, and a restrictive policy on every table with user
-- data calls `session_is_live`. Users with a second factor need a session that was verified with it.

-- Both the token and the session must be verified: a token from before the verification stays weak, and
-- a session becomes weak again when its factor is removed. p_before_second_factor: accept a session
-- that still has to be verified. Definer: reads Auth's tables of sessions and factors.
create function private.session_is_live(p_before_second_factor boolean default false)
  returns boolean
  language plpgsql
  stable
  security definer
  set search_path = ''
as $$
begin
  return exists (
    select
    from auth.sessions as s
    join public.profiles as p on p.id = s.user_id
    where s.id = private.try_uuid(auth.jwt() ->> 'session_id')
      and s.user_id = auth.uid()
      and (s.not_after is null or s.not_after > now())
      and p.deleted_at is null
      and (
        p_before_second_factor
        or (s.aal = 'aal2' and auth.jwt() ->> 'aal' = 'aal2')
        or not exists (
          select
          from auth.mfa_factors as f
          where f.user_id = s.user_id and f.status = 'verified'
        )
      )
  );
end;
$$;

-- Policies run it as the caller; it returns the state of the caller's own session only.
grant execute on function private.session_is_live(boolean) to authenticated;

create function private.require_session(p_before_second_factor boolean default false)
  returns uuid
  language plpgsql
  stable
  set search_path = ''
as $$
declare
  v_user_id constant uuid := auth.uid();
begin
  if v_user_id is null then
    raise sqlstate 'PT401' using
      message = 'Sign in to continue.',
      hint = 'NOT_AUTHENTICATED';
  end if;

  if not private.session_is_live(p_before_second_factor) then
    if not p_before_second_factor and private.session_is_live(true) then
      raise sqlstate 'PT403' using
        message = 'Verify a code of your second factor to continue.',
        hint = 'MFA_REQUIRED';
    end if;

    raise sqlstate 'PT401' using
      message = 'This session has ended. Sign in again.',
      hint = 'SESSION_REVOKED';
  end if;

  -- For responses of PostgREST: they are data of one user, not to be stored or run as a page.
  perform set_config(
    'response.headers',
    '[{"Cache-Control": "no-store"}, {"X-Content-Type-Options": "nosniff"}]',
    true
  );

  return v_user_id;
end;
$$;

grant execute on function private.require_session(boolean) to authenticated;


-- ── 00_foundation/60_shared_triggers.sql ────────────────────────────────────────────────────────

-- Trigger functions that several tables use.

-- Sets updated_at.
create function private.tg__touch()
  returns trigger
  language plpgsql
  set search_path = ''
as $$
begin
  new.updated_at := now();
  return new;
end;
$$;

-- Sets completed_at when the status becomes completed, and clears it when it no longer is.
create function private.tg__complete()
  returns trigger
  language plpgsql
  set search_path = ''
as $$
begin
  new.completed_at := case when new.status = 'completed' then coalesce(new.completed_at, now()) end;
  return new;
end;
$$;


-- ── 00_foundation/70_workers.sql ────────────────────────────────────────────────────────────────

-- Workers are edge functions that process rows which the database queues: mails, scans and objects
-- in Storage.

-- Returns the URL of the project; null if the vault does not contain it.
create function private.project_url()
  returns text
  language plpgsql
  stable
  security definer
  set search_path = ''
as $$
begin
  return (
    select nullif(s.decrypted_secret, '')
    from vault.decrypted_secrets as s
    where s.name = 'project_url'
  );
end;
$$;

-- Calls a worker after the transaction is committed, if the vault contains the URL and the key. A
-- failed call must not fail the transaction: the call of the next minute processes the rows.
create function private.wake_worker(p_name text)
  returns void
  language plpgsql
  security definer
  set search_path = ''
as $$
declare
  v_url constant text := private.project_url();
  v_key text;
begin
  select s.decrypted_secret
  into v_key
  from vault.decrypted_secrets as s
  where s.name = 'service_key';

  if v_url <> '' and v_key <> '' then
    perform net.http_post(
      url => v_url || '/functions/v1/' || p_name,
      headers => jsonb_build_object(
        'content-type', 'application/json', 'authorization', 'Bearer ' || v_key
      )
    );
  end if;
exception
  when others then
    raise warning 'The worker % could not be called: %', p_name, sqlerrm;
end;
$$;


-- ── 00_foundation/75_rate_limits.sql ────────────────────────────────────────────────────────────

-- One factor for all limits of requests and attempts, so that development and load tests can raise
-- them in one place:  update private.limit_settings set factor = 100;

create table private.limit_settings (
  only_row boolean primary key default true,
  factor integer not null default 1,

  constraint there_is_one_row check (only_row),
  constraint factor_never_lowers_a_limit check (factor between 1 and 100000)
);

comment on table private.limit_settings is 'One row: the factor of all limits.';

insert into private.limit_settings default values;

-- Returns a limit as it applies here. Definer: no role has a grant on the settings.
create function private.scaled_limit(p_limit integer)
  returns integer
  language plpgsql
  stable
  security definer
  set search_path = ''
as $$
begin
  return (
    select p_limit * s.factor from private.limit_settings as s
  );
end;
$$;

-- Limits over a sliding window, such as 10 messages per minute, counted from stored rows. The
-- caller takes a lock first, so that concurrent requests are counted one after another.

-- Returns the seconds until one more event is allowed, null when it is allowed now. p_recent
-- contains the times of the latest p_limit events, newest first: one more is allowed when the
-- oldest of them is older than the window.
create function private.wait_for_window(
  p_recent timestamptz[], p_limit integer, p_window interval
)
  returns integer
  language plpgsql
  volatile
  set search_path = ''
as $$
declare
  v_wait constant numeric := extract(epoch from p_recent[p_limit] + p_window - clock_timestamp());
begin
  return case when v_wait > 0 then ceil(v_wait)::integer end;
end;
$$;

-- Raises RATE_LIMITED with the seconds to wait. Does nothing when they are null.
create function private.raise_rate_limited(p_message text, p_retry_after integer)
  returns void
  language plpgsql
  immutable
  set search_path = ''
as $$
begin
  if p_retry_after is not null then
    raise sqlstate 'PT429' using
      message = p_message,
      detail = jsonb_build_object('retryAfter', p_retry_after)::text,
      hint = 'RATE_LIMITED';
  end if;
end;
$$;


-- ── 00_foundation/80_request_counts.sql ─────────────────────────────────────────────────────────

-- Request counters of the REST API: how many requests had the same key (a user, a client address,
-- an email address) within a window that starts with the first request. Unlogged: after a crash,
-- counting starts again.
--
-- A request is counted in a transaction of its own, so that the count is kept when the request
-- fails.

create unlogged table private.request_counts (
  key text primary key,
  started_at timestamptz not null,
  ends_at timestamptz not null,
  hits integer not null
)
with (fillfactor = 70);

comment on table private.request_counts is 'Number of requests per key in the current window.';

create index request_counts_ends_at_idx on private.request_counts (ends_at);

-- Counts one request and returns whether it is allowed. Requests above the limit write nothing, so
-- that many of them stay cheap.
create function private.count_request(
  p_key text, p_max integer, p_window_seconds integer,
  out allowed boolean, out remaining integer, out reset_seconds integer, out max_requests integer
)
  language plpgsql
  security definer
  set search_path = ''
as $$
declare
  v_now constant timestamptz := clock_timestamp();
  v_ends_at constant timestamptz := v_now + make_interval(secs => p_window_seconds);
  v_max constant integer := private.scaled_limit(p_max);
  v_count private.request_counts;
begin
  insert into private.request_counts as c (key, started_at, ends_at, hits)
  values (p_key, v_now, v_ends_at, 1)
  on conflict (key) do update
  set
    hits = case when c.ends_at <= v_now then 1 else c.hits + 1 end,
    started_at = case when c.ends_at <= v_now then v_now else c.started_at end,
    ends_at = case when c.ends_at <= v_now then v_ends_at else c.ends_at end
  where c.ends_at <= v_now or c.hits <= v_max
  returning c.*
  into v_count;

  if not found then
    select c.* into v_count from private.request_counts as c where c.key = p_key;
  end if;

  allowed := coalesce(v_count.hits <= v_max, false);
  remaining := greatest(v_max - v_count.hits, 0);
  max_requests := v_max;
  reset_seconds := greatest(ceil(extract(epoch from v_count.ends_at - v_now))::integer, 1);
end;
$$;

comment on function private.count_request(text, integer, integer) is
  'Counts a request under a key; at most p_max, times the factor of private.limit_settings, are
allowed per p_window_seconds. Call it in a transaction of its own.';

grant execute on function private.count_request(text, integer, integer) to service_role;

-- Returns the client's address, which the gateway and the REST API pass in a header, as limits count
-- it: a customer can use all addresses of an IPv6 network, so the network (/64) counts as a whole.
create function private.client_address()
  returns text
  language plpgsql
  stable
  set search_path = ''
as $$
declare
  v_text constant text := btrim(split_part(
    nullif(current_setting('request.headers', true), '')::jsonb ->> 'x-forwarded-for', ',', 1
  ));
  v_address inet;
begin
  v_address := regexp_replace(v_text, '^::ffff:(?=\d+\.)', '', 'i')::inet;
  return coalesce(
    case
      when family(v_address) = 6 then network(set_masklen(v_address, 64))::text
      else host(v_address)
    end,
    'unknown'
  );
exception when invalid_text_representation then
  return 'unknown';
end;
$$;

-- Limits how often a user writes to a table, also with bulk requests to the table. Real work stays far
-- below. Arguments of the trigger: what is limited, the limit, and the window in seconds. Definer:
-- users have no grant on the counters.
create function private.tg__limit_writes()
  returns trigger
  language plpgsql
  security definer
  set search_path = ''
as $$
declare
  v_count record;
begin
  v_count := private.count_request(
    concat_ws(':', 'write', tg_argv[0], auth.uid()), tg_argv[1]::integer, tg_argv[2]::integer
  );
  perform private.raise_rate_limited(
    format('You can make at most %s changes of this kind per hour. Try again later.', tg_argv[1]),
    case when not v_count.allowed then v_count.reset_seconds end
  );
  return new;
end;
$$;

-- Counters store a hash, from which the email address cannot be read.
create function private.fingerprint(p_email text)
  returns text
  language sql
  immutable
  parallel safe
  set search_path = ''
as $$
  select encode(sha256(convert_to(lower(btrim(coalesce(p_email, ''))), 'UTF8')), 'hex')
$$;

create function private.purge_request_counts()
  returns void
  language sql
  security definer
  set search_path = ''
as $$
  delete from private.request_counts where ends_at < now();
$$;
