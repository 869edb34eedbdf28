begin;
select plan(3);

create temporary table people as select tests.sign_up('Ada', 'talent') as talent;
grant select on people to authenticated;

delete from auth.sessions where user_id = (select talent from people);

-- Acting as the talent with the token of the ended session
select tests.act_as((select talent from people));

select is(
  tests.error_of('select api.get_me()'),
  '{"state": "PT401", "code": "SESSION_REVOKED", "fields": null}', 'operations say so'
);
select is_empty('select id from public.profiles', 'tables are empty');

select tests.act_as_anon();
-- Operations are not granted to anon at all; PostgREST answers 401 to that, too.
select is(
  tests.error_of('select api.get_me()') ->> 'state', '42501', 'without a token they are closed'
);

select * from finish();
rollback;
