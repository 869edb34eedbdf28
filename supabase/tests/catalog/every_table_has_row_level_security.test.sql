begin;
select plan(2);

select is_empty(
  $$
    select format('%I.%I', n.nspname, c.relname)
    from pg_catalog.pg_class as c
    join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
    where n.nspname in ('public', 'api', 'private')
      and c.relkind in ('r', 'p')
      and not c.relrowsecurity
      and (
        n.nspname <> 'private'
        or has_table_privilege('anon', c.oid, 'select, insert, update, delete')
        or has_table_privilege('authenticated', c.oid, 'select, insert, update, delete')
      )
  $$,
  'every table that an API role can access has row-level security'
);

select is_empty(
  $$
    select format('%I.%I', schemaname, tablename)
    from pg_catalog.pg_policies
    where schemaname = 'public' and roles && array['public']::name[]
  $$,
  'every policy names its roles'
);

select * from finish();
rollback;
