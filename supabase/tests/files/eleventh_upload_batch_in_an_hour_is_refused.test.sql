begin;
select plan(8);

create temporary table s as select * from tests.stage();
grant select on s to authenticated;
create temporary table projects as
select tests.sign_up('Pia', 'creator') as creator, array[]::uuid[] as ids;
grant all on projects to authenticated;

select tests.act_as((select creator from projects));
update projects set ids = array(
  select (api.create_project('P' || n, 'd', (current_date + 9)::text) ->> 'id')::uuid
  from generate_series(1, 11) as n
);

select lives_ok(
  $$
    select api.create_upload('sample', 'a.png', '1', 'image/png', ids[1]::text)
    from projects, generate_series(1, 10)
  $$,
  'ten files can be reserved for one target'
);
select is(
  tests.peek(format('select count(*) from private.upload_batches where user_id = %L', creator)), '1',
  'ten files for one target are one batch'
) from projects;
select lives_ok(
  'select api.create_upload(''sample'', ''a.png'', ''1'', ''image/png'', ids[n]::text) from projects, generate_series(2, 10) as n',
  'nine more batches can be reserved in the same hour'
);
select is(
  tests.error_of('select api.create_upload(''sample'', ''a.png'', ''1'', ''image/png'', ids[11]::text) from projects') ->> 'code',
  'RATE_LIMITED', 'the eleventh batch in an hour is refused'
);
select is(
  tests.error_of('select api.create_upload(''sample'', ''a.png'', ''1'', ''image/png'', ids[1]::text) from projects') ->> 'code',
  'RATE_LIMITED', 'an eleventh file for a full batch is refused as a new batch'
);
select lives_ok(
  'select api.create_upload(''avatar'', ''a.png'', ''1'', ''image/png'') from generate_series(1, 10)',
  'avatars are counted separately'
);
select is(
  tests.error_of('select api.create_upload(''avatar'', ''a.png'', ''1'', ''image/png'')') ->> 'code',
  'RATE_LIMITED', 'the eleventh avatar in an hour is refused'
);

-- An hour later
select tests.act_as_postgres();
update private.upload_batches set created_at = created_at - interval '1 hour';
select tests.act_as((select creator from projects));
select lives_ok(
  'select api.create_upload(''sample'', ''a.png'', ''1'', ''image/png'', ids[11]::text) from projects',
  'after an hour another batch can be reserved'
);

select * from finish();
rollback;
