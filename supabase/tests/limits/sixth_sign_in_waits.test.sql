begin;
select plan(5);

create temporary table people as select tests.sign_up('Ada', 'talent') as talent;

create function pg_temp.attempt(p_valid boolean) returns jsonb language sql as $$
  select private.password_attempt(
    jsonb_build_object('user_id', (select talent from people), 'valid', p_valid)
  )
$$;

select is(pg_temp.attempt(false) ->> 'decision', 'continue', 'a wrong password counts')
from generate_series(1, 1);
select pg_temp.attempt(false) from generate_series(1, 4);
select isnt(pg_temp.attempt(true) ->> 'decision', 'continue', 'the right one is refused after five');

-- For an address without an account the count is by the address as typed.
select is(private.login_wait('nobody@example.com', '192.0.2.7'), null, 'free at first');
select private.note_login_failure('nobody@example.com', '192.0.2.7') from generate_series(1, 5);
select ok(private.login_wait('NOBODY@example.com', '192.0.2.8') > 0, 'by e-mail');
select ok(private.login_wait('other@example.com', '192.0.2.7') > 0, 'by address');

select * from finish();
rollback;
