begin;
select plan(6);

create temporary table people as select tests.sign_up('Iris', 'creator') as creator;
grant select on people to authenticated;
select tests.act_as((select creator from people));

select is(
  tests.error_of($$ select api.create_project('Film', 'A film', (now() at time zone 'utc')::date::text) $$) -> 'fields',
  '["dueDate"]', 'today is refused as a due date'
);
select is(
  tests.error_of($$ select api.create_project('Film', 'A film', '2025-02-30') $$) -> 'fields',
  '["dueDate"]', 'a day that does not exist is refused'
);
select is(
  tests.error_of('select api.create_project()') -> 'fields',
  '["description", "dueDate", "name"]', 'all missing fields are reported'
);
select is(
  tests.error_of(
    $$ select api.create_project(repeat('x', 256), '   ', (current_date + 9)::text) $$
  ) -> 'fields',
  '["description", "name"]', 'a name that is too long and an empty description are reported'
);

create temporary table made as
select (api.create_project(repeat('é', 255), 'd', (current_date + 30)::text) ->> 'id')::uuid as id;
select tests.act_as_postgres();
alter table public.projects disable trigger user;
update public.projects set due_date = current_date - 3 where id = (select id from made);
alter table public.projects enable trigger user;
grant select on made to authenticated;

select tests.act_as((select creator from people));
select is(
  api.update_project((select id from made)::text, '{"name": "Late"}') ->> 'name', 'Late',
  'an overdue project can be renamed'
);
select is(
  tests.error_of($$ select api.update_project((select id from made)::text, '{"dueDate": "2020-01-01"}') $$) -> 'fields',
  '["dueDate"]', 'a changed due date must be in the future'
);

select * from finish();
rollback;
