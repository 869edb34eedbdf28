begin;
select plan(8);

create temporary table s as select * from tests.stage();
grant select on s to authenticated;

-- Acting as the creator
select tests.act_as((select creator from s));
select api.update_project(project::text, '{"status": "completed"}') from s;
select api.create_review(talent::text, project::text, '5', 'Great') from s;
select is(
  (select jsonb_agg(action order by id) from public.audit_events),
  '["project.created", "team.member_added", "team.member_added", "task.assigned",
    "project.status_changed", "review.created"]',
  'Every decision and change of access is in the trail, in its order'
);
select is(
  api.list_audit_events(project::text, null, '1') #- '{events,0,id}' #- '{events,0,createdAt}'
    #- '{events,0,entityId}',
  jsonb_build_object(
    'events', jsonb_build_array(jsonb_build_object(
      'action', 'review.created',
      'actor', jsonb_build_object('id', creator, 'name', 'Iris', 'avatarUrl', null),
      'subject', jsonb_build_object('id', talent, 'name', 'Ada', 'avatarUrl', null),
      'projectId', project, 'entityType', 'review', 'details', '{"rating": 5}'::jsonb
    )),
    'hasMore', true
  ),
  'The list shows the newest event first'
) from s;
select is(
  (
    select jsonb_path_query_array(
      api.list_audit_events(null, (first -> 'events' -> 1 ->> 'id')), '$.events[*].action'
    )
    from api.list_audit_events(null, null, '2') as first
  ),
  '["task.assigned", "team.member_added", "team.member_added", "project.created"]',
  'The next page begins before an event'
);
select is(
  tests.error_of('select api.list_audit_events(''x'', ''y'', ''0'')') -> 'fields',
  '["before", "limit", "projectId"]',
  'The list names every bad argument'
);

-- Acting as others
select tests.act_as((select talent from s));
select is(
  (select jsonb_agg(action order by id) from public.audit_events),
  '["team.member_added", "task.assigned", "review.created"]',
  'A talent sees the events about them'
);
select tests.act_as((select stranger from s));
select is((select count(*) from public.audit_events), 0::bigint, 'A stranger sees none');

-- Not even the database's own role can change the trail
select tests.act_as_postgres();
select is(
  tests.error_of('update public.audit_events set action = ''task.deleted''') ->> 'code', 'FORBIDDEN',
  'Events are not changed'
);
select is(
  tests.error_of('delete from public.audit_events') ->> 'code', 'FORBIDDEN', 'Events are not deleted'
);

select * from finish();
rollback;
