begin;
select plan(28);

-- Acting as an anonymous caller
set local role anon;

select is(
  tests.error_of($$ select api.check_sign_up('not an address', 'weak', '', 'talent') $$) -> 'fields',
  '["email", "name", "password", "password", "password", "password"]',
  'An invalid address, an empty name and a weak password are reported in one error.'
);
select is(
  tests.error_of($$ select api.check_sign_up('not an address', 'weak', '', 'talent') $$) ->> 'code',
  'VALIDATION_ERROR', 'The error is VALIDATION_ERROR if more than the password is invalid.'
);
select is(
  tests.error_of($$ select api.check_sign_up('ada@example.com', 'weak', 'Ada', 'talent') $$) ->> 'code',
  'WEAK_PASSWORD', 'A weak password alone has its own error code.'
);
select is(
  tests.error_of('select api.check_sign_up()') -> 'fields',
  '["email", "name", "password", "userType"]', 'Every missing field is reported.'
);
select is(
  tests.error_of(
    $$ select api.check_sign_up('ada@example.com', 'Secure-Pass1', 'Ada', 'talent', 'Acme') $$
  ) -> 'fields',
  '["companyName"]', 'A talent cannot set a company name.'
);
select is(
  api.check_sign_up('  Ada@Example.COM ', 'Secure-Pass1', 'Ada', 'creator', 'Acme'),
  '{"email": "ada@example.com"}', 'Valid input returns the address as it is stored.'
);

-- Sign-in, renewal and sign-out
select is(
  tests.error_of($$ select api.check_sign_in('not an address', '') $$) -> 'fields',
  '["email", "password"]', 'A sign-in needs the form of an address, and a password.'
);
select is(
  api.check_sign_in(' Ada@Example.COM ', 'weak'), '{"email": "ada@example.com"}',
  'A sign-in with any password returns the address as it is stored.'
);
select is(
  tests.error_of('select api.check_refresh()') -> 'fields', '["refreshToken"]',
  'A renewal needs a refresh token.'
);
select lives_ok($$ select api.check_refresh('any') $$, 'Any refresh token has a valid form.');
select is(
  tests.error_of($$ select api.check_sign_out('everywhere') $$) -> 'fields', '["scope"]',
  'A sign-out with an unknown scope is refused.'
);
select lives_ok('select api.check_sign_out()', 'A sign-out needs no scope.');

-- Passwords, rule by rule
select is(
  (
    select jsonb_object_agg(
      password, tests.error_of(
        format('select api.reset_password(''token'', %L)', password)
      ) ->> 'code'
    )
    from unnest(array[
      'Short1!', 'nouppercase1!', 'NOLOWERCASE1!', 'NoNumber!!', 'NoSpecial11'
    ]) as password
  ),
  '{"Short1!": "WEAK_PASSWORD", "nouppercase1!": "WEAK_PASSWORD", "NOLOWERCASE1!": "WEAK_PASSWORD",
    "NoNumber!!": "WEAK_PASSWORD", "NoSpecial11": "WEAK_PASSWORD"}',
  'Length and each kind of character are required.'
);
select is(
  (
    select count(*)
    from regexp_split_to_table('!@#$%^&*()_+-=[]{};''\:"|<>?,./`~', '') as special
    where tests.error_of(
      format('select api.reset_password(''token'', %L)', 'Abcxyzg1' || special)
    ) ->> 'code' = 'INVALID_RESET_TOKEN'
  ),
  32::bigint, 'Every special character that Auth accepts is accepted.'
);
select is(
  tests.error_of(
    format('select api.reset_password(''token'', %L)', 'Aa1!' || repeat('ü', 35))
  ) ->> 'code',
  'VALIDATION_ERROR', 'A password that is too long for bcrypt is invalid, not weak.'
);
select is(
  tests.error_of(
    format('select api.reset_password(''token'', %L)', 'Aa1!' || repeat('ü', 34))
  ) ->> 'code',
  'INVALID_RESET_TOKEN', 'Seventy-two bytes are accepted.'
);
select is(
  (
    select jsonb_agg(password)
    from unnest(array[
      'Password1!', 'P@ssw0rd!1', 'Pa55word#9', 'Qwerty123!', 'Welcome2026!', '1!Letmein', 'Admin@123',
      'Iloveyou#1', 'Trustno1!', 'Abcdefg1!'
    ]) as password
    where tests.error_of(format('select api.reset_password(''token'', %L)', password)) ->> 'code'
      is distinct from 'WEAK_PASSWORD'
  ),
  null, 'Common passwords are refused, also with digits for letters and symbols around them.'
);
select is(
  (
    select jsonb_agg(password)
    from unnest(array['Secure-Pass1', 'My-Password-is-9-long', 'Tr0ub4dor&3', 'Passw0rds-Plural8']) as password
    where tests.error_of(format('select api.reset_password(''token'', %L)', password)) ->> 'code'
      = 'WEAK_PASSWORD'
  ),
  null, 'Passwords that only contain a common word are accepted.'
);
select is(
  tests.error_of('select api.reset_password()') -> 'fields', '["newPassword", "token"]',
  'A reset requires a token and a new password.'
);

