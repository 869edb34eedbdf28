begin;
select plan(16);

create temporary table s as select * from tests.stage();
grant select on s to authenticated;

create function pg_temp.reserve(p_files jsonb, p_key text default null)
  returns jsonb language plpgsql as $$
begin
  perform set_config('request.headers', jsonb_build_object('idempotency-key', p_key)::text, true);
  return (select api.create_uploads('deliverable', p_files, project::text, task::text) -> 'uploads' from s);
end;
$$;

create function pg_temp.png(p_name text default 'a.png', p_size bigint default 2048) returns jsonb language sql as $$
  select jsonb_build_object('fileName', p_name, 'fileSize', p_size, 'mimeType', 'image/png')
$$;
create function pg_temp.files_of(p_uploads jsonb) returns jsonb language sql as $$
  select jsonb_agg(jsonb_build_object('fileId', upload ->> 'fileId'))
  from jsonb_array_elements(p_uploads) as upload
$$;
create function pg_temp.ids(p_uploads jsonb) returns jsonb language sql as $$
  select jsonb_path_query_array(p_uploads, '$[*].fileId')
$$;

grant execute on function
  pg_temp.reserve(jsonb, text), pg_temp.png(text, bigint), pg_temp.ids(jsonb), pg_temp.files_of(jsonb)
to authenticated;

-- Acting as the talent
select tests.act_as((select talent from s));
select is(
  jsonb_path_query_array(
    pg_temp.reserve(jsonb_build_array(
      pg_temp.png(), '{"fileName": "cut.mp4", "fileSize": 9}'::jsonb,
      '{"fileName": "all.zip", "fileSize": 9, "mimeType": "application/octet-stream"}'::jsonb
    )),
    '$[*].mimeType'
  ),
  '["image/png", "video/mp4", "application/zip"]',
  'files keep their order, and a missing type is taken from the extension'
);
select is(
  tests.peek('select count(*) from private.upload_batches'), '1',
  'files reserved together are one batch'
);

-- All or none
select is(
  tests.error_of($$
    select pg_temp.reserve(jsonb_build_array(
      pg_temp.png(), pg_temp.png('../a.png'), pg_temp.png('a.png', 0), '{"fileName": "a.svg", "fileSize": 3}'::jsonb
    ))
  $$) -> 'fields',
  '["files[1].fileName", "files[2].fileSize", "files[3].mimeType"]',
  'every invalid field of every file is reported'
);
select is(
  tests.error_of($$select pg_temp.reserve(jsonb_build_array(pg_temp.png(), pg_temp.png('b.png', 51 * 1024 * 1024)))$$) ->> 'code',
  'FILE_TOO_LARGE', 'one file that is too large refuses all'
);
select is(
  (
    select jsonb_agg(tests.error_of(format('select pg_temp.reserve(%L)', files)) -> 'fields')
    from unnest(array['null', '[]', '7', '[1]', '[{"fileName": "a.png", "fileSize": "many"}]', '[{"fileSize": 1.5}]']) as files
  ),
  '[["files"], ["files"], ["files"], ["files[0]"], ["files[0].fileSize"],
    ["files[0].fileName", "files[0].fileSize", "files[0].mimeType"]]',
  'a value that is not a list of files is reported as files, an entry that is not a file by its place'
);
select is(
  tests.error_of('select pg_temp.reserve(jsonb_agg(pg_temp.png())) from generate_series(1, 11)') -> 'fields',
  '["files"]', 'eleven files are refused'
);
select is(
  tests.peek('select count(*) from public.files'), '3', 'a refused request reserves nothing'
);

-- Repeated with an idempotency key
create temporary table first as select pg_temp.reserve(jsonb_build_array(pg_temp.png()), 'k') as uploads;
grant select on first to authenticated;
select is(
  pg_temp.reserve(jsonb_build_array(pg_temp.png()), 'k'), uploads,
  'a repeated key returns the same reservations'
) from first;
select is(
  tests.error_of($$select pg_temp.reserve(jsonb_build_array(pg_temp.png() || '{"digest": "x"}'::jsonb), 'k')$$) ->> 'code',
  'CONFLICT', 'a key used with other files is a conflict'
);
select tests.put_object(uploads -> 0), api.confirm_upload(uploads -> 0 ->> 'fileId') from first;
select is(
  pg_temp.reserve(jsonb_build_array(pg_temp.png()), 'k') -> 0 ->> 'state', 'uploaded',
  'a repeated key returns the current state'
);

-- Discarded by the uploader, but not by another user
select tests.act_as((select colleague from s));
select api.discard_uploads(pg_temp.files_of(uploads)) from first;
select tests.act_as((select talent from s));
select api.discard_uploads(pg_temp.files_of(uploads)) from first;
select is(
  tests.peek(format('select reason from private.object_removals where path = %L and next_attempt_at <= now()', uploads -> 0 ->> 'path')),
  'discarded', 'the object of a discarded upload is queued for removal at once'
) from first;
select is(
  tests.error_of(format('select api.create_deliverable(%L, %L, ''x'', null, %L)', project, task, pg_temp.files_of(uploads))) -> 'fields',
  '["files"]', 'a discarded upload cannot be submitted'
) from s, first;
select isnt(
  pg_temp.ids(pg_temp.reserve(jsonb_build_array(pg_temp.png()), 'k')), pg_temp.ids(uploads),
  'the key of discarded uploads reserves new ones'
) from first;

-- Used files stay
create temporary table used as select pg_temp.reserve(jsonb_build_array(pg_temp.png()), 'u') as uploads;
grant select on used to authenticated;
select tests.put_object(uploads -> 0) from used;
select set_config('request.headers', '{}', true);
select api.create_deliverable(project::text, task::text, 'x', null, pg_temp.files_of(uploads)) from s, used;
select api.discard_uploads(pg_temp.files_of(uploads)) from used;
select is(
  (select count(*) from public.files as f, used where f.id = (uploads -> 0 ->> 'fileId')::uuid), 1::bigint,
  'a submitted file is not discarded'
);
select is(
  pg_temp.ids(pg_temp.reserve(jsonb_build_array(pg_temp.png()), 'u')), pg_temp.ids(uploads),
  'the key still returns a submitted file'
) from used;

-- Removed meanwhile
select tests.act_as_postgres();
update public.files set removed_at = now() where id = (select (uploads -> 0 ->> 'fileId')::uuid from used);
select tests.act_as((select talent from s));
select is(
  jsonb_path_query_array(pg_temp.reserve(jsonb_build_array(pg_temp.png()), 'u'), '$[*].state'), '["removed"]',
  'a repeated key reports a removed file as removed'
);

select * from finish();
rollback;
