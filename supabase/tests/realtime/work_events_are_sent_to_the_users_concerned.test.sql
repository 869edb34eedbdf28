begin;
select plan(19);

create temporary table s as select * from tests.stage();
grant select on s to authenticated;
create temporary view received as
select p.who, e.event, e.payload
from s, lateral (
  values ('creator', creator), ('talent', talent), ('colleague', colleague), ('stranger', stranger)
) as p (who, id), tests.events(p.id) as e
where e.event <> 'notification:new';
grant select on received to authenticated;
create function pg_temp.received()
  returns text
  language sql
as $$
  select string_agg(who || ' ' || event, ', ' order by who, event) from received
$$;
grant execute on function pg_temp.received() to authenticated;

-- Setting up the project
select is(pg_temp.received(), 'talent task:assigned', 'the assignee of a new task gets an event');
select is(
  payload #>> '{task,name}', 'Cut', 'the event holds the task'
) from received;
select is(
  payload -> 'assignedBy', jsonb_build_object('id', creator, 'name', 'Iris', 'avatarUrl', null),
  'the event names who assigned it'
) from received, s;

-- Status
select tests.forget_events();
select tests.act_as((select talent from s));
select api.update_task(project::text, task::text, '{"status": "in-progress"}') from s;
select is(
  pg_temp.received(), 'colleague task:status_changed, creator task:status_changed',
  'the creator and the team get an event for a new status'
);
select is(
  payload,
  jsonb_build_object(
    'taskId', task, 'projectId', project, 'status', 'in-progress',
    'updatedBy', jsonb_build_object('id', talent, 'name', 'Ada', 'avatarUrl', null)
  ),
  'the event names who changed it'
) from received, s where who = 'creator';
select tests.forget_events();
select api.update_task(project::text, task::text, '{"status": "in-progress"}') from s;
select is(pg_temp.received(), null, 'setting the same status again sends no event');

-- Reassigned
select tests.act_as((select creator from s));
select api.update_task(project::text, task::text, jsonb_build_object('assigneeId', colleague)) from s;
select is(pg_temp.received(), 'colleague task:assigned', 'a new assignee gets an event');
select api.update_task(project::text, task::text, jsonb_build_object('assigneeId', talent)) from s;

-- Submitted
select tests.forget_events();
select tests.act_as((select talent from s));
create temporary table d as
select api.submit_deliverable(
  project::text, task::text, 'Logo', null, tests.upload_for(project, task)
) as document from s;
grant select on d to authenticated;
select is(
  pg_temp.received(), 'creator deliverable:submitted', 'the creator gets an event for a submission'
);
select is(
  payload -> 'deliverable', d.document - 'versions',
  'the event holds the deliverable with its files'
) from received, d;
select is(
  payload #>> '{deliverable,files,0,fileUrl}', null, 'the files in the event have no fileUrl'
) from received;

-- Revision requested, resubmitted, approved
select tests.forget_events();
select tests.act_as((select creator from s));
select api.request_revision(document ->> 'id', 'Warmer') from d;
select is(
  pg_temp.received(), 'talent deliverable:revision_requested',
  'the submitter gets an event for a revision request'
);
select is(
  payload,
  jsonb_build_object(
    'deliverableId', d.document -> 'id', 'projectId', project, 'taskId', task, 'feedback', 'Warmer',
    'requestedBy', jsonb_build_object('id', creator, 'name', 'Iris', 'avatarUrl', null)
  ),
  'the event names the feedback and who requested it'
) from received, d, s;

select tests.forget_events();
select tests.act_as((select talent from s));
select api.resubmit_deliverable(document ->> 'id', null, null, tests.upload_for(project, task))
from d, s;
select is(
  pg_temp.received(), 'creator deliverable:submitted',
  'a resubmission sends the event of a submission'
);
select is(
  payload #>> '{deliverable,version}', '2', 'the event holds the next version'
) from received;

-- A removed member gets events of their own submission only.
select tests.act_as((select creator from s));
select api.remove_team_member(project::text, talent::text) from s;
select tests.forget_events();
select api.approve_deliverable(document ->> 'id') from d;
select is(
  pg_temp.received(), 'talent deliverable:approved',
  'a removed submitter gets an event for the approval'
);
select is(
  payload - 'approvedBy',
  jsonb_build_object('deliverableId', d.document -> 'id', 'projectId', project, 'taskId', task),
  'the event names deliverable, project and task'
) from received, d, s;
select tests.forget_events();
select api.update_task(project::text, task::text, '{"status": "completed"}') from s;
select is(
  pg_temp.received(), 'colleague task:status_changed',
  'a removed member gets no other event of the project'
);

select ok(
  not exists (select from realtime.messages where payload::text ~ '@example\.com'),
  'no payload contains an email address'
) from tests.act_as_postgres();
select is(
  (select count(*) from realtime.messages where not private or topic not like 'user:%'), 0::bigint,
  'every event is sent on a private user channel'
);

select * from finish();
rollback;
