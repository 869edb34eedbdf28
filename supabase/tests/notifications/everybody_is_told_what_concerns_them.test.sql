begin;
select plan(20);

create temporary table s as select * from tests.stage();
grant select on s to authenticated;
create temporary view told as
select p.who, n.*
from s, lateral (
  values
    ('creator', creator), ('talent', talent), ('colleague', colleague), ('stranger', stranger),
    ('other', other_creator)
) as p (who, person)
join public.notifications as n on n.user_id = p.person;
create function pg_temp.told()
  returns text
  language sql
  security definer
as $$
  select string_agg(who || ' ' || type, ', ' order by who, type) from told
$$;
create function pg_temp.forget()
  returns void
  language sql
  security definer
as $$
  delete from public.notifications where user_id in (
    select unnest(array[creator, talent, colleague, stranger, other_creator]) from s
  )
$$;
grant execute on function pg_temp.told(), pg_temp.forget() to authenticated;

-- What the stage did
select is(
  pg_temp.told(), 'colleague team_added, talent task_assigned, talent team_added',
  'members hear of team and task, the creator does not hear of their own acts'
);
select results_eq(
  $$select title, message, entity_type, entity_id, metadata from told where type = 'task_assigned'$$,
  $$
    select 'New Task Assigned', 'You''ve been assigned to ''Cut'' in Film project', 'task', task,
      jsonb_build_object('projectId', project, 'taskId', task)
    from s
  $$,
  'worded and linked'
);

-- Status of the project
select pg_temp.forget();
select tests.act_as((select creator from s));
select api.update_project(project, '{"status": "in-progress"}') from s;
select is(
  pg_temp.told(), 'colleague project_status_changed, talent project_status_changed', 'the team hears'
);
select tests.act_as_postgres();
select is(message, 'Film is now in progress', 'in words') from told where who = 'talent';

-- Reassigned and given back
select pg_temp.forget();
select tests.act_as((select creator from s));
select api.update_task(project, task, jsonb_build_object('assigneeId', colleague)) from s;
select api.update_task(project, task, jsonb_build_object('assigneeId', talent, 'name', 'Cut 2')) from s;
select is(pg_temp.told(), 'colleague task_assigned, talent task_assigned', 'both hear, once each');

-- Submitted, with people mentioned
select pg_temp.forget();
select tests.act_as((select talent from s));
create temporary table d as
select (api.create_deliverable(
  project, task, 'Logo',
  format('For @[Iris](%s) and @[Bo](%s), by @[Ada](%s)', creator, colleague, talent),
  tests.upload_for(project, task)
) ->> 'id')::uuid as id from s;
grant select on d to authenticated;
select is(
  pg_temp.told(), 'colleague mentioned, creator deliverable_submitted, creator mentioned',
  'the creator of the work, the mentioned of the mention, nobody of their own'
);
select tests.act_as_postgres();
select is(
  message, 'Ada submitted ''Logo'' for ''Cut 2'' in Film project', 'in words'
) from told where type = 'deliverable_submitted';
select results_eq(
  $$select who, entity_type, entity_id from told where type = 'mentioned' order by who$$,
  $$select 'colleague', 'task', task from s union all select 'creator', 'deliverable', id from d$$,
  'each led to what they may open'
);

-- Sent back and handed in again
select pg_temp.forget();
select tests.act_as((select creator from s));
select api.decide_deliverable(id, 'request_revision', 'Warmer') from d;
select is(pg_temp.told(), 'talent revision_requested', 'the submitter hears');
select tests.act_as((select talent from s));
select api.resubmit_deliverable(
  id, null, format('Again @[Iris](%s)', creator), tests.upload_for(project, task)
) from d, s;
select is(
  pg_temp.told(), 'creator deliverable_submitted, talent revision_requested',
  'who was mentioned before is not again'
);

-- Approved, after leaving the team
select pg_temp.forget();
select api.remove_team_member(project, talent) from s;
select is(pg_temp.told(), 'creator task_unassigned', 'the creator hears of open tasks left behind');
select tests.act_as_postgres();
select is(
  message, 'Ada left the team of Film: one open task needs somebody else', 'in words'
) from told;
select pg_temp.forget();
select tests.act_as((select creator from s));
select api.decide_deliverable(id, 'approve') from d;
select is(pg_temp.told(), 'talent deliverable_approved', 'the submitter hears of approval');
select pg_temp.forget();
select api.add_team_member(project, stranger, 'Sound') from s;
select api.create_task(project, 'Mix', null, stranger, (current_date + 9)::text) from s;
select pg_temp.forget();
select api.remove_team_member(project, stranger) from s;
select is(pg_temp.told(), null, 'a creator who removes somebody knows');

-- In the app or not
select tests.act_as((select colleague from s));
select api.update_notification_preferences('{"task_assigned": {"inApp": false}}');
select tests.act_as((select creator from s));
select api.create_task(project, 'Grade', null, colleague, (current_date + 9)::text) from s;
select is(pg_temp.told(), null, 'who does not want to hear does not');

-- By an operator, without anybody acting
select tests.act_as_postgres();
update public.projects set status = 'completed' where id = (select project from s);
select is(
  pg_temp.told(), 'colleague project_status_changed', 'the creator counts as who did it'
);

-- The list
select pg_temp.forget();
select tests.act_as((select creator from s));
select api.update_project(project, '{"status": "planning"}') from s;
select api.create_task(project, 'Mix', null, colleague, (current_date + 9)::text) from s;
select tests.act_as((select colleague from s));
select is(
  (api.list_notifications() #> '{notifications,0}') - '{id,createdAt}'::text[],
  jsonb_build_object(
    'type', 'project_status_changed', 'title', 'Project Status Changed',
    'message', 'Film is now being planned', 'entityType', 'project', 'entityId', project,
    'metadata', jsonb_build_object('projectId', project), 'isRead', false, 'readAt', null
  ),
  'in the documented shape'
) from s;
select ok(
  not exists (select from realtime.messages where payload::text ~ '@example\.com'), 'without addresses'
) from tests.act_as_postgres();
select is(
  (select count(*) from tests.events((select colleague from s)) where event = 'notification:new'),
  (
    select count(*) from realtime.messages
    where topic = 'user:' || (select colleague from s) and event = 'notification:new'
  ),
  'each is an event as well'
);
select is(
  (
    select payload -> 'notification' from s, tests.events(colleague)
    where payload #>> '{notification,message}' = 'Film is now being planned'
  ),
  (
    select document from private.notification_documents
    where document ->> 'message' = 'Film is now being planned'
  ),
  'the same in both places'
);

select * from finish();
rollback;
