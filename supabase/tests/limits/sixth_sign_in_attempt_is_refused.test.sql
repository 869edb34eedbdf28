begin;
select plan(5);

create temporary table people as select tests.sign_up('Ada', 'talent') as talent;

create function pg_temp.attempt(p_valid boolean) returns jsonb language sql as $$
  select private.password_attempt(
    jsonb_build_object('user_id', (select talent from people), 'valid', p_valid)
  )
$$;

select is(pg_temp.attempt(false) ->> 'decision', 'continue', 'the first wrong password is an ordinary failure')
from generate_series(1, 1);
select pg_temp.attempt(false) from generate_series(1, 4);
select isnt(pg_temp.attempt(true) ->> 'decision', 'continue', 'the right password is refused after 5 wrong ones');

-- Sign-ins through the REST API, also for an email address without an account
select is(private.login_wait('nobody@example.com', '192.0.2.7'), null, 'an email address without failures need not wait');
select private.note_login_failure('nobody@example.com', '192.0.2.7') from generate_series(1, 5);
select ok(private.login_wait('NOBODY@example.com', '192.0.2.8') > 0, 'failures are counted per email address, case-insensitively');
select ok(private.login_wait('other@example.com', '192.0.2.7') > 0, 'failures are counted per client address');

select * from finish();
rollback;
