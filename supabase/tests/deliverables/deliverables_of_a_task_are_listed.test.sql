begin;
select plan(16);

create temporary table s as select * from tests.stage();
grant select on s to authenticated;

-- A second task of the project, of a colleague, and one of the talent in another project.
select tests.act_as((select creator from s));
create temporary table o as
select
  api.create_task(project::text, 'Sound', null, colleague::text, (current_date + 3)::text) ->> 'id' as task,
  api.create_task(project::text, 'Color', null, talent::text, (current_date + 3)::text) ->> 'id' as empty_task,
  api.create_project('Clip', 'A clip', (current_date + 30)::text) ->> 'id' as project
from s;
grant select on o to authenticated;

select tests.act_as((select talent from s));
select api.submit_deliverable(project::text, task::text, 'One', null, tests.upload_for(project, task)) from s;
select api.submit_deliverable(project::text, task::text, 'Two', null, tests.upload_for(project, task)) from s;
select api.submit_deliverable(project::text, task::text, 'Three', null, tests.upload_for(project, task)) from s;
select tests.act_as((select colleague from s));
select api.submit_deliverable(s.project::text, o.task, 'Mix', null, tests.upload_for(s.project, o.task::uuid))
from s, o;

-- All in one transaction, so in one moment: the order of titles is the one that is known.
create function pg_temp.titles(p_user uuid, p_task text, p_page text default '1', p_limit text default '20')
  returns jsonb
  language plpgsql
as $$
declare
  v_answer jsonb;
begin
  perform tests.act_as(p_user);
  v_answer := api.list_deliverables(
    "taskId" => p_task, page => p_page::jsonb, "limit" => p_limit::jsonb, sort => 'title'
  );
  return jsonb_path_query_array(v_answer, '$.deliverables[*].title') || (v_answer #> '{pagination,total}');
end;
$$;

-- To those who see them
select is(
  pg_temp.titles(creator, task::text), '["One", "Three", "Two", 3]',
  'the creator lists the deliverables of a task'
) from s;
select is(
  pg_temp.titles(talent, task::text), '["One", "Three", "Two", 3]',
  'the submitter lists their own of a task'
) from s;
select is(
  pg_temp.titles(creator, o.task), '["Mix", 1]', 'another task has its own'
) from s, o;
select is(
  pg_temp.titles(creator, empty_task), '[0]', 'a task without deliverables has an empty list'
) from s, o;

-- To other users
select is(
  pg_temp.titles(talent, o.task), '[0]', 'a talent does not see what a colleague submitted for a task'
) from s, o;
select is(
  pg_temp.titles(colleague, task::text), '[0]', 'a member who submitted nothing for the task sees nothing'
) from s;
select is(
  pg_temp.titles(stranger, task::text), '[0]', 'a talent outside the team sees nothing'
) from s;
select is(
  pg_temp.titles(other_creator, task::text), '[0]', 'another creator sees nothing'
) from s;
select is(
  pg_temp.titles(creator, gen_random_uuid()::text), '[0]', 'an unknown task has an empty list'
) from s;

-- Pages
select is(
  pg_temp.titles(creator, task::text, '1', '2') || pg_temp.titles(creator, task::text, '2', '2'),
  '["One", "Three", 3, "Two", 3]', 'pages follow each other, and each has the total of the task'
) from s;
select is(
  pg_temp.titles(creator, task::text, '3', '2'), '[3]', 'a page behind the last one has the total'
) from s;

-- With other filters
select tests.act_as((select creator from s));
select is(
  api.list_deliverables("projectId" => s.project::text, "taskId" => s.task::text) #> '{pagination,total}', '3',
  'a task and its project fit together'
) from s;
select is(
  api.list_deliverables("projectId" => o.project, "taskId" => s.task::text) #> '{pagination,total}', '0',
  'a task of another project has an empty list'
) from s, o;
select api.approve_deliverable(id::text)
from public.deliverables
where task_id = (select task from s) and title = 'Two';
select is(
  api.list_deliverables('approved', "taskId" => task::text) #>> '{deliverables,0,title}', 'Two',
  'status and task filter together'
) from s;

select api.delete_task(s.project::text, o.task) from s, o;
select is(
  pg_temp.titles(creator, o.task), '[0]', 'a deleted task has an empty list'
) from s, o;

select is(
  tests.error_of('select api.list_deliverables("taskId" => ''1'')') -> 'fields', '["taskId"]',
  'a task id that is not a UUID is reported'
);

select * from finish();
rollback;
