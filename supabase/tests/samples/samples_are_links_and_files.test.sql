begin;
select plan(22);

create temporary table s as select * from tests.stage();
grant select on s to authenticated;

-- Acting as the creator
select tests.act_as((select creator from s));
select is(
  api.add_sample(project, 'Ref', 'link', 'https://example.com/ref', null, ' Similar ') - '{id,createdAt}'::text[],
  jsonb_build_object(
    'projectId', project, 'name', 'Ref', 'type', 'link', 'url', 'https://example.com/ref',
    'file', null, 'description', 'Similar'
  ),
  'a link'
) from s;
select is(
  tests.error_of('select api.add_sample(project) from s') -> 'fields', '["name", "type"]', 'nothing at all'
);
select is(
  tests.error_of('select api.add_sample(project, ''x'', ''link'', ''javascript:alert(1)'') from s') -> 'fields',
  '["url"]', 'no web address'
);
select is(
  tests.error_of('select api.add_sample(project, ''x'', ''link'', null) from s') -> 'fields', '["url"]', 'a link without one'
);
select is(
  tests.error_of('select api.add_sample(project, ''x'', ''link'', ''https://a.example'', gen_random_uuid()) from s') -> 'fields',
  '["fileId"]', 'a link with a file'
);
select is(
  tests.error_of('select api.add_sample(project, ''x'', ''file'', ''https://a.example'', gen_random_uuid()) from s') -> 'fields',
  '["url"]', 'a file with an address'
);
select is(
  tests.error_of('select api.add_sample(project, ''x'', ''file'') from s') -> 'fields', '["fileId"]', 'a file without one'
);
select is(
  tests.error_of('select api.add_sample(project, ''x'', ''file'', null, gen_random_uuid()) from s') -> 'fields',
  '["fileId"]', 'an unknown one'
);

create temporary table u as
select api.create_upload('sample', 'guide.pdf', 2048, 'application/pdf', project) as upload from s;
grant select on u to authenticated;
select is(
  upload ->> 'path', format('%s/samples/%s/guide.pdf', project, upload ->> 'fileId'), 'the documented layout'
) from s, u;
select tests.put_object(upload) from u;
create temporary table made as
select api.add_sample(project, 'Guide', 'file', null, (upload ->> 'fileId')::uuid) as answer from s, u;
grant select on made to authenticated;
select is(
  (select answer ->> 'id' from made), (select upload ->> 'fileId' from u), 'under the id its path names'
);
select is(
  tests.error_of('select api.add_sample(project, ''x'', ''file'', null, (upload ->> ''fileId'')::uuid) from s, u') -> 'fields',
  '["fileId"]', 'a file serves once'
);
select tests.found_clean((upload ->> 'fileId')::uuid) from u;

-- The table takes links, and links only.
select lives_ok(
  'insert into public.project_samples (project_id, name, type, url) select project, ''Ref 2'', ''link'', ''https://a.example'' from s',
  'a link by the table'
);
select is(
  tests.error_of('insert into public.project_samples (project_id, name, type, url) select project, ''x'', ''link'', ''ftp://a'' from s') -> 'fields',
  '["url"]', 'checked as well'
);

-- Acting as others
select tests.act_as((select talent from s));
select is(jsonb_array_length(api.list_samples(project) -> 'samples'), 3, 'the team reads them') from s;
select lives_ok('select api.get_download((upload ->> ''fileId'')::uuid) from u', 'and downloads');
select is(
  tests.error_of('select api.add_sample(project, ''x'', ''link'', ''https://a.example'') from s') ->> 'code',
  'FORBIDDEN', 'but adds none'
);
select tests.act_as((select stranger from s));
select is(
  jsonb_build_array(
    tests.error_of('select api.list_samples(project) from s') ->> 'code',
    tests.error_of('select api.get_download((upload ->> ''fileId'')::uuid) from u') ->> 'code',
    (select count(*) from public.project_samples)
  ),
  '["FORBIDDEN", "FORBIDDEN", 0]', 'a stranger gets nothing'
);

-- Twenty, and away. Within one transaction all were made at one moment; their order is given here.
select tests.act_as_postgres();
update public.project_samples set created_at = created_at - interval '1 hour' where name = 'Ref';
update public.project_samples set created_at = created_at + interval '1 hour' where name = 'Guide';
select tests.act_as((select creator from s));
select is(
  jsonb_build_array(
    jsonb_path_query_array(api.list_samples(project, 1, 1, '-createdAt'), '$.samples[*].name'),
    api.list_samples(project, 1, 1) #> '{pagination,hasNext}'
  ),
  '[["Guide"], true]', 'in pages, in an order'
) from s;
select is(
  tests.error_of('select api.list_samples(project, 0, 0, ''url'') from s') -> 'fields', '["limit", "page", "sort"]', 'which exist'
);
select api.add_sample(project, 'R' || n, 'link', 'https://a.example') from s, generate_series(4, 20) as n;
select is(
  tests.error_of('select api.add_sample(project, ''x'', ''link'', ''https://a.example'') from s') ->> 'code',
  'INVALID_STATE', 'the twenty-first'
);
select api.delete_sample(project, (answer ->> 'id')::uuid) from s, made;
select is(
  tests.peek(format('select reason from private.object_removals where path like ''%%guide.pdf'' and next_attempt_at <= now()')),
  'deleted', 'a deleted one takes its object along'
);
select is(
  tests.error_of('select api.delete_sample(project, (answer ->> ''id'')::uuid) from s, made') ->> 'code',
  'NOT_FOUND', 'once'
);

select * from finish();
rollback;
