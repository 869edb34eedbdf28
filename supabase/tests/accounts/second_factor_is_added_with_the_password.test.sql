begin;
select plan(24);

create temporary table people as select tests.sign_up('Ada', 'talent') as talent;
grant select on people to authenticated;
update auth.users
set encrypted_password = extensions.crypt('Right-secret-1', extensions.gen_salt('bf', 4))
where id = (select talent from people);
-- Signed in long ago
insert into auth.mfa_amr_claims (id, session_id, created_at, updated_at, authentication_method)
select gen_random_uuid(), talent, now() - interval '16 minutes', now(), 'password' from people;
delete from private.security_events;
delete from private.outbox;

insert into auth.mfa_factors (id, user_id, factor_type, status, created_at, updated_at)
select talent, talent, 'totp', 'unverified', now(), now() from people;

-- What Auth does after a right code; the factor has the id of the account.
create function pg_temp.verify() returns void language plpgsql as $$
declare
  v_id constant uuid := talent from people;
  v_challenge uuid := gen_random_uuid();
begin
  perform tests.act_as_postgres();
  insert into auth.mfa_challenges (id, factor_id, created_at, ip_address)
  values (v_challenge, v_id, now(), '203.0.113.7');
  update auth.mfa_challenges set verified_at = now() where id = v_challenge;
  update auth.mfa_factors set status = 'verified' where id = v_id;
  update auth.sessions set aal = 'aal2', factor_id = v_id where id = v_id;
end;
$$;

-- What Auth's hook is asked.
create function pg_temp.attempt(p_valid boolean) returns text language sql as $$
  select coalesce(
    private.mfa_attempt(jsonb_build_object(
      'user_id', talent, 'factor_id', talent, 'factor_type', 'totp', 'valid', p_valid
    )) #>> '{error,http_code}',
    'continue'
  )
  from people
$$;

create function pg_temp.events() returns jsonb language sql as $$
  select coalesce(jsonb_agg(type order by id), '[]') from private.security_events
$$;

create function pg_temp.mails() returns jsonb language sql as $$
  select coalesce(jsonb_agg(kind order by created_at), '[]') from private.outbox
$$;

select is(
  tests.error_of('select pg_temp.verify()'), '{"state": "PT403", "code": "FORBIDDEN", "fields": null}',
  'a factor is not added without the password'
);
select is(pg_temp.attempt(true), '403', 'the hook gives the reason');
select is(
  (select status::text from auth.mfa_factors), 'unverified', 'the factor stays an enrolment'
);

-- Acting as the talent
select tests.act_as((select talent from people));
select is(
  api.confirm_password('Wrong-secret-1') ->> 'hint', 'WRONG_PASSWORD', 'a wrong password is refused'
);
select is(
  tests.error_of('select api.confirm_password()') -> 'fields', '["password"]',
  'a missing password is reported'
);
select tests.act_as_postgres();
select is_empty('select * from private.password_confirmations', 'neither confirms anything');

select tests.act_as((select talent from people));
select is(api.confirm_password('Right-secret-1'), null, 'the right password is confirmed');
select tests.act_as_postgres();

-- Another session of the same user
insert into auth.sessions (id, user_id, created_at) select gen_random_uuid(), talent, now() from people;
select throws_ok(
  $$
    update auth.sessions set aal = 'aal2', factor_id = user_id where id <> user_id
  $$,
  'PT403', null, 'another session cannot use the confirmation'
);

update private.password_confirmations set confirmed_at = now() - interval '16 minutes';
select is(
  tests.error_of('select pg_temp.verify()') ->> 'state', 'PT403', 'it lasts 15 minutes'
);

delete from private.security_events;
update private.password_confirmations set confirmed_at = clock_timestamp();
select is(pg_temp.attempt(true), 'continue', 'the hook lets the first code pass');
select lives_ok('select pg_temp.verify()', 'with the password, the factor is added');
select is(pg_temp.events(), '["factor_added"]', 'which is logged');
select is(pg_temp.mails(), '["factor_added"]', 'and mailed');
select is_empty('select * from private.password_confirmations', 'a confirmation adds one factor');

select lives_ok('select pg_temp.verify()', 'later codes need no password');

select is(
  array(select pg_temp.attempt(false) from generate_series(1, 7)),
  array['continue', 'continue', 'continue', 'continue', 'continue', '429', '429'],
  '5 wrong codes are accepted'
);
select is(pg_temp.attempt(true), '429', 'then even the right code is refused');
select is(
  pg_temp.events() - 0, '["factor_failed", "factor_failed", "factor_failed", "factor_failed", "factor_failed"]',
  'wrong codes are logged'
);
select is(pg_temp.mails() -> 1, '"factor_failed"', 'a mail tells the owner');

update private.security_events set created_at = created_at - interval '16 minutes';
insert into private.security_events (user_id, type, created_at)
select talent, 'factor_failed', clock_timestamp() - interval '1 hour' from people, generate_series(1, 15);
select is(pg_temp.attempt(true), '429', '20 wrong codes in a day are the end of that day');

delete from auth.mfa_factors;
select is(pg_temp.mails() -> 2, '"factor_removed"', 'a removed factor is mailed');

select is(private.session_is_confirmed(talent), false, 'the old sign-in counts no more') from people;
update auth.mfa_amr_claims set created_at = clock_timestamp();
select is(private.session_is_confirmed(talent), true, 'a recent one does') from people;
update auth.mfa_amr_claims set authentication_method = 'totp';
select is(private.session_is_confirmed(talent), false, 'a code alone does not') from people;

select * from finish();
rollback;
