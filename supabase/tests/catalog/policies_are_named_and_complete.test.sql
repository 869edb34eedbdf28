begin;
select plan(2);

select is_empty(
  $$
    select format('%I on %I', policyname, tablename)
    from pg_catalog.pg_policies
    where schemaname = 'public'
      and permissive = 'PERMISSIVE'
      and policyname !~ ('^' || lower(cmd) || '_[a-z_]+$')
  $$,
  'policies are named <verb>_<who>'
);

select is_empty(
  $$
    select format('%I on %I', policyname, tablename)
    from pg_catalog.pg_policies
    where schemaname = 'public' and cmd = 'UPDATE' and (qual is null or with_check is null)
  $$,
  'update policies check the row before and after the update'
);

select * from finish();
rollback;
