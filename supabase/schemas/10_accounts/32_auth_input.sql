-- Validation of credentials: before they are sent to Auth, because Auth reports one invalid field at a
-- time, with its own messages, and in operations on passwords and addresses. Each function takes the
-- input as it was sent and raises VALIDATION_ERROR with every invalid field, or WEAK_PASSWORD if only
-- the strength of the password is insufficient. They change nothing.

create function private.check_sign_up(p_input jsonb)
  returns jsonb
  language plpgsql
  stable
  security definer
  set search_path = ''
as $$
begin
  perform private.raise_credential_field_errors(
    private.check_keys(
      p_input, array['email', 'password', 'name', 'userType', 'companyName']
    )
    || private.check_email('{"email": null}' || p_input, 'email', 'Email address')
    || private.check_password('{"password": null}' || p_input, 'password', 'Password')
    || private.sign_up_field_errors(p_input),
    private.password_weaknesses(p_input, 'password', 'Password')
  );

  return jsonb_build_object('email', private.normalized_email(p_input ->> 'email'));
end;
$$;

create function private.check_sign_in(p_input jsonb)
  returns jsonb
  language plpgsql
  stable
  security definer
  set search_path = ''
as $$
begin
  perform private.raise_field_errors(
    private.check_keys(p_input, array['email', 'password'])
    || private.check_email('{"email": null}' || p_input, 'email', 'Email address')
    || private.check_text('{"password": null}' || p_input, 'password', 'Password', 1, 1000)
  );

  return jsonb_build_object('email', private.normalized_email(p_input ->> 'email'));
end;
$$;

create function private.check_forgot_password(p_input jsonb)
  returns jsonb
  language plpgsql
  stable
  security definer
  set search_path = ''
as $$
begin
  perform private.raise_field_errors(
    private.check_keys(p_input, array['email'])
    || private.check_email('{"email": null}' || p_input, 'email', 'Email address')
  );

  return jsonb_build_object('email', private.normalized_email(p_input ->> 'email'));
end;
$$;

create function private.check_password_reset(p_input jsonb)
  returns void
  language plpgsql
  stable
  security definer
  set search_path = ''
as $$
begin
  perform private.raise_credential_field_errors(
    private.check_keys(p_input, array['token', 'newPassword'])
    || private.check_text('{"token": null}' || p_input, 'token', 'Token', 1, 512)
    || private.check_password('{"newPassword": null}' || p_input, 'newPassword', 'New password'),
    private.password_weaknesses(p_input, 'newPassword', 'New password')
  );
end;
$$;

create function private.check_password_change(p_input jsonb)
  returns void
  language plpgsql
  stable
  security definer
  set search_path = ''
as $$
begin
  perform private.raise_credential_field_errors(
    private.check_keys(p_input, array['currentPassword', 'newPassword'])
    || private.check_text(
      '{"currentPassword": null}' || p_input, 'currentPassword', 'Current password', 1, 1000
    )
    || private.check_password('{"newPassword": null}' || p_input, 'newPassword', 'New password'),
    private.password_weaknesses(p_input, 'newPassword', 'New password')
  );
end;
$$;

-- Returns the new address as Auth stores it.
create function private.check_email_change(p_input jsonb)
  returns text
  language plpgsql
  stable
  security definer
  set search_path = ''
as $$
begin
  perform private.raise_field_errors(
    private.check_keys(p_input, array['password', 'newEmail'])
    || private.check_text('{"password": null}' || p_input, 'password', 'Password', 1, 1000)
    || private.check_email('{"newEmail": null}' || p_input, 'newEmail', 'New email address')
  );

  return private.normalized_email(p_input ->> 'newEmail');
end;
$$;

-- Every text may be a refresh token: only Auth knows their form, and refuses it.
create function private.check_refresh(p_input jsonb)
  returns void
  language plpgsql
  stable
  security definer
  set search_path = ''
as $$
begin
  perform private.raise_field_errors(
    private.check_keys(p_input, array['refreshToken'])
    || case coalesce(jsonb_typeof(p_input -> 'refreshToken'), 'null')
      when 'string' then '[]'
      when 'null' then private.field_error('refreshToken', 'Refresh token is required.')
      else private.field_error('refreshToken', 'Refresh token must be text.')
    end
  );
end;
$$;

