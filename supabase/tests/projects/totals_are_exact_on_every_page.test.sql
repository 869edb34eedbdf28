begin;
select plan(11);

create temporary table people as
select tests.sign_up('Iris', 'creator') as creator, tests.sign_up('Ada', 'talent') as talent;
grant select on people to authenticated;

select tests.act_as((select creator from people));
create function pg_temp.page(p_page integer, p_limit integer default 2) returns text language sql as $$
  select format(
    '%s of %s, %s pages', jsonb_array_length(answer -> 'projects'),
    answer -> 'pagination' -> 'total', answer -> 'pagination' -> 'totalPages'
  )
  from (select api.list_projects(page => to_jsonb(p_page), "limit" => to_jsonb(p_limit)) as answer) as a
$$;

select is(pg_temp.page(1), '0 of 0, 0 pages', 'an empty list has no pages');
select is(pg_temp.page(2), '0 of 0, 0 pages', 'a page behind an empty list says so as well');

create temporary table made as
select n, (api.create_project('Film ' || n, 'A film', (current_date + 30)::text) ->> 'id')::uuid as id
from generate_series(1, 4) as n;
grant select on made to authenticated;

select is(pg_temp.page(1), '2 of 4, 2 pages', 'a full page counts all');
select is(pg_temp.page(2), '2 of 4, 2 pages', 'a last page that is full counts all');
select is(pg_temp.page(3), '0 of 4, 2 pages', 'a page behind the last one counts all');
select is(pg_temp.page(2, 3), '1 of 4, 2 pages', 'a last page that is not full counts those before it');
select is(pg_temp.page(1, 100), '4 of 4, 1 pages', 'a list of one page counts its rows');

-- Acting as a member of all, then of those that are left
select api.add_team_member(id::text, (select talent from people)::text, null) from made;
select tests.act_as((select talent from people));
select is(pg_temp.page(1), '2 of 4, 2 pages', 'a talent has the projects of all teams');

select tests.act_as((select creator from people));
select api.delete_project((select id from made where n = 1)::text);
select api.remove_team_member((select id from made where n = 2)::text, (select talent from people)::text);
select is(pg_temp.page(2), '1 of 3, 2 pages', 'a deleted project is not counted');

select tests.act_as((select talent from people));
select is(pg_temp.page(1), '2 of 2, 1 pages', 'a talent has neither a deleted project nor one that was left');
select is(pg_temp.page(1, 1), '1 of 2, 2 pages', 'and counts neither on a full page');

select * from finish();
rollback;
