begin;
select plan(4);

create temporary table people as
select tests.sign_up('Iris', 'creator') as creator, tests.sign_up('Ada', 'talent') as talent;
grant select on people to authenticated;
select tests.act_as((select creator from people));
create temporary table made as
select (api.create_project('Film', 'A film', (current_date + 30)::text) ->> 'id')::uuid as id;
select api.add_team_member((select id from made)::text, (select talent from people)::text, null);
create temporary table task as
select (
  api.create_task((select id from made)::text, n, null, (select talent from people)::text, (current_date + 3)::text) ->> 'id'
)::uuid as id, n as name
from unnest(array['one', 'two', 'three']) as n;

create function pg_temp.counts() returns text language sql as $$
  select format('%s of %s', p ->> 'completedTaskCount', p ->> 'taskCount')
  from api.get_project((select id from made)::text) as p
$$;

select is(pg_temp.counts(), '0 of 3', 'new tasks are counted');
select api.update_task((select id from made)::text, id::text, '{"status": "completed"}') from task where name <> 'three';
select is(pg_temp.counts(), '2 of 3', 'completed tasks are counted');
select api.update_task((select id from made)::text, id::text, '{"status": "planning"}') from task where name = 'one';
select is(pg_temp.counts(), '1 of 3', 'a reopened task is no longer counted as completed');
select api.delete_task((select id from made)::text, id::text) from task where name = 'two';
select is(pg_temp.counts(), '0 of 2', 'a deleted task is no longer counted');

select * from finish();
rollback;
