begin;
select plan(10);

create temporary table people as select tests.sign_up('Ada', 'talent') as talent;
create temporary table addresses as
  select u.email from auth.users as u where u.id = (select talent from people);
grant select on addresses to anon;

create function pg_temp.ask(p_action text)
  returns jsonb
  language sql
as $$
  select private.send_auth_mail(
    jsonb_build_object(
      'user', jsonb_build_object('id', talent, 'email', email),
      'email_data',
      jsonb_build_object(
        'email_action_type', p_action, 'token', '123456', 'token_hash', 'hash',
        'redirect_to', 'https://app.example/a b'
      )
    )
  )
  from people, addresses
$$;

-- Acting as Auth
select is(pg_temp.ask('recovery'), '{}', 'response ' || n || ' does not reveal whether the account exists')
from generate_series(1, 2) as n;
select pg_temp.ask('recovery') from generate_series(3, 5) as n;
select is(
  (select count(*) from private.outbox where kind = 'auth_recovery' and recipient = (select email from addresses)),
  3::bigint, 'Auth sends an account at most 3 password-reset mails per hour'
);
select is(
  (
    select jsonb_object_agg(action, pg_temp.ask(action) #> '{error,http_code}')
    from unnest(array['signup', 'magiclink', 'email', 'email_change', 'reauthentication']) as action
  ),
  '{"signup": 403, "magiclink": 403, "email": 403, "email_change": 403, "reauthentication": 403}',
  'Auth mails no codes'
);

-- Acting as an anonymous caller: direct requests to Auth use up nothing of OnSwift's own mails
select tests.act_as_anon();
select lives_ok(
  format('select api.forgot_password(%L)', (select upper(email) from addresses)),
  'request ' || n || ' in an hour is accepted'
)
from generate_series(1, 3) as n;
select is(
  tests.error_of(format('select api.forgot_password(%L)', (select email from addresses))) ->> 'code',
  'RATE_LIMITED', 'the fourth request for an address is refused'
);
select api.forgot_password('nobody@example.com') from generate_series(1, 3) as n;
select is(
  tests.error_of($$ select api.forgot_password('nobody@example.com') $$) ->> 'code',
  'RATE_LIMITED', 'an address without an account has the same limit'
);

-- Acting as the mail worker
select tests.act_as_postgres();
select results_eq(
  $$ select count(*) from private.claim_mail(100) where recipient = 'nobody@example.com' $$,
  $$ values (0::bigint) $$, 'an address without an account gets no mail'
);

select * from finish();
rollback;
