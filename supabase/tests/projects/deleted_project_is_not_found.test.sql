begin;
select plan(5);

create temporary table people as
select tests.sign_up('Iris', 'creator') as creator, tests.sign_up('Ada', 'talent') as talent;
grant select on people to authenticated;

select tests.act_as((select creator from people));
create temporary table made as
select (api.create_project('Film', 'A film', (current_date + 30)::text) ->> 'id')::uuid as id;
grant select on made to authenticated;
select api.add_team_member((select id from made)::text, (select talent from people)::text, null);
select api.create_task(
  (select id from made)::text, 'Cut', null, (select talent from people)::text, (current_date + 3)::text
);
select api.delete_project((select id from made)::text);

select is(
  tests.error_of('select api.get_project((select id from made)::text)') ->> 'state', 'PT404', 'the creator does not find a deleted project'
);
select is_empty('select id from public.projects', 'the table does not show a deleted project');

select tests.act_as((select talent from people));
select is(
  tests.error_of('select api.get_project((select id from made)::text)') ->> 'state', 'PT404', 'the team does not find a deleted project'
);
select is_empty('select id from public.tasks', 'tasks of a deleted project are not visible');
select is(api.list_tasks() -> 'pagination' -> 'total', '0', 'tasks of a deleted project are not listed');

select * from finish();
rollback;
