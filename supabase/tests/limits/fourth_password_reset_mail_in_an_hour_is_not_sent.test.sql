begin;
select plan(6);

create temporary table people as select tests.sign_up('Ada', 'talent') as talent;

create function pg_temp.ask(p_action text, p_round integer, p_more jsonb default '{}')
  returns jsonb
  language sql
as $$
  select private.send_auth_mail(
    jsonb_build_object(
      'user', jsonb_build_object('id', talent, 'email', 'ada@example.com', 'new_email', 'new@example.com'),
      'email_data',
      jsonb_build_object(
        'email_action_type', p_action, 'token', '123456', 'token_hash', 'hash' || p_round,
        'redirect_to', 'https://app.example/a b'
      ) || p_more
    )
  )
  from people
$$;

create function pg_temp.mails(p_kind text)
  returns setof private.outbox
  language sql
as $$
  select * from private.outbox where kind = p_kind and user_id = (select talent from people)
$$;

-- Acting as Auth
select is(pg_temp.ask('recovery', n), '{}', 'response ' || n || ' does not reveal whether the account exists')
from generate_series(1, 2) as n;
select pg_temp.ask('recovery', n) from generate_series(3, 5) as n;
select is((select count(*) from pg_temp.mails('auth_recovery')), 3::bigint, 'an account gets at most 3 password-reset mails per hour');
select is(
  (select payload ->> 'link' from pg_temp.mails('auth_recovery') where payload ->> 'token' = 'hash1'),
  'https://app.example/a b?token=hash1', 'the link of a password-reset mail leads to the app'
);

select pg_temp.ask('email_change', 9, '{"token_new": "654321", "token_hash_new": "present"}');
select results_eq(
  $$
    select recipient, payload ->> 'code', payload ->> 'token'
    from pg_temp.mails('auth_email_change') order by recipient
  $$,
  $$ values ('ada@example.com', '123456', 'present'), ('new@example.com', '654321', 'hash9') $$,
  'both addresses of an email change get their own code'
);
select is(
  private.url_encode('https://é.example/?a=1&b=ü'),
  'https%3A%2F%2F%C3%A9.example%2F%3Fa%3D1%26b%3D%C3%BC', 'a URL is encoded for use in a query string'
);

select * from finish();
rollback;
