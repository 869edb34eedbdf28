begin;
select plan(1);

select is_empty(
  $$
    select format('%s (%s)', f.conrelid::regclass, f.conname)
    from pg_catalog.pg_constraint as f
    join pg_catalog.pg_namespace as n on n.oid = f.connamespace
    where f.contype = 'f'
      and n.nspname in ('public', 'private')
      and not exists (
        select from pg_catalog.pg_index as i
        where i.indrelid = f.conrelid
          and (i.indkey::int2[])[0:cardinality(f.conkey) - 1] @> f.conkey
      )
  $$,
  'every foreign key has an index that begins with its columns'
);

select * from finish();
rollback;
