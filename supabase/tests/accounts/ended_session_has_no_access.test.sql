begin;
select plan(7);

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

-- Banned by an operator, with Auth's admin API
select tests.act_as_postgres();
create temporary table banned as select tests.sign_up('Bo', 'creator') as id;
grant select on banned to authenticated;
select tests.act_as((select id from banned));
select is(api.get_me() ->> 'name', 'Bo', 'a user has access');
select tests.act_as_postgres();
update auth.users set banned_until = now() - interval '1 day' where id = (select id from banned);
select tests.act_as((select id from banned));
select is(api.get_me() ->> 'name', 'Bo', 'also after a ban that is over');
select tests.act_as_postgres();
update auth.users set banned_until = now() + interval '1 day' where id = (select id from banned);
select tests.act_as((select id from banned));
select is(
  tests.error_of('select api.get_me()') ->> 'code', 'SESSION_REVOKED', 'a ban ends the sessions'
);
select is_empty('select id from public.profiles', 'tables show nothing to a banned user');

select tests.act_as_anon();
-- anon has no grant on operations; PostgREST responds with 401 to that as well.
select is(
  tests.error_of('select api.get_me()') ->> 'state', '42501', 'operations refuse callers without a token'
);

select * from finish();
rollback;
