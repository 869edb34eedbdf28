begin;
select plan(17);

create temporary table s as select * from tests.stage();
grant select on s to authenticated;

select is(private.canonical_recurrence(rule), canonical, what)
from (
  values
    ('freq=weekly;interval=1', 'FREQ=WEEKLY', 'an interval of 1 is left out'),
    ('RRULE:COUNT=3;FREQ=DAILY;INTERVAL=2', 'FREQ=DAILY;INTERVAL=2;COUNT=3', 'the order of parts is fixed'),
    ('FREQ=MONTHLY;UNTIL=20271231T000000Z', 'FREQ=MONTHLY;UNTIL=20271231', 'the end is a date'),
    ('FREQ=YEARLY', null, 'other frequencies are refused'),
    ('FREQ=DAILY;COUNT=2;UNTIL=20271231', null, 'two ends are refused'),
    ('FREQ=DAILY;BYDAY=MO', null, 'other parts are refused'),
    ('FREQ=DAILY;UNTIL=20270230', null, 'a date that does not exist is refused'),
    ('', null, 'an empty rule is none')
) as r (rule, canonical, what);

-- Acting as the creator
select tests.act_as((select creator from s));
select is(
  tests.error_of(
    'select api.create_task(project::text, ''Report'', null, talent::text, ''2027-01-31'', ''FREQ=HOURLY'') from s'
  ) -> 'fields',
  '["recurrence"]',
  'A rule that is not supported is named'
);
create temporary table t as
select api.create_task(
  project::text, 'Report', 'Numbers', talent::text, '2027-01-31', 'freq=monthly;count=3'
) as task
from s;
grant select on t to authenticated;
select is(
  task - '{id,createdAt,updatedAt,projectId,projectName,assignee,seriesId}'::text[],
  '{"name": "Report", "description": "Numbers", "status": "planning", "dueDate": "2027-01-31",
    "recurrence": "FREQ=MONTHLY;COUNT=3", "completedAt": null}',
  'A recurring task carries its rule'
) from t;

-- The assignee completes it
select tests.act_as((select talent from s));
select is(
  tests.error_of(
    'select api.update_task(task ->> ''projectId'', task ->> ''id'', ''{"recurrence": null}'') from t'
  ) ->> 'code',
  'STATUS_ONLY',
  'An assignee cannot change the rule'
);
select api.update_task(task ->> 'projectId', task ->> 'id', '{"status": "completed"}') from t;
select is(
  (select jsonb_agg(jsonb_build_array(due_date, status, description, assignee_id = talent) order by due_date)
    from public.tasks, s where name = 'Report'),
  '[["2027-01-31", "completed", "Numbers", true], ["2027-02-28", "planning", "Numbers", true]]',
  'Completing it makes the next one, at the end of the shorter month'
);

-- Completed, reopened and completed again
select api.update_task(task ->> 'projectId', task ->> 'id', '{"status": "planning"}') from t;
select api.update_task(task ->> 'projectId', task ->> 'id', '{"status": "completed"}') from t;
select is(
  (select count(*) from public.tasks where name = 'Report'), 2::bigint,
  'Completing the same task again makes no second one'
);

select api.update_task(project_id::text, id::text, '{"status": "completed"}')
from public.tasks where name = 'Report' and due_date = '2027-02-28';
select api.update_task(project_id::text, id::text, '{"status": "completed"}')
from public.tasks where name = 'Report' and due_date = '2027-03-31';
select is(
  (select jsonb_agg(due_date order by due_date) from public.tasks where name = 'Report'),
  '["2027-01-31", "2027-02-28", "2027-03-31"]',
  'The series returns to the 31st and ends after its count'
);

-- The job, for tasks whose date has passed
select tests.act_as_postgres();
insert into public.tasks (id, project_id, name, assignee_id, due_date, recurrence)
select '00000000-0000-4000-8000-0000000000a1', project, 'Backup', colleague, current_date - 10, 'FREQ=DAILY;INTERVAL=7'
from s;
select is(private.create_due_occurrences(), 1, 'The job makes one task for a series that fell behind');
select is(
  (select jsonb_agg(due_date - current_date order by due_date) from public.tasks where name = 'Backup'),
  '[-10, 4]',
  'It skips the dates that have passed'
);
select is(private.create_due_occurrences(), 0, 'Running the job again makes nothing');

select * from finish();
rollback;
