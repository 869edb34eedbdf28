begin;
select plan(8);

create temporary table people as
  select tests.sign_up('Ada', 'talent') as talent, tests.sign_up('Olu', 'talent') as other;
grant select on people to authenticated;
update auth.users
set encrypted_password = extensions.crypt('Old-secret-1', extensions.gen_salt('bf', 4))
where id = (select talent from people);
delete from private.security_events;
insert into auth.sessions (id, user_id, user_agent, ip)
select gen_random_uuid(), talent, agent, '203.0.113.7'
from people, unnest(array['Phone', 'Laptop', 'Phone']) as agent;
select private.password_attempt(jsonb_build_object('user_id', talent, 'valid', false)) from people;

create function pg_temp.log() returns jsonb language sql as $$
  select jsonb_path_query_array(api.list_security_events(), '$.events[*].type')
$$;
grant execute on function pg_temp.log() to authenticated;

-- Acting as the talent
select tests.act_as((select talent from people));
select is(
  pg_temp.log(), '["sign_in_failed", "signed_in", "signed_in", "signed_in"]', 'the newest event is first'
);
select is(
  jsonb_path_query_array(api.list_security_events(), '$.events[*].newDevice'),
  '[false, false, true, true]', 'the first sign-in with a device is marked'
);
select is(
  (api.list_security_events() #> '{events,3}') - '{id,createdAt}'::text[],
  '{"type": "signed_in", "newDevice": true, "userAgent": "Phone", "ipAddress": "203.0.113.7"}',
  'an event has device and address'
);
select is(api.change_password('Old-secret-1', 'New-secret-2'), null, 'the password changes');
select is(pg_temp.log() ->> 0, 'password_changed', 'changes are logged');
select is(
  api.list_security_events(
    api.list_security_events(null, '2') #>> '{events,1,id}', '2'
  ) #>> '{events,0,id}',
  api.list_security_events() #>> '{events,2,id}', 'pages follow each other'
);
select is(
  tests.error_of($$ select api.list_security_events('x', '0') $$) -> 'fields', '["before", "limit"]',
  'input is checked'
);

-- Acting as another user
select tests.act_as((select other from people));
select is(pg_temp.log(), '[]', 'other users do not see it');

select * from finish();
rollback;
