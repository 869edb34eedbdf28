begin;
select plan(9);

create temporary table people as
select
  tests.sign_up('Iris', 'creator') as creator,
  tests.sign_up('Noa', 'creator') as rival,
  tests.sign_up('Ada', 'talent') as talent;
grant select on people to authenticated;

-- Acting as the creator
select tests.act_as((select creator from people));
create temporary table made as
select (api.create_project('Film', 'A film', (current_date + 30)::text) ->> 'id')::uuid as id;
grant select on made to authenticated;

select is(
  api.update_project((select id from made)::text, '{"status": "completed"}') ->> 'status', 'completed', 'the creator can complete a project'
);
select isnt(
  (select completed_at from public.projects where id = (select id from made)), null,
  'completing a project sets its completion time'
);
select is(
  api.update_project((select id from made)::text, '{"status": "in-progress"}') ->> 'status',
  'in-progress', 'a completed project can be reopened'
);
select is(
  (select completed_at from public.projects where id = (select id from made)), null,
  'reopening a project clears its completion time'
);

-- Acting as another creator
select tests.act_as((select rival from people));
select is(
  tests.error_of($$ select api.update_project((select id from made)::text, '{"name": "Mine"}') $$),
  '{"state": "PT403", "code": "FORBIDDEN", "fields": null}', 'another creator''s project cannot be changed'
);
select is(
  tests.error_of('select api.delete_project(gen_random_uuid()::text)') ->> 'state', 'PT404', 'an unknown project is not found'
);
update public.projects set name = 'Mine' where id = (select id from made);
select tests.act_as_postgres();
select is(
  (select name from public.projects where id = (select id from made)), 'Film', 'the table does not accept changes of another creator either'
);

-- Acting as a talent
select tests.act_as((select talent from people));
select is(
  tests.error_of($$ select api.create_project('x', 'y', (current_date + 2)::text) $$) ->> 'code',
  'CREATOR_ONLY', 'a talent cannot create a project'
);
select throws_ok(
  $$ insert into public.projects (name, description, due_date) values ('x', 'y', current_date + 2) $$,
  null, null, 'a talent cannot insert a project into the table either'
);

select * from finish();
rollback;
