-- POST /auth/forgot-password, /auth/reset-password, /auth/change-password and /auth/change-email;
-- GET and DELETE /auth/sessions. And confirm_password, for second factors, which Auth itself enrols.

create function api.forgot_password(email text default null)
  returns void
  language plpgsql
  volatile
  set search_path = ''
as $$
begin
  perform private.request_password_reset(jsonb_build_object('email', email));
end;
$$;

comment on function api.forgot_password(text) is
  'Sends a token to reset the password. The result is the same, and takes the same time, whether or
not the address has an account. Earlier tokens stay valid: each works once, within one hour, until
the password changes.
Limits: 3 per hour and email address, 20 per hour and client address.
Requires: nothing; anonymous callers are allowed.
Errors: VALIDATION_ERROR, RATE_LIMITED.';

create function api.reset_password(token text default null, "newPassword" text default null)
  returns void
  language plpgsql
  volatile
  set search_path = ''
as $$
begin
  perform private.reset_password(
    jsonb_build_object('token', token, 'newPassword', "newPassword")
  );
end;
$$;

comment on function api.reset_password(text, text) is
  'Sets a new password with the mailed token, ends all sessions of the user and the calendar link,
marks the address as verified and ends a limit that failed sign-ins had reached. An invalid new
password does not use up the token. The user gets a mail about the change.
newPassword: 8 characters to 72 bytes, with an uppercase and a lowercase letter, a number and a
special character; not a common password and not the current one.
Requires: nothing; anonymous callers are allowed.
Errors: VALIDATION_ERROR, WEAK_PASSWORD (if only the strength of the password is insufficient),
INVALID_RESET_TOKEN.';

create function api.change_password(
  "currentPassword" text default null, "newPassword" text default null
)
  returns jsonb
  language plpgsql
  volatile
  set search_path = ''
as $$
declare
  v_input constant jsonb := private.input_of(
    'change_password',
    jsonb_build_object('currentPassword', "currentPassword", 'newPassword', "newPassword")
  );
begin
  perform private.require_session();
  perform private.check_password_change(v_input);

  if not private.change_password("currentPassword", "newPassword") then
    return private.wrong_password();
  end if;

  perform set_config('response.status', '204', true);
  return null;
end;
$$;

comment on function api.change_password(text, text) is
  'Changes the caller''s password. All other sessions and the calendar link end, mailed reset tokens stop
working, and the user gets a mail about the change. newPassword: as for reset_password.
Returns null. A wrong password is returned instead of raised, as by delete_me.
Limits: 5 wrong passwords in 15 minutes and session, 5 changes per hour.
Requires: a signed-in user.
Errors: WRONG_PASSWORD (returned, not raised), WEAK_PASSWORD, RATE_LIMITED, VALIDATION_ERROR,
NOT_AUTHENTICATED, SESSION_REVOKED.';

create function api.change_email(password text default null, "newEmail" text default null)
  returns jsonb
  language plpgsql
  volatile
  set search_path = ''
as $$
declare
  v_input constant jsonb := private.input_of(
    'change_email', jsonb_build_object('password', password, 'newEmail', "newEmail")
  );
begin
  perform private.require_session();

  if not private.request_email_change(password, private.check_email_change(v_input)) then
    return private.wrong_password();
  end if;

  return null;
end;
$$;

comment on function api.change_email(text, text) is
  'Sends a link to the new address. Opening it within 24 hours (verify_email) changes the address,
ends all sessions except the one that requested the change, and sends a mail to the old address.
Until then nothing changes. A newer request replaces an earlier one.
Returns null. A wrong password is returned instead of raised, as by delete_me.
Limits: 5 wrong passwords in 15 minutes and session; 3 requests per hour, also for one new address.
Requires: a signed-in user.
Errors: WRONG_PASSWORD (returned, not raised), EMAIL_EXISTS, RATE_LIMITED, VALIDATION_ERROR,
NOT_AUTHENTICATED, SESSION_REVOKED.';

create function api.confirm_password(password text default null)
  returns jsonb
  language plpgsql
  volatile
  set search_path = ''
as $$
declare
  v_input constant jsonb := private.input_of(
    'confirm_password', jsonb_build_object('password', password)
  );