-- Addresses: the format that Auth accepts
select is(
  (
    select jsonb_agg(address)
    from unnest(array[
      'ada@example.com', 'a.b+c@sub.example.co', 'o''brien@example.com', 'ADA@EXAMPLE.COM',
      'ada@localhost', '.dots..@example.com', 'x@a-b.example'
    ]) as address
    where tests.error_of(format('select api.check_email(%L)', address)) is not null
  ),
  null, 'Addresses that Auth accepts are accepted.'
);
select is(
  (
    select jsonb_agg(address)
    from unnest(array[
      '', ' ', '@', 'ada', 'ada@', '@example.com', 'ada@example..com', 'ada@-example.com',
      'ada@example.com.', 'a b@example.com', 'ada@exa_mple.com', 'ädä@example.com', 'a@b@example.com',
      'ada@' || repeat('a', 64) || '.com', repeat('a', 244) || '@example.com'
    ]) as address
    where tests.error_of(format('select api.check_email(%L)', address)) -> 'fields'
      is distinct from '["email"]'
  ),
  null, 'Addresses that Auth refuses are refused.'
);
select is(
  api.check_email(repeat('a', 243) || '@example.com') ->> 'email',
  repeat('a', 243) || '@example.com', 'An address of 255 characters is accepted.'
);

-- Functions that only the REST API calls
select tests.act_as_postgres();
select is(
  tests.error_of($$ select private.check_sign_up('{"email": 7, "password": {}, "name": [], "admin": true}') $$)
    -> 'fields',
  '["admin", "email", "name", "password", "userType"]',
  'Unknown keys and values of the wrong type are reported.'
);
select is(
  tests.error_of($$ select private.check_sign_in('{"password": "", "otp": 1}') $$) -> 'fields',
  '["email", "otp", "password"]', 'A sign-in requires an address and a password, and refuses other keys.'
);
select is(
  tests.error_of($$ select private.check_refresh('{"refreshToken": 7}') $$) -> 'fields',
  '["refreshToken"]', 'A refresh token must be text.'
);
select is(
  tests.error_of($$ select private.check_sign_out('{"scope": "everything"}') $$) -> 'fields',
  '["scope"]', 'The scope of a sign-out must be one of three.'
);

-- Auth's hook validates direct sign-ups with the same rules.
select is(
  private.before_user_created(
    '{"user": {"email": "not an address", "user_metadata": {"name": "", "userType": "talent"}}}'
  ) #>> '{error,message}',
  (
    select string_agg(item ->> 'message', ' ')
    from jsonb_array_elements(
      private.check_email('{"email": "x y"}', 'email', 'Email address')
      || private.check_text('{"name": ""}', 'name', 'Name', 1, 255)
    ) as item
  ),
  'Auth''s hook returns the same messages.'
);
select is(
  private.before_user_created(
    '{"user": {"email": "ada@example.com", "user_metadata": {"name": "Ada", "userType": "talent"}}}'
  ),
  '{}', 'Auth''s hook accepts a valid sign-up.'
);

select * from finish();
rollback;
