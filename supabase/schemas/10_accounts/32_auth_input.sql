-- What is sent to Auth is checked here first, because Auth names one bad field at a time, in words of
-- its own. Each function takes the input as it was sent, raises VALIDATION_ERROR with every bad field
-- (WEAK_PASSWORD where nothing is wrong but the strength of the password), and changes nothing.

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

create function private.check_refresh(p_input jsonb)
  returns void
  language plpgsql
  stable
  set search_path = ''
as $$
begin
  perform private.raise_field_errors(
    private.check_keys(p_input, array['refreshToken'])
    || private.check_text(
      '{"refreshToken": null}' || p_input, 'refreshToken', 'Refresh token', 1, 512
    )
  );
end;
$$;

create function private.check_sign_out(p_input jsonb)
  returns void
  language plpgsql
  stable
  set search_path = ''
as $$
begin
  perform private.raise_field_errors(
    private.check_choice(p_input, 'scope', 'Scope', array['local', 'global', 'others'], true)
  );
end;
$$;

comment on function private.check_sign_up(jsonb) is
  'Open to anon: people sign up without a session. Reads nothing but its input.';
comment on function private.check_forgot_password(jsonb) is
  'Open to anon: passwords are forgotten without a session. Reads nothing but its input.';
comment on function private.check_password_reset(jsonb) is
  'Open to anon: passwords are reset without a session. Reads nothing but its input.';

-- Definers, because the validators behind them are not open to visitors.
grant execute on function
  private.check_sign_up(jsonb),
  private.check_forgot_password(jsonb),
  private.check_password_reset(jsonb)
to anon, authenticated, service_role;

-- Called by the REST surface with its own rights.
grant execute on function
  private.check_sign_in(jsonb),
  private.check_refresh(jsonb),
  private.check_sign_out(jsonb)
to service_role;

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
  'Checks the input of a sign-up before it is sent to Auth, and names every bad field at once. Anybody.
email: an address Auth accepts, at most 255 characters. password: 8 characters to 72 bytes, with an
uppercase and a lowercase letter, a number and a special character. name: 1 to 255 characters.
userType: creator or talent. companyName: at most 255, creators only.
Returns {email}: the address as it is stored, to give to Auth.
Errors: VALIDATION_ERROR, WEAK_PASSWORD when only the strength of the password is wrong.';

create function api.check_email(email text default null)
  returns jsonb
  language sql
  stable
  set search_path = ''
as $$
  select private.check_forgot_password(jsonb_build_object('email', email))
$$;

comment on function api.check_email(text) is
  'Checks the form of an e-mail address; whether it has an account is not said. Anybody.
Returns {email}: the address as it is stored, to give to Auth.
Errors: VALIDATION_ERROR.';

create function api.check_password_reset(token text default null, "newPassword" text default null)
  returns void
  language sql
  stable
  set search_path = ''
as $$
  select private.check_password_reset(
    jsonb_build_object('token', token, 'newPassword', "newPassword")
  )
$$;

comment on function api.check_password_reset(text, text) is
  'Checks the input of a password reset before it is sent to Auth; the token is not used up. Anybody.
newPassword: as for check_sign_up.
Errors: VALIDATION_ERROR, WEAK_PASSWORD when only the strength of the password is wrong.';

grant execute on function
  api.check_sign_up(text, text, text, text, text),
  api.check_email(text),
  api.check_password_reset(text, text)
to anon, authenticated, service_role;