begin
  perform private.require_session();
  perform private.raise_field_errors(
    private.check_text('{"password": null}' || v_input, 'password', 'Password', 1, 1000)
  );

  if not private.confirm_password(password) then
    return private.wrong_password();
  end if;

  perform set_config('response.status', '204', true);
  return null;
end;
$$;

comment on function api.confirm_password(text) is
  'Confirms that the user knows the password: within 15 minutes, this session can add one second factor
(Auth''s enrol, challenge and verify).
Returns null. A wrong password is returned instead of raised, as by delete_me.
Limits: 5 wrong passwords in 15 minutes and session.
Requires: a signed-in user.
Errors: WRONG_PASSWORD (returned, not raised), RATE_LIMITED, VALIDATION_ERROR, NOT_AUTHENTICATED,
SESSION_REVOKED.';

-- Returns the user agent of a device. The REST API signs in for its clients and puts their user agent in
-- brackets.
create function private.device_of(p_user_agent text)
  returns text
  language sql
  immutable
  parallel safe
  set search_path = ''
as $$
  select left(regexp_replace(p_user_agent, '^onswift-api \((.*)\)$', '\1'), 500)
$$;

-- Definer: reads Auth's table of sessions, the caller's own only.
create function private.my_sessions()
  returns jsonb
  language sql
  stable
  security definer
  set search_path = ''
as $$
  select coalesce(
    jsonb_agg(
      jsonb_build_object(
        'id', s.id,
        'createdAt', private.iso(s.created_at + private.session_head_start()),
        'lastUsedAt', private.iso(
          greatest(s.created_at + private.session_head_start(), s.refreshed_at at time zone 'UTC')
        ),
        'userAgent', private.device_of(s.user_agent),
        'ipAddress', host(s.ip),
        'current', s.id = private.try_uuid(auth.jwt() ->> 'session_id')
      )
      order by s.created_at desc, s.id
    ),
    '[]'
  )
  from auth.sessions as s
  where s.user_id = auth.uid() and (s.not_after is null or s.not_after > now())
$$;

-- Definer: deletes a session of the caller; returns whether there is one with this id.
create function private.revoke_my_session(p_session_id uuid)
  returns boolean
  language plpgsql
  security definer
  set search_path = ''
as $$
begin
  delete from auth.sessions where id = p_session_id and user_id = auth.uid();
  if not found then
    return false;
  end if;

  perform private.log_security(auth.uid(), 'session_ended');
  return true;
end;
$$;

-- Called by api functions as the caller.
grant execute on function
  private.my_sessions(),
  private.revoke_my_session(uuid)
to authenticated;

create function api.list_sessions()
  returns jsonb
  language plpgsql
  stable
  set search_path = ''
as $$
begin
  perform private.require_session();
  return jsonb_build_object('sessions', private.my_sessions());
end;
$$;

comment on function api.list_sessions() is
  'Returns the caller''s sessions, newest first: {sessions: [{id, createdAt, lastUsedAt, userAgent,
ipAddress, current}]}. lastUsedAt: the last time its tokens were renewed.
Requires: a signed-in user.
Errors: NOT_AUTHENTICATED, SESSION_REVOKED.';

create function api.revoke_session("sessionId" text default null)
  returns void
  language plpgsql
  volatile
  set search_path = ''
as $$
begin
  perform private.require_session();
  perform private.require_ids(jsonb_build_object('sessionId', "sessionId"));

  if not private.revoke_my_session("sessionId"::uuid) then
    raise sqlstate 'PT404' using
      message = 'Session not found.',
      hint = 'NOT_FOUND';
  end if;
end;
$$;

comment on function api.revoke_session(text) is
  'Ends one of the caller''s sessions at once. It can be the current one.
Requires: a signed-in user.
Errors: VALIDATION_ERROR, NOT_FOUND, NOT_AUTHENTICATED, SESSION_REVOKED.';

grant execute on function
  api.change_password(text, text),
  api.change_email(text, text),
  api.confirm_password(text),
  api.list_sessions(),
  api.revoke_session(text)
to authenticated;

-- A password is reset without a session.
grant execute on function
  api.forgot_password(text),
  api.reset_password(text, text)
to anon, authenticated, service_role;