create function private.check_sign_out(p_input jsonb)
  returns void
  language plpgsql
  stable
  security definer
  set search_path = ''
as $$
begin
  perform private.raise_field_errors(
    private.check_choice(p_input, 'scope', 'Scope', array['local', 'global', 'others'], true)
  );
end;
$$;

comment on function private.check_sign_up(jsonb) is
  'Open to anon: users sign up without a session. Reads only its input.';
comment on function private.check_sign_in(jsonb) is
  'Open to anon: users sign in without a session. Reads only its input.';
comment on function private.check_refresh(jsonb) is
  'Open to anon: users renew a session whose access token has expired. Reads only its input.';
comment on function private.check_sign_out(jsonb) is
  'Open to anon: a session can have ended before its user signs out. Reads only its input.';
comment on function private.check_forgot_password(jsonb) is
  'Open to anon: users request a password reset without a session. Reads only its input.';

-- Definers: anon has no grant on the validators that they call.
grant execute on function
  private.check_sign_up(jsonb),
  private.check_sign_in(jsonb),
  private.check_refresh(jsonb),
  private.check_sign_out(jsonb),
  private.check_forgot_password(jsonb)
to anon, authenticated, service_role;

-- Definers: callers have no grant on the validators that they call. Read only their input.
grant execute on function
  private.check_password_change(jsonb),
  private.check_email_change(jsonb)
to authenticated;

create function api.check_sign_up(
  email text default null, password text default null, name text default null,
  "userType" text default null, "companyName" text default null
)
  returns jsonb
  language sql
  stable
  set search_path = ''
as $$
  select private.check_sign_up(jsonb_build_object(
    'email', email, 'password', password, 'name', name, 'userType', "userType",
    'companyName', "companyName"
  ))
$$;

comment on function api.check_sign_up(text, text, text, text, text) is
  'Validates the input of a sign-up before it is sent to Auth, and reports every invalid field.
email: a valid address of at most 255 characters. password: 8 characters to 72 bytes, with an
uppercase and a lowercase letter, a number and a special character. name: 1 to 255 characters.
userType: creator or talent. companyName: at most 255 characters, creators only.
Returns {email}: the address as Auth stores it; send this one to Auth.
Requires: nothing; anonymous callers are allowed.
Errors: VALIDATION_ERROR, WEAK_PASSWORD (if only the strength of the password is insufficient).';

create function api.check_sign_in(email text default null, password text default null)
  returns jsonb
  language sql
  stable
  set search_path = ''
as $$
  select private.check_sign_in(jsonb_build_object('email', email, 'password', password))
$$;

comment on function api.check_sign_in(text, text) is
  'Validates the form of an email address and that a password was given. Does not reveal whether
the address has an account, or whether the password is right.
Returns {email}: the address as Auth stores it; send this one to Auth.
Requires: nothing; anonymous callers are allowed.
Errors: VALIDATION_ERROR.';

create function api.check_refresh("refreshToken" text default null)
  returns void
  language sql
  stable
  set search_path = ''
as $$
  select private.check_refresh(jsonb_build_object('refreshToken', "refreshToken"))
$$;

comment on function api.check_refresh(text) is
  'Validates the input of a renewal of a session. Does not use the refresh token.
Requires: nothing; anonymous callers are allowed.
Errors: VALIDATION_ERROR.';

create function api.check_sign_out(scope text default null)
  returns void
  language sql
  stable
  set search_path = ''
as $$
  select private.check_sign_out(jsonb_build_object('scope', scope))
$$;

comment on function api.check_sign_out(text) is
  'Validates the input of a sign-out. scope: local, global or others.
Requires: nothing; anonymous callers are allowed.
Errors: VALIDATION_ERROR.';

create function api.check_email(email text default null)
  returns jsonb
  language sql
  stable
  set search_path = ''
as $$
  select private.check_forgot_password(jsonb_build_object('email', email))
$$;

comment on function api.check_email(text) is
  'Validates the format of an email address. Does not reveal whether it has an account.
Returns {email}: the address as Auth stores it; send this one to Auth.
Requires: nothing; anonymous callers are allowed.
Errors: VALIDATION_ERROR.';

grant execute on function
  api.check_sign_up(text, text, text, text, text),
  api.check_sign_in(text, text),
  api.check_refresh(text),
  api.check_sign_out(text),
  api.check_email(text)
to anon, authenticated, service_role;
