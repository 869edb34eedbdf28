begin;
select plan(6);

create temporary table people as select tests.sign_up('Iris', 'creator') as creator;
grant select on people to authenticated;
select tests.act_as((select creator from people));

select is(
  tests.error_of($$ select api.create_project('Film', 'A film', (now() at time zone 'utc')::date::text) $$) -> 'fields',
  '["dueDate"]', 'today is not the future'
);
select is(
  tests.error_of($$ select api.create_project('Film', 'A film', '2025-02-30') $$) -> 'fields',
  '["dueDate"]', 'no such day'
);
select is(
  tests.error_of('select api.create_project()') -> 'fields',
  '["description", "dueDate", "name"]', 'all that is missing is named'
);
select is(
  tests.error_of(
    $$ select api.create_project(repeat('x', 256), '   ', (current_date + 9)::text) $$
  ) -> 'fields',
  '["description", "name"]', 'too long, and only blanks'
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
  'a late project can still be renamed'
);
select is(
  tests.error_of($$ select api.update_project((select id from made)::text, '{"dueDate": "2020-01-01"}') $$) -> 'fields',
  '["dueDate"]', 'a changed date must be in the future'
);

select * from finish();
rollback;
