begin;
select plan(5);

create temporary table s as select * from tests.stage();
grant select on s to authenticated;

-- Acting as the creator
select tests.act_as((select creator from s));
select lives_ok(
  $$
    insert into public.tasks (project_id, name, assignee_id, due_date)
    select project, 'Task', talent, current_date + 9 from s, generate_series(1, 900)
  $$,
  'real work never meets the limit'
);
select is(
  tests.error_of(
    $$
      insert into public.tasks (project_id, name, assignee_id, due_date)
      select project, 'Task', talent, current_date + 9 from s, generate_series(1, 200)
    $$
  ) ->> 'code',
  'RATE_LIMITED', 'a user can create 1,000 tasks in an hour'
);
select is(
  tests.error_of(
    $$ do 'begin for n in 1..3 loop update public.tasks set description = n::text where true; end loop; end' $$
  ) ->> 'code',
  'RATE_LIMITED', 'changes are limited, too'
);
select is(
  tests.error_of(
    $$
      insert into public.projects (name, description, due_date)
      select 'Film', 'A film', current_date + 9 from generate_series(1, 300)
    $$
  ) ->> 'code',
  'RATE_LIMITED', 'projects are limited'
);

-- Acting as an operator
select tests.act_as_postgres();
select lives_ok(
  $$
    insert into public.tasks (project_id, creator_id, name, assignee_id, due_date)
    select project, creator, 'Task', talent, current_date + 9 from s, generate_series(1, 1100)
  $$,
  'imports of operators are not limited'
);

select * from finish();
rollback;
