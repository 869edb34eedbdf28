begin;
select plan(26);

create temporary table people as
  select tests.sign_up('Ada', 'talent') as talent, tests.sign_up('Olu', 'talent') as other;
grant select on people to authenticated;
update auth.users
set
  email = case when id = talent then 'old@example.com' else 'taken@example.com' end,
  encrypted_password = extensions.crypt('Old-secret-1', extensions.gen_salt('bf', 4))
from people
where id in (talent, other);
insert into auth.sessions (id, user_id, created_at, user_agent)
select gen_random_uuid(), talent, now() - interval '1 day', 'Another device' from people;
delete from private.outbox;

create function pg_temp.mailed_token() returns text language sql security definer as $$
  select substring(payload ->> 'link' from 'token=(.*)')
  from private.claim_mail(10)
  where kind = 'confirm_new_email'
$$;
create function pg_temp.sessions() returns bigint language sql security definer as $$
  select count(*) from auth.sessions where user_id = (select talent from people)
$$;
create function pg_temp.email() returns text language sql security definer as $$
  select email from auth.users where id = (select talent from people)
$$;
create function pg_temp.mails() returns setof text language sql security definer as $$
  select kind || ' to ' || recipient from private.outbox order by 1
$$;
grant execute on function
  pg_temp.mailed_token(), pg_temp.sessions(), pg_temp.email(), pg_temp.mails()
to authenticated;
select vault.create_secret('http://api.example', 'project_url')
where not exists (select from vault.secrets where name = 'project_url');

-- Acting as the talent
select tests.act_as((select talent from people));
select is(
  api.change_password('Wrong-secret-1', 'New-secret-2') ->> 'hint', 'WRONG_PASSWORD',
  'a password change needs the current password'
);
select is(
  api.change_email('Wrong-secret-1', 'new@example.com') ->> 'hint', 'WRONG_PASSWORD',
  'a change of the address needs the password'
);
select is(
  tests.error_of($$ select api.change_password('Old-secret-1', 'weak') $$) ->> 'code',
  'WEAK_PASSWORD', 'a weak password is refused'
);
select is(
  tests.error_of($$ select api.change_password('Old-secret-1', 'Old-secret-1') $$) -> 'fields',
  '["newPassword"]', 'the same password is refused'
);
select is(
  tests.error_of('select api.change_password()') -> 'fields', '["currentPassword", "newPassword"]',
  'both passwords are required'
);
select is(
  tests.error_of($$ select api.change_email('', 'no address') $$) -> 'fields',
  '["newEmail", "password"]', 'password and address are checked'
);
select is(
  tests.error_of($$ select api.change_email('Old-secret-1', 'Taken@example.com') $$) ->> 'code',
  'EMAIL_EXISTS', 'an address of another account is refused'
);
select is(
  tests.error_of($$ select api.change_email('Old-secret-1', 'OLD@example.com') $$) -> 'fields',
  '["newEmail"]', 'the current address is refused'
);

-- A change of the address
select is(
  api.change_email('Old-secret-1', 'New@Example.com'), null, 'the password allows a change'
);
select results_eq(
  'select pg_temp.mails()', $$ values ('confirm_new_email to new@example.com') $$,
  'the new address gets a link'
);
select is(pg_temp.email(), 'old@example.com', 'nothing changes before the link is opened');
select is(pg_temp.sessions(), 2::bigint, 'no session ends before the link is opened');
select set_config('tests.token', pg_temp.mailed_token(), true) is not null;
select is(api.verify_email(current_setting('tests.token')), '{"verified": true}', 'the link works');
select is(pg_temp.email(), 'new@example.com', 'the address changes');
select is(pg_temp.sessions(), 1::bigint, 'the other session ends');
select is(api.get_me() ->> 'emailVerified', 'true', 'the new address is verified');
select results_eq(
  'select pg_temp.mails()',
  $$ values ('confirm_new_email to new@example.com'), ('email_changed to old@example.com') $$,
  'the old address is told'
);
select lives_ok(
  format('select api.verify_email(%L)', current_setting('tests.token')),
  'scanners open the link, too'
);

-- A change of the password
select tests.act_as_postgres();
insert into auth.sessions (id, user_id) select gen_random_uuid(), talent from people;
select private.issue_reset_token(talent, '1 hour') is not null from people;
select tests.act_as((select talent from people));
select is(api.change_password('Old-secret-1', 'New-secret-2'), null, 'the password changes');
select is(pg_temp.sessions(), 1::bigint, 'the other session ends with the password');
select ok(
  'password_changed to new@example.com' in (select pg_temp.mails()), 'the user gets a mail'
);
select is(
  jsonb_array_length(api.list_sessions() -> 'sessions'), 1, 'the current session stays'
);

-- Guessing with a stolen token: two wrong passwords before, three more
do $$ begin for n in 1..3 loop perform api.change_password('Guess-secret-' || n, 'New-secret-3'); end loop; end $$;
select is(
  tests.error_of($$ select api.change_password('New-secret-2', 'New-secret-3') $$) ->> 'code',
  'RATE_LIMITED', 'after 5 wrong passwords a session can change nothing, even with the right one'
);
select is(
  tests.error_of($$ select api.delete_me('New-secret-2') $$) ->> 'code',
  'RATE_LIMITED', 'the attempts of all operations count together'
);

-- Acting as the same user on another device, after strangers failed to sign in
select tests.act_as_postgres();
create temporary table device as select gen_random_uuid() as id;
insert into auth.sessions (id, user_id) select id, talent from people, device;
insert into private.login_failures (account)
select private.fingerprint('new@example.com') from generate_series(1, 5);
select set_config(
  'request.jwt.claims',
  jsonb_build_object('role', 'authenticated', 'sub', talent, 'session_id', id)::text, true
) is not null
from people, device;
set local role authenticated;
select is(
  api.delete_me('New-secret-2'), null,
  'neither guesses in another session nor failed sign-ins stop a deletion'
);
select is(pg_temp.sessions(), 0::bigint, 'all sessions end with the account');

select * from finish();
rollback;
