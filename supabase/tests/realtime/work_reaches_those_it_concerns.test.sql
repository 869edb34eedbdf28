begin;
select plan(19);

create temporary table s as select * from tests.stage();
grant select on s to authenticated;
create temporary view heard as
select p.who, e.event, e.payload
from s, lateral (
  values ('creator', creator), ('talent', talent), ('colleague', colleague), ('stranger', stranger)
) as p (who, id), tests.events(p.id) as e
where e.event <> 'notification:new';
grant select on heard to authenticated;
create function pg_temp.heard()
  returns text
  language sql
as $$
  select string_agg(who || ' ' || event, ', ' order by who, event) from heard
$$;
grant execute on function pg_temp.heard() to authenticated;

-- What the stage did
select is(pg_temp.heard(), 'talent task:assigned', 'the first assignee has heard');
select is(
  payload #>> '{task,name}', 'Cut', 'of the task'
) from heard;
select is(
  payload -> 'assignedBy', jsonb_build_object('id', creator, 'name', 'Iris', 'avatarUrl', null),
  'and who gave it'
) from heard, s;

-- Status
select tests.forget_events();
select tests.act_as((select talent from s));
select api.update_task(project, task, '{"status": "in-progress"}') from s;
select is(
  pg_temp.heard(), 'colleague task:status_changed, creator task:status_changed',
  'creator and team hear of a new status'
);
select is(
  payload,
  jsonb_build_object(
    'taskId', task, 'projectId', project, 'status', 'in-progress',
    'updatedBy', jsonb_build_object('id', talent, 'name', 'Ada', 'avatarUrl', null)
  ),
  'and who changed it'
) from heard, s where who = 'creator';
select tests.forget_events();
select api.update_task(project, task, '{"status": "in-progress"}') from s;
select is(pg_temp.heard(), null, 'the same again is no news');

-- Reassigned
select tests.act_as((select creator from s));
select api.update_task(project, task, jsonb_build_object('assigneeId', colleague)) from s;
select is(pg_temp.heard(), 'colleague task:assigned', 'the new assignee hears');
select api.update_task(project, task, jsonb_build_object('assigneeId', talent)) from s;

-- Submitted
select tests.forget_events();
select tests.act_as((select talent from s));
create temporary table d as
select api.create_deliverable(
  project, task, 'Logo', null, tests.upload_for(project, task)
) as document from s;
grant select on d to authenticated;
select is(pg_temp.heard(), 'creator deliverable:submitted', 'the creator hears of a submission');
select is(
  payload -> 'deliverable', d.document - 'versions', 'which is whole, files and all'
) from heard, d;
select is(
  payload #>> '{deliverable,files,0,fileUrl}', null, 'without an address to get them'
) from heard;

-- Sent back, handed in again, approved
select tests.forget_events();
select tests.act_as((select creator from s));
select api.decide_deliverable((document ->> 'id')::uuid, 'request_revision', 'Warmer') from d;
select is(pg_temp.heard(), 'talent deliverable:revision_requested', 'the submitter hears');
select is(
  payload,
  jsonb_build_object(
    'deliverableId', d.document -> 'id', 'projectId', project, 'taskId', task, 'feedback', 'Warmer',
    'requestedBy', jsonb_build_object('id', creator, 'name', 'Iris', 'avatarUrl', null)
  ),
  'what is asked for, and by whom'
) from heard, d, s;

select tests.forget_events();
select tests.act_as((select talent from s));
select api.resubmit_deliverable((document ->> 'id')::uuid, null, null, tests.upload_for(project, task))
from d, s;
select is(pg_temp.heard(), 'creator deliverable:submitted', 'a resubmission is a submission');
select is(payload #>> '{deliverable,version}', '2', 'of the next version') from heard;

-- Who left the team hears of their own submission and of nothing else.
select tests.act_as((select creator from s));
select api.remove_team_member(project, talent) from s;
select tests.forget_events();
select api.decide_deliverable((document ->> 'id')::uuid, 'approve') from d;
select is(pg_temp.heard(), 'talent deliverable:approved', 'approved, the submitter hears');
select is(
  payload - 'approvedBy',
  jsonb_build_object('deliverableId', d.document -> 'id', 'projectId', project, 'taskId', task),
  'of what'
) from heard, d, s;
select tests.forget_events();
select api.update_task(project, task, '{"status": "completed"}') from s;
select is(pg_temp.heard(), 'colleague task:status_changed', 'but no more of the project');

select ok(
  not exists (select from realtime.messages where payload::text ~ '@example\.com'),
  'no address anywhere'
) from tests.act_as_postgres();
select is(
  (select count(*) from realtime.messages where not private or topic not like 'user:%'), 0::bigint,
  'and nothing that is not private'
);

select * from finish();
rollback;
