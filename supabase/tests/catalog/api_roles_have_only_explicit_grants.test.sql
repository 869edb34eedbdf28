begin;
select plan(3);

select is_empty(
  $$
    select format('%s: %s', table_name, privilege_type)
    from information_schema.role_table_grants
    where table_schema = 'public' and grantee = 'anon'
      and not (table_name = 'skills' and privilege_type = 'SELECT')
  $$,
  'anon can read skills and nothing else'
);

select is_empty(
  $$
    select format('%s: %s', table_name, privilege_type)
    from information_schema.role_table_grants
    where table_schema = 'public' and grantee = 'authenticated'
      and privilege_type not in ('SELECT')
  $$,
  'authenticated has write grants on columns only'
);

select is_empty(
  $$
    select format('%s.%s', table_name, column_name)
    from information_schema.role_column_grants
    where table_schema = 'public' and grantee = 'authenticated'
      and privilege_type in ('INSERT', 'UPDATE')
      and column_name in (
        'id', 'user_type', 'created_at', 'updated_at', 'deleted_at', 'completed_at', 'removed_at',
        'joined_at', 'task_count', 'completed_task_count'
      )
  $$,
  'ids, user types, counters and times cannot be written'
);

select * from finish();
rollback;
