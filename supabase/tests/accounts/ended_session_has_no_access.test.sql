begin;
select plan(3);

create temporary table people as select tests.sign_up('Ada', 'talent') as talent;
grant select on people to authenticated;

delete from auth.sessions where user_id = (select talent from people);

-- Acting as the talent with the token of the ended session
select tests.act_as((select talent from people));

select is(
  tests.error_of('select api.get_me()'),
  '{"state": "PT401", "code": "SESSION_REVOKED", "fields": null}', 'operations refuse a token whose session has ended'
);
select is_empty('select id from public.profiles', 'tables show nothing to a token whose session has ended');

select tests.act_as_anon();
-- anon has no grant on operations; PostgREST responds with 401 to that as well.
select is(
  tests.error_of('select api.get_me()') ->> 'state', '42501', 'operations refuse callers without a token'
);

select * from finish();
rollback;
