begin;
select plan(4);

create temporary table s as select * from tests.stage();
grant select on s to authenticated;

-- The colleague leaves an hour before the project is completed; the talent leaves after it.
select tests.act_as((select creator from s));
select api.remove_team_member(project::text, colleague::text) from s;
select api.update_project(project::text, '{"status": "completed"}') from s;
select api.remove_team_member(project::text, talent::text) from s;
select tests.act_as_postgres();
update public.project_members
set joined_at = now() - interval '2 hours', removed_at = now() - interval '1 hour'
where user_id = (select colleague from s);

select tests.act_as((select creator from s));
select lives_ok(
  'select api.create_review(talent::text, project::text, ''5'', ''Great'') from s',
  'A talent who left after the completion can be reviewed'
);
select is(
  tests.error_of('select api.create_review(colleague::text, project::text, ''5'', ''Great'') from s') ->> 'code',
  'NO_COMPLETED_PROJECT',
  'A talent who left before the completion with nothing approved cannot be reviewed'
);

select tests.act_as_postgres();
insert into public.deliverables (project_id, task_id, submitted_by_id, title)
select project, task, colleague, 'Cut' from s;
update public.deliverables set status = 'approved', approved_by_id = (select creator from s);

select tests.act_as((select creator from s));
select lives_ok(
  'select api.create_review(colleague::text, project::text, ''4'', ''Good'') from s',
  'An approved deliverable is enough'
);
select api.update_project(project::text, '{"status": "in-progress"}') from s;
select is(
  (select count(*) from public.reviews), 2::bigint, 'Reopening the project keeps its reviews'
);

select * from finish();
rollback;
