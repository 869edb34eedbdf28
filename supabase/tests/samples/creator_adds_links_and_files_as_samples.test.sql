begin;
select plan(22);

create temporary table s as select * from tests.stage();
grant select on s to authenticated;

-- Acting as the creator
select tests.act_as((select creator from s));
select is(
  api.add_sample(project::text, 'Ref', 'link', 'https://example.com/ref', null, ' Similar ') - '{id,createdAt}'::text[],
  jsonb_build_object(
    'projectId', project, 'name', 'Ref', 'type', 'link', 'url', 'https://example.com/ref',
    'file', null, 'description', 'Similar'
  ),
  'a link can be added as a sample'
) from s;
select is(
  tests.error_of('select api.add_sample(project::text) from s') -> 'fields', '["name", "type"]',
  'every missing field is reported'
);
select is(
  tests.error_of('select api.add_sample(project::text, ''x'', ''link'', ''javascript:alert(1)'') from s') -> 'fields',
  '["url"]', 'a link that is not a web address is refused'
);
select is(
  tests.error_of('select api.add_sample(project::text, ''x'', ''link'', null) from s') -> 'fields', '["url"]',
  'a link without an address is refused'
);
select is(
  tests.error_of('select api.add_sample(project::text, ''x'', ''link'', ''https://a.example'', gen_random_uuid()::text) from s') -> 'fields',
  '["fileId"]', 'a link with a file is refused'
);
select is(
  tests.error_of('select api.add_sample(project::text, ''x'', ''file'', ''https://a.example'', gen_random_uuid()::text) from s') -> 'fields',
  '["url"]', 'a file with an address is refused'
);
select is(
  tests.error_of('select api.add_sample(project::text, ''x'', ''file'') from s') -> 'fields', '["fileId"]',
  'a file sample without a file is refused'
);
select is(
  tests.error_of('select api.add_sample(project::text, ''x'', ''file'', null, gen_random_uuid()::text) from s') -> 'fields',
  '["fileId"]', 'an unknown file is refused'
);

create temporary table u as
select api.create_upload('sample', 'guide.pdf', '2048', 'application/pdf', project::text) as upload from s;
grant select on u to authenticated;
select is(
  upload ->> 'path', format('%s/samples/%s/guide.pdf', project, upload ->> 'fileId'),
  'a sample path is project, samples, file id and safe name'
) from s, u;
select tests.put_object(upload) from u;
create temporary table made as
select api.add_sample(project::text, 'Guide', 'file', null, upload ->> 'fileId') as answer from s, u;
grant select on made to authenticated;
select is(
  (select answer ->> 'id' from made), (select upload ->> 'fileId' from u),
  'a file sample has the id that its path names'
);
select is(
  tests.error_of('select api.add_sample(project::text, ''x'', ''file'', null, upload ->> ''fileId'') from s, u') -> 'fields',
  '["fileId"]', 'a file cannot be used for a second sample'
);
select tests.found_clean((upload ->> 'fileId')::uuid) from u;

-- Direct inserts are for links only.
select lives_ok(
  'insert into public.project_samples (project_id, name, type, url) select project, ''Ref 2'', ''link'', ''https://a.example'' from s',
  'a link can be inserted directly'
);
select is(
  tests.error_of('insert into public.project_samples (project_id, name, type, url) select project, ''x'', ''link'', ''ftp://a'' from s') -> 'fields',
  '["url"]', 'a direct insert is validated'
);

-- Acting as others
select tests.act_as((select talent from s));
select is(
  jsonb_array_length(api.list_samples(project::text) -> 'samples'), 3, 'a team member lists the samples'
) from s;
select lives_ok(
  'select api.get_download(upload ->> ''fileId'') from u',
  'a team member downloads a file sample'
);
select is(
  tests.error_of('select api.add_sample(project::text, ''x'', ''link'', ''https://a.example'') from s') ->> 'code',
  'FORBIDDEN', 'a team member cannot add a sample'
);
select tests.act_as((select stranger from s));
select is(
  jsonb_build_array(
    tests.error_of('select api.list_samples(project::text) from s') ->> 'code',
    tests.error_of('select api.get_download(upload ->> ''fileId'') from u') ->> 'code',
    (select count(*) from public.project_samples)
  ),
  '["FORBIDDEN", "FORBIDDEN", 0]', 'a stranger cannot list, download or read samples'
);

-- Up to 20 samples, then deletion. Rows of one transaction have the same time, so the test sets it.
select tests.act_as_postgres();
update public.project_samples set created_at = created_at - interval '1 hour' where name = 'Ref';
update public.project_samples set created_at = created_at + interval '1 hour' where name = 'Guide';
select tests.act_as((select creator from s));
select is(
  jsonb_build_array(
    jsonb_path_query_array(api.list_samples(project::text, '1', '1', '-createdAt'), '$.samples[*].name'),
    api.list_samples(project::text, '1', '1') #> '{pagination,hasNext}'
  ),
  '[["Guide"], true]', 'samples are listed in pages and in the requested order'
) from s;
select is(
  tests.error_of('select api.list_samples(project::text, ''0'', ''0'', ''url'') from s') -> 'fields', '["limit", "page", "sort"]',
  'an invalid page, limit or sort is reported'
);
select api.add_sample(project::text, 'R' || n, 'link', 'https://a.example') from s, generate_series(4, 20) as n;
select is(
  tests.error_of('select api.add_sample(project::text, ''x'', ''link'', ''https://a.example'') from s') ->> 'code',
  'INVALID_STATE', 'the twenty-first sample of a project is refused'
);
select api.delete_sample(project::text, answer ->> 'id') from s, made;
select is(
  tests.peek(format('select reason from private.object_removals where path like ''%%guide.pdf'' and next_attempt_at <= now()')),
  'deleted', 'the object of a deleted sample is queued for removal'
);
select is(
  tests.error_of('select api.delete_sample(project::text, answer ->> ''id'') from s, made') ->> 'code',
  'NOT_FOUND', 'a deleted sample cannot be deleted again'
);

select * from finish();
rollback;
