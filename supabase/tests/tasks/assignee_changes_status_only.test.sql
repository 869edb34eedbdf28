begin;
select plan(8);

create temporary table people as
select
  tests.sign_up('Iris', 'creator') as creator,
  tests.sign_up('Ada', 'talent') as assignee,
  tests.sign_up('Bo', 'talent') as colleague;
grant select on people to authenticated;

select tests.act_as((select creator from people));
create temporary table made as
select (api.create_project('Film', 'A film', (current_date + 30)::text) ->> 'id')::uuid as id;
grant select on made to authenticated;
select api.add_team_member((select id from made)::text, (select assignee from people)::text, null);
select api.add_team_member((select id from made)::text, (select colleague from people)::text, null);
create temporary table task as
select (
  api.create_task(
    (select id from made)::text, 'Cut', 'd', (select assignee from people)::text, (current_date + 3)::text
  ) ->> 'id'
)::uuid as id;
grant select on task to authenticated;

-- Acting as the assignee
select tests.act_as((select assignee from people));
select is(
  api.update_task((select id from made)::text, (select id from task)::text, '{"status": "in-progress"}') ->> 'status',
  'in-progress', 'an assignee can change the status'
);
select is(
  tests.error_of(
    $$ select api.update_task((select id from made)::text, (select id from task)::text, '{"status": "completed", "name": "Mine"}') $$
  ) ->> 'code',
  'STATUS_ONLY', 'an assignee cannot change the name'
);
select is(
  (select status from public.tasks where id = (select id from task)), 'in-progress', 'a refused request changes nothing'
);
select throws_ok(
  $$ update public.tasks set name = 'Mine' where id = (select id from task) $$,
  'PT403', null, 'the table refuses a new name from an assignee as well'
);

-- Acting as a colleague
select tests.act_as((select colleague from people));
select is(
  tests.error_of(
    $$ select api.update_task((select id from made)::text, (select id from task)::text, '{"status": "completed"}') $$
  ) ->> 'state',
  'PT403', 'a member cannot change another member''s task'
);
update public.tasks set status = 'completed' where id = (select id from task);
select is(
  (select status from public.tasks where id = (select id from task)), 'in-progress', 'the table ignores an update of another member''s task'
);

-- Acting as the creator
select tests.act_as((select creator from people));
select is(
  tests.error_of(
    $$ select api.update_task((select id from made)::text, (select id from task)::text, '{"assigneeId": null}') $$
  ) ->> 'state',
  'PT400', 'the creator cannot remove the assignee'
);
select is(
  tests.error_of(
    $$
      select api.update_task(
        (select id from made)::text, (select id from task)::text, jsonb_build_object('assigneeId', (select creator from people))
      )
    $$
  ) ->> 'code',
  'ASSIGNEE_NOT_MEMBER', 'the assignee must be on the team'
);

select * from finish();
rollback;
