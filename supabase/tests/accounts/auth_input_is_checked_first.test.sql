begin;
select plan(20);

-- Acting as a visitor
set local role anon;

select is(
  tests.error_of($$ select api.check_sign_up('not an address', 'weak', '', 'talent') $$) -> 'fields',
  '["email", "name", "password", "password", "password", "password"]',
  'A bad address, an empty name and a weak password are named in one answer.'
);
select is(
  tests.error_of($$ select api.check_sign_up('not an address', 'weak', '', 'talent') $$) ->> 'code',
  'VALIDATION_ERROR', 'The answer is one validation error.'
);
select is(
  tests.error_of($$ select api.check_sign_up('ada@example.com', 'weak', 'Ada', 'talent') $$) ->> 'code',
  'WEAK_PASSWORD', 'A password that is merely weak has a code of its own.'
);
select is(
  tests.error_of('select api.check_sign_up()') -> 'fields',
  '["email", "name", "password", "userType"]', 'Everything that is missing is named.'
);
select is(
  tests.error_of(
    $$ select api.check_sign_up('ada@example.com', 'Secure-Pass1', 'Ada', 'talent', 'Acme') $$
  ) -> 'fields',
  '["companyName"]', 'A talent has no company.'
);
select is(
  api.check_sign_up('  Ada@Example.COM ', 'Secure-Pass1', 'Ada', 'creator', 'Acme'),
  '{"email": "ada@example.com"}', 'A good input returns the address as it is stored.'
);

-- Passwords, rule by rule
select is(
  (
    select jsonb_object_agg(
      password, tests.error_of(
        format('select api.check_password_reset(''token'', %L)', password)
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
      format('select api.check_password_reset(''token'', %L)', 'Abcdefg1' || special)
    ) is null
  ),
  32::bigint, 'Every special character that Auth counts is counted here.'
);
select is(
  tests.error_of(
    format('select api.check_password_reset(''token'', %L)', 'Aa1!' || repeat('ü', 35))
  ) ->> 'code',
  'VALIDATION_ERROR', 'A password that bcrypt would cut off is refused, and not called weak.'
);
select lives_ok(
  format('select api.check_password_reset(''token'', %L)', 'Aa1!' || repeat('ü', 34)),
  'Seventy-two bytes are accepted.'
);
select is(
  tests.error_of('select api.check_password_reset()') -> 'fields', '["newPassword", "token"]',
  'A reset needs its token and a new password.'
);

-- Addresses: the form Auth accepts
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

-- What only the REST surface asks
select tests.act_as_postgres();
select is(
  tests.error_of($$ select private.check_sign_up('{"email": 7, "password": {}, "name": [], "admin": true}') $$)
    -> 'fields',
  '["admin", "email", "name", "password", "userType"]',
  'Keys that are unknown and values of the wrong type are named.'
);
select is(
  tests.error_of($$ select private.check_sign_in('{"password": "", "otp": 1}') $$) -> 'fields',
  '["email", "otp", "password"]', 'A sign-in needs an address and a password, and nothing else.'
);
select is(
  tests.error_of($$ select private.check_refresh('{"refreshToken": 7}') $$) -> 'fields',
  '["refreshToken"]', 'A refresh token is text.'
);
select is(
  tests.error_of($$ select private.check_sign_out('{"scope": "everything"}') $$) -> 'fields',
  '["scope"]', 'A sign-out has one of three scopes.'
);

-- Auth's hook judges direct sign-ups by the same rules.
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
  'The hook of Auth answers with the same sentences.'
);
select is(
  private.before_user_created(
    '{"user": {"email": "ada@example.com", "user_metadata": {"name": "Ada", "userType": "talent"}}}'
  ),
  '{}', 'The hook of Auth lets a good sign-up pass.'
);

select * from finish();
rollback;
