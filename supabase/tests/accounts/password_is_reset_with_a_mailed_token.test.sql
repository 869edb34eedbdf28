begin;
select plan(17);

create temporary table people as
  select tests.sign_up('Ada', 'talent') as talent, tests.sign_up('Olu', 'talent') as other;
create temporary table addresses as
  select u.email from auth.users as u where u.id = (select talent from people);
update auth.users
set encrypted_password = extensions.crypt('Old-secret-1', extensions.gen_salt('bf', 4))
where id = (select talent from people);
delete from private.outbox;

create function pg_temp.mailed_token() returns text language sql as $$
  select payload ->> 'token' from private.claim_mail(10) where kind = 'auth_recovery'
$$;
create function pg_temp.reset(p_token text, p_password text default 'New-secret-2')
  returns text
  language sql
as $$
  select tests.error_of(format('select api.reset_password(%L, %L)', p_token, p_password)) ->> 'code'
$$;

select api.forgot_password(email) from addresses;
create temporary table tokens as select pg_temp.mailed_token() as first;
select matches(first, '^[0-9a-f]{64}$', 'the token has 256 bits') from tokens;
select ok(
  not exists (select from private.password_resets where token_hash = first)
    and not exists (select from private.outbox where payload::text like '%' || first || '%'),
  'the token is not stored'
)
from tokens;

-- Acting as an attacker: requests of others take nothing away
do $$
begin
  for n in 1..2 loop perform api.forgot_password(email) from addresses; end loop;
  for n in 1..20 loop
    perform private.send_auth_mail(jsonb_build_object(
      'user', jsonb_build_object('email', (select email from addresses)),
      'email_data', '{"email_action_type": "recovery"}'::jsonb
    ));
  end loop;
end;
$$;
select pg_temp.mailed_token();
select is(pg_temp.reset(repeat('0', 64)), 'INVALID_RESET_TOKEN', 'a guessed token is refused');
select is(pg_temp.reset(first, 'weak'), 'WEAK_PASSWORD', 'a weak password is refused') from tokens;
select is(
  pg_temp.reset(first, 'Old-secret-1'), 'VALIDATION_ERROR', 'the current password is refused'
)
from tokens;

-- A limit of failed sign-ins that strangers caused
insert into private.login_failures (account)
select private.fingerprint(email) from addresses, generate_series(1, 5);
select is(
  pg_temp.reset(first), null,
  'the first token still works after 22 requests of others and two refused passwords'
)
from tokens;
select is(
  (select private.login_wait(email, null) from addresses), null,
  'the limit of failed sign-ins ends with the reset'
);
select ok(
  private.password_matches('New-secret-2', u.encrypted_password) and u.encrypted_password ~ '^\$2a\$10\$',
  'the new password is stored as Auth stores passwords'
)
from auth.users as u
where u.id = (select talent from people);
select is_empty(
  $$ select from auth.sessions where user_id = (select talent from people) $$, 'all sessions end'
);
select isnt_empty(
  $$ select from auth.sessions where user_id = (select other from people) $$,
  'sessions of others stay'
);
select ok(
  (select verified_at is not null from private.email_verifications where user_id = (select talent from people)),
  'the token also proves the address'
);
select is_empty(
  $$ select from private.password_resets where user_id = (select talent from people) $$,
  'every other token ends with the change'
);
select results_eq(
  $$ select recipient from private.outbox where kind = 'password_changed' $$,
  'select email::text from addresses', 'the user gets a mail about the change'
);
select is(
  pg_temp.reset(first, 'Third-secret-3'), 'INVALID_RESET_TOKEN', 'a token works once'
)
from tokens;

-- Expiry
update tokens set first = private.issue_reset_token((select talent from people), '1 hour');
update private.password_resets set expires_at = now() - interval '1 second';
select is(pg_temp.reset(first, 'Third-secret-3'), 'INVALID_RESET_TOKEN', 'a token expires') from tokens;

-- A change of the address, by whatever way
update tokens set first = private.issue_reset_token((select talent from people), '1 hour');
update auth.users set email = 'moved@example.com' where id = (select talent from people);
select is(
  pg_temp.reset(first, 'Third-secret-3'), 'INVALID_RESET_TOKEN',
  'a token that was sent to an earlier address is refused'
)
from tokens;

-- Auth's own codes
select is(
  (
    select jsonb_object_agg(
      method,
      private.custom_access_token(jsonb_build_object(
        'user_id', (select talent from people), 'claims', '{}'::jsonb, 'authentication_method', method
      )) #> '{error,http_code}'
    )
    from unnest(array['otp', 'magiclink', 'recovery', 'invite', 'password', 'token_refresh']) as method
  ),
  '{"otp": 403, "magiclink": 403, "recovery": 403, "invite": 403, "password": null, "token_refresh": null}',
  'no code of Auth opens a session'
);

select * from finish();
rollback;
