begin;
select plan(3);

create temporary table people as
select tests.sign_up('Iris', 'creator') as creator, tests.sign_up('Ada', 'talent') as talent;
grant select on people to authenticated;

select tests.act_as((select creator from people));
create temporary table made as
select (api.create_project('Film', 'A film', (current_date + 30)::text) ->> 'id')::uuid as id;
select api.add_team_member((select id from made)::text, (select talent from people)::text, null);
select api.create_task(
  (select id from made)::text, 'Open', null, (select talent from people)::text, (current_date + 3)::text
);
create temporary table finished as
select (
  api.create_task(
    (select id from made)::text, 'Done', null, (select talent from people)::text, (current_date + 3)::text
  ) ->> 'id'
)::uuid as id;
select api.update_task((select id from made)::text, (select id from finished)::text, '{"status": "completed"}');

select api.remove_team_member((select id from made)::text, (select talent from people)::text);

select is(
  (select assignee_id from public.tasks where name = 'Open' and project_id = (select id from made)),
  null, 'open tasks of a removed member lose their assignee'
);
select is(
  (select assignee_id from public.tasks where id = (select id from finished)),
  (select talent from people), 'completed tasks keep the removed member as assignee'
);
select is(
  api.get_project((select id from made)::text) -> 'teamMembers', '[]', 'a removed member is no longer listed in the team'
);

select * from finish();
rollback;
