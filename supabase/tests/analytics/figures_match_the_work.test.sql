begin;
select plan(13);

create temporary table s as select * from tests.stage();
grant select on s to authenticated, service_role;

-- Four tasks due in the range: one completed in time, one late, one open, one of the colleague's. One is due
-- outside the range.
insert into public.tasks (project_id, name, assignee_id, due_date, status)
select project, 'In time', talent, '2026-03-10'::date, 'completed' from s
union all
select project, 'Late', talent, '2026-03-11', 'completed' from s
union all
select project, 'Open', talent, '2026-03-12', 'planning' from s
union all
select project, 'Colleague''s', colleague, '2026-03-12', 'planning' from s
union all
select project, 'Outside', talent, '2026-05-01', 'planning' from s;
update public.tasks set completed_at = '2026-03-10 12:00+00' where name = 'In time';
-- Late in Berlin, where it is the next day already; in time in New York.
update public.tasks set completed_at = '2026-03-11 23:30+00' where name = 'Late';

insert into public.deliverables (id, project_id, task_id, submitted_by_id, title, submitted_at)
select '00000000-0000-4000-8000-0000000000d1', project, task, talent, 'Cut', '2026-03-05 10:00+00' from s;
update public.deliverable_versions set submitted_at = '2026-03-05 10:00+00';
update public.deliverables set status = 'revision', feedback = 'Shorter';
update public.deliverable_reviews set created_at = '2026-03-05 14:00+00';
update public.deliverables set status = 'pending', version = 2;
update public.deliverable_versions set submitted_at = '2026-03-06 14:00+00' where version = 2;

-- Acting as the talent
select tests.act_as((select talent from s));
create temporary table f as
select api.get_analytics('2026-03-01', '2026-03-31', 'Europe/Berlin', 'week') as figures;
grant select on f to authenticated;
select is(
  figures -> 'tasks',
  '{"due": 3, "completed": 2, "completedOnTime": 1, "completionRate": 0.667, "onTimeRate": 0.5}',
  'Tasks count by due date, and on time by the caller''s time zone'
) from f;
select is(
  api.get_analytics('2026-03-01', '2026-03-31', 'America/New_York') #> '{tasks,completedOnTime}', '2',
  'The same completion is in time further west'
);
select is(
  figures -> 'deliverables',
  '{"submitted": 1, "approved": 0, "approvedWithoutRevision": 0, "revisionsPerDeliverable": 1.00}',
  'Deliverables count by their first submission'
) from f;
select is(
  figures -> 'responseTime', '{"count": 1, "averageHours": 24.0, "medianHours": 24.0}',
  'A talent''s response time runs from the request to the resubmission'
) from f;
select is(
  jsonb_path_query_array(figures, '$.timeline[*].start'),
  '["2026-02-23", "2026-03-02", "2026-03-09", "2026-03-16", "2026-03-23", "2026-03-30"]',
  'The timeline has every week, also the empty ones'
) from f;
select is(
  figures #> '{timeline,2}',
  '{"start": "2026-03-09", "tasksCompleted": 2, "deliverablesSubmitted": 0, "reviews": 0, "averageRating": null}',
  'A bucket counts what happened in it'
) from f;
select is(
  figures -> 'averageRating', 'null', 'A talent sees their rating'
) from f;

-- Acting as the creator
select tests.act_as((select creator from s));
select is(
  jsonb_build_array(
    figures #> '{tasks,due}', figures #> '{responseTime,averageHours}',
    figures #> '{projects,0,tasksDue}',
    jsonb_path_query_array(figures, '$.teamMembers[*].user.name')
  ),
  '[4, 4.0, 4, ["Ada", "Bo"]]',
  'A creator sees all work of their projects, by project and by team member'
) from api.get_analytics('2026-03-01', '2026-03-31') as figures;

-- Acting as a stranger
select tests.act_as((select stranger from s));
select is(
  api.get_analytics('2026-03-01', '2026-03-31') -> 'tasks',
  '{"due": 0, "completed": 0, "completedOnTime": 0, "completionRate": null, "onTimeRate": null}',
  'Without work every rate is null'
);
select is(
  tests.error_of('select api.get_analytics(''x'', ''2026-02-30'', ''+02'', ''year'')') -> 'fields',
  '["bucket", "from", "timeZone", "to"]',
  'Every bad argument is named'
);
select is(
  tests.error_of('select api.get_analytics(''2026-01-01'', ''2027-01-02'')') -> 'fields', '["to"]',
  'The range covers at most 366 days'
);
select throws_ok(
  'select api.get_platform_analytics()', '42501', null, 'Users cannot read the platform''s figures'
);
select tests.act_as_postgres();
set local role service_role;
select is(
  api.get_platform_analytics('2026-03-01', '2026-03-31') #> '{tasks,due}', '4',
  'The service role sees the whole platform'
);

select * from finish();
rollback;
