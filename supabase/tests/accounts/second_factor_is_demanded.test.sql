begin;
select plan(19);

create temporary table people as
select
  tests.sign_up('Ada', 'talent') as talent, tests.sign_up('Cleo', 'creator') as creator,
  tests.sign_up('Olu', 'talent') as other;
grant select on people to authenticated;

-- A verified factor of the talent, and a mere enrolment of the other talent.
insert into auth.mfa_factors (id, user_id, factor_type, status, created_at, updated_at)
select talent, talent, 'totp'::auth.factor_type, 'verified'::auth.factor_status, now(), now()
from people
union all
select other, other, 'totp', 'unverified', now(), now() from people;

-- Acts with the levels of the token and of the session.
create function pg_temp.act(p_user_id uuid, p_token text, p_session text)
  returns void language plpgsql as $$
begin
  perform tests.act_as_postgres();
  update auth.sessions set aal = p_session::auth.aal_level where id = p_user_id;
  perform set_config('role', 'authenticated', true);
  perform set_config('request.jwt.claims', jsonb_build_object(
    'role', 'authenticated', 'sub', p_user_id, 'session_id', p_user_id, 'aal', p_token
  )::text, true);
end;
$$;
grant execute on function pg_temp.act(uuid, text, text) to authenticated;

-- Acting as the talent before the code
select pg_temp.act((select talent from people), 'aal1', 'aal1');
select is(
  tests.error_of('select api.get_me()'), '{"state": "PT403", "code": "MFA_REQUIRED", "fields": null}',
  'operations demand the second factor'
);
select is(
  tests.error_of($$ select api.update_me('{"name": "Eve"}') $$) ->> 'code', 'MFA_REQUIRED',
  'writing operations do, too'
);
select is(
  tests.error_of($$ select api.change_password('a', 'b') $$) ->> 'code', 'MFA_REQUIRED',
  'the password cannot be changed'
);
select is(
  tests.error_of($$ select api.confirm_password('a') $$) ->> 'code', 'MFA_REQUIRED',
  'the password cannot be confirmed'
);
select is(
  tests.error_of($$ select api.delete_me('a') $$) ->> 'code', 'MFA_REQUIRED',
  'the account cannot be deleted'
);
select is_empty('select id from public.profiles', 'tables show nothing');
select is_empty(
  $$ update public.profiles set name = 'Eve' where id = auth.uid() returning id $$,
  'tables can''t be changed'
);
select is(
  api.get_account() - 'email',
  jsonb_build_object(
    'id', auth.uid(), 'name', 'Ada', 'userType', 'talent', 'mfaRequired', true
  ),
  'the account shows that a code is needed'
);

-- Acting as the talent with a token from before the verification
select pg_temp.act((select talent from people), 'aal1', 'aal2');
select is(
  tests.error_of('select api.get_me()') ->> 'code', 'MFA_REQUIRED',
  'an old token stays weak after its session was verified'
);
select is_empty('select id from public.profiles', 'it reads no table');

-- Acting as the talent with a session whose factor was removed
select pg_temp.act((select talent from people), 'aal2', 'aal1');
select is(
  tests.error_of('select api.get_me()') ->> 'code', 'MFA_REQUIRED',
  'a strong token is weak when its session is'
);

-- Acting as the talent after the code
select pg_temp.act((select talent from people), 'aal2', 'aal2');
select is(api.get_me() ->> 'name', 'Ada', 'a verified session can call operations');
select isnt_empty('select id from public.profiles', 'and reads tables');
select is(api.get_account() ->> 'mfaRequired', 'false', 'no code is needed any more');

-- Acting as users without a verified factor
select pg_temp.act((select creator from people), 'aal1', 'aal1');
select is(api.get_me() ->> 'name', 'Cleo', 'users without a factor need no code');
select is(api.get_account() ->> 'mfaRequired', 'false', 'and their account says so');
select pg_temp.act((select other from people), 'aal1', 'aal1');
select is(api.get_me() ->> 'name', 'Olu', 'an enrolment alone demands nothing');

-- Acting as the talent in an ended session
select tests.act_as_postgres();
delete from auth.sessions where user_id = (select talent from people);
select tests.act_as((select talent from people));
select is(
  tests.error_of('select api.get_me()') ->> 'code', 'SESSION_REVOKED',
  'an ended session is reported as ended'
);
select is(
  tests.error_of('select api.get_account()') ->> 'code', 'SESSION_REVOKED',
  'also for what works before the second factor'
);

select * from finish();
rollback;
