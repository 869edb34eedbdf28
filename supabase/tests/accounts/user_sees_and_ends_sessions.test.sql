begin;
select plan(8);

create temporary table people as
  select tests.sign_up('Ada', 'talent') as talent, tests.sign_up('Olu', 'talent') as other;
create temporary table device as select gen_random_uuid() as id;
grant select on people, device to authenticated;
insert into auth.sessions (id, user_id, created_at, refreshed_at, user_agent, ip)
select
  id, talent, '2026-01-01 10:00+00', '2026-01-02 11:00', 'Phone', '203.0.113.7'
from people, device;

select ok(
  (select created_at <= now() - interval '24 hours' from auth.sessions where id = talent),
  'Auth demands a code for a direct password change in every session'
)
from people;

-- Acting as the talent
select tests.act_as((select talent from people));
select is(
  api.list_sessions() #> '{sessions,1}',
  (
    select jsonb_build_object(
      'id', id, 'createdAt', '2026-01-01T10:00:00.000Z', 'lastUsedAt', '2026-01-02T11:00:00.000Z',
      'userAgent', 'Phone', 'ipAddress', '203.0.113.7', 'current', false
    )
    from device
  ),
  'a session is listed with its real times'
);
select is(
  jsonb_path_query_array(api.list_sessions(), '$.sessions[*].current'), '[true, false]',
  'the newest session is first, and the current one is marked'
);
select is(
  tests.error_of(format('select api.revoke_session(%L)', (select other from people))) ->> 'code',
  'NOT_FOUND', 'a session of another user is not found'
);
select is(
  tests.error_of($$ select api.revoke_session('one') $$) -> 'fields', '["sessionId"]',
  'the id must be a UUID'
);
select lives_ok(
  format('select api.revoke_session(%L)', (select id from device)), 'a session can be ended'
);
select is(
  jsonb_array_length(api.list_sessions() -> 'sessions'), 1, 'an ended session is no longer listed'
);

select tests.act_as_postgres();
select isnt_empty(
  'select from auth.sessions where id = (select other from people)', 'sessions of others stay'
);

select * from finish();
rollback;
