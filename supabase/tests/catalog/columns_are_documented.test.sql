begin;
select plan(3);

-- docs/database.md is made of these comments.
create temporary view documented as
select c.oid, c.relname as name
from pg_catalog.pg_class as c
where c.relnamespace = 'public'::regnamespace
  and c.relkind in ('r', 'p', 'v', 'm', 'f')
  and not c.relispartition;

select isnt_empty('select from documented', 'there are tables to document');

select is_empty(
  $$ select name from documented where btrim(coalesce(obj_description(oid, 'pg_class'), '')) = '' $$,
  'every table and view of public has a comment'
);

select is_empty(
  $$
    select format('%s.%s', d.name, a.attname)
    from documented as d
    join pg_catalog.pg_attribute as a on a.attrelid = d.oid and a.attnum > 0 and not a.attisdropped
    where btrim(coalesce(col_description(d.oid, a.attnum), '')) = ''
    order by d.name, a.attnum
  $$,
  'every column of a table or view of public has a comment'
);

select * from finish();
rollback;
