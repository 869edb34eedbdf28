begin;
select plan(20);

create temporary table s as select * from tests.stage();
grant select on s to authenticated;
create temporary view notified as
select p.who, n.*
from s, lateral (
  values
    ('creator', creator), ('talent', talent), ('colleague', colleague), ('stranger', stranger),
    ('other', other_creator)
) as p (who, person)
join public.notifications as n on n.user_id = p.person;
create function pg_temp.notified()
  returns text
  language sql
  security definer
as $$
  select string_agg(who || ' ' || type, ', ' order by who, type) from notified
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
grant execute on function pg_temp.notified(), pg_temp.forget() to authenticated;

-- Setting up the project
select is(
  pg_temp.notified(), 'colleague team_added, talent task_assigned, talent team_added',
  'talents are notified of team and task, the creator is not notified of their own actions'
);
select results_eq(
  $$select title, message, entity_type, entity_id, metadata from notified where type = 'task_assigned'$$,
  $$
    select 'New Task Assigned', 'You''ve been assigned to ''Cut'' in Film project', 'task', task,
      jsonb_build_object('projectId', project, 'taskId', task)
    from s
  $$,
  'a task notification has the documented words and links to the task'
);

-- Status of the project
select pg_temp.forget();
select tests.act_as((select creator from s));
select api.update_project(project::text, '{"status": "in-progress"}') from s;
select is(
  pg_temp.notified(), 'colleague project_status_changed, talent project_status_changed',
  'the team is notified of a new project status'
);
select tests.act_as_postgres();
select is(
  message, 'Film is now in progress', 'the message names the new status'
) from notified where who = 'talent';

-- Reassigned, and reassigned back
select pg_temp.forget();
select tests.act_as((select creator from s));
select api.update_task(project::text, task::text, jsonb_build_object('assigneeId', colleague)) from s;
select api.update_task(project::text, task::text, jsonb_build_object('assigneeId', talent, 'name', 'Cut 2')) from s;
select is(
  pg_temp.notified(), 'colleague task_assigned, talent task_assigned',
  'each new assignee is notified once'
);

-- Submitted, with mentions
select pg_temp.forget();
select tests.act_as((select talent from s));
create temporary table d as
select (api.submit_deliverable(
  project::text, task::text, 'Logo',
  format('For @[Iris](%s) and @[Bo](%s), by @[Ada](%s)', creator, colleague, talent),
  tests.upload_for(project, task)
) ->> 'id')::uuid as id from s;
grant select on d to authenticated;
select is(
  pg_temp.notified(), 'colleague mentioned, creator deliverable_submitted, creator mentioned',
  'the creator is notified of a submission, mentioned users of the mention, the submitter of nothing'
);
select tests.act_as_postgres();
select is(
  message, 'Ada submitted ''Logo'' for ''Cut 2'' in Film project',
  'the message names submitter, deliverable, task and project'
) from notified where type = 'deliverable_submitted';
select results_eq(
  $$select who, entity_type, entity_id from notified where type = 'mentioned' order by who$$,
  $$select 'colleague', 'task', task from s union all select 'creator', 'deliverable', id from d$$,
  'a mention links to what the user can open'
);

-- Revision requested and resubmitted
select pg_temp.forget();
select tests.act_as((select creator from s));
select api.request_revision(id::text, 'Warmer') from d;
select is(
  pg_temp.notified(), 'talent revision_requested', 'the submitter is notified of a revision request'
);
select tests.act_as((select talent from s));
select api.resubmit_deliverable(
  id::text, null, format('Again @[Iris](%s)', creator), tests.upload_for(project, task)
) from d, s;
select is(
  pg_temp.notified(), 'creator deliverable_submitted, talent revision_requested',
  'a user mentioned before is not notified again'
);

-- Approved, after leaving the team
select pg_temp.forget();
select api.remove_team_member(project::text, talent::text) from s;
select is(
  pg_temp.notified(), 'creator task_unassigned',
  'the creator is notified of tasks without an assignee'
);
select tests.act_as_postgres();
select is(
  message, 'Ada left the team of Film: 1 open task needs a new assignee',
  'the message names the talent, the project and the number of tasks'
) from notified;
select pg_temp.forget();
select tests.act_as((select creator from s));
select api.approve_deliverable(id::text) from d;
select is(
  pg_temp.notified(), 'talent deliverable_approved',
  'the submitter is notified of an approval after leaving the team'
);
select pg_temp.forget();
select api.add_team_member(project::text, stranger::text, 'Sound') from s;
select api.create_task(project::text, 'Mix', null, stranger::text, (current_date + 9)::text) from s;
select pg_temp.forget();
select api.remove_team_member(project::text, stranger::text) from s;
select is(pg_temp.notified(), null, 'a creator who removes a member is not notified');

-- In the app or not
select tests.act_as((select colleague from s));
select api.update_notification_preferences('{"task_assigned": {"inApp": false}}');
select tests.act_as((select creator from s));
select api.create_task(project::text, 'Grade', null, colleague::text, (current_date + 9)::text) from s;
select is(pg_temp.notified(), null, 'a user who turned a type off is not notified in the app');

-- A change by an operator, without a signed-in user
select tests.act_as_postgres();
update public.projects set status = 'completed' where id = (select project from s);
select is(
  pg_temp.notified(), 'colleague project_status_changed',
  'a change without a signed-in user counts as the creator''s'
);

-- The list
select pg_temp.forget();
select tests.act_as((select creator from s));
select api.update_project(project::text, '{"status": "planning"}') from s;
select api.create_task(project::text, 'Mix', null, colleague::text, (current_date + 9)::text) from s;
select tests.act_as((select colleague from s));
select is(
  (api.list_notifications() #> '{notifications,0}') - '{id,createdAt}'::text[],
  jsonb_build_object(
    'type', 'project_status_changed', 'title', 'Project Status Changed',
    'message', 'Film is now being planned', 'entityType', 'project', 'entityId', project,
    'metadata', jsonb_build_object('projectId', project), 'isRead', false, 'readAt', null
  ),
  'the list has the documented shape'
) from s;
select ok(
  not exists (select from realtime.messages where payload::text ~ '@example\.com'),
  'no event contains an email address'
) from tests.act_as_postgres();
select is(
  (select count(*) from tests.events((select colleague from s)) where event = 'notification:new'),
  (
    select count(*) from realtime.messages
    where topic = 'user:' || (select colleague from s) and event = 'notification:new'
  ),
  'every notification is sent as an event'
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
  'the event holds the same notification as the list'
);

select * from finish();
rollback;
