begin;
select plan(20);

create temporary table s as select * from tests.stage();
grant select on s to authenticated;

select tests.act_as((select talent from s));
create temporary table u as
select n, api.create_upload('deliverable', n || '.png', '2048', 'image/png', project::text, task::text) as upload
from s, generate_series(1, 5) as n;
grant select on u to authenticated;
create function pg_temp.id_of(p_n integer) returns uuid language sql as
$$ select (upload ->> 'fileId')::uuid from u where n = p_n $$;

-- No bytes
select is(
  tests.error_of('select api.confirm_upload(pg_temp.id_of(1)::text)') ->> 'code', 'UPLOAD_MISSING',
  'a reservation without bytes cannot be confirmed'
);
select is(
  tests.error_of('select api.get_download(pg_temp.id_of(1)::text)') ->> 'code', 'UPLOAD_MISSING',
  'a reservation without bytes cannot be downloaded'
);

-- As reserved
select tests.put_object(upload) from u where n = 1;
select is(
  api.confirm_upload(pg_temp.id_of(1)::text) ->> 'state', 'uploaded',
  'an upload that matches its reservation is confirmed'
);
select is(
  api.confirm_upload(pg_temp.id_of(1)::text) ->> 'state', 'uploaded', 'confirming again changes nothing'
);
select is(
  tests.error_of('select api.get_download(pg_temp.id_of(1)::text)') ->> 'code', 'SCAN_PENDING',
  'a file cannot be downloaded before its scan'
);
select is(
  tests.peek(format('select count(*) from private.file_scans where file_id = %L', pg_temp.id_of(1))),
  '1', 'a confirmed file is queued for its scan'
);
select tests.found_clean(pg_temp.id_of(1));
select is(
  api.get_download(pg_temp.id_of(1)::text) - '{path}'::text[],
  jsonb_build_object(
    'fileId', pg_temp.id_of(1), 'bucket', 'deliverables', 'fileName', '1.png', 'fileSize', 2048,
    'mimeType', 'image/png', 'expiresIn', 3600
  ),
  'a clean file can be downloaded for an hour'
);

-- Larger than reserved
select tests.put_object(upload, 60000000) from u where n = 2;
select is(
  api.confirm_upload(pg_temp.id_of(2)::text) ->> 'hint', 'FILE_MISMATCH',
  'an upload of another size is rejected'
);
select is(
  (select failure from public.files where id = pg_temp.id_of(2)), 'size',
  'the reason for the rejection is stored'
);
select is(
  tests.peek(format('select reason from private.object_removals where path like ''%%%s%%''', pg_temp.id_of(2))),
  'mismatch', 'the object of a rejected upload is queued for removal'
);
select is(
  tests.error_of(
    'select api.submit_deliverable(project::text, task::text, ''T'', null, jsonb_build_array(jsonb_build_object(''fileId'', pg_temp.id_of(2)))) from s'
  ) ->> 'code',
  'FILE_MISMATCH', 'a rejected file cannot be submitted'
);

-- Another type
select tests.put_object(upload, null, 'image/svg+xml') from u where n = 3;
select is(
  api.confirm_upload(pg_temp.id_of(3)::text) ->> 'hint', 'FILE_MISMATCH',
  'an upload of another type is rejected'
);

-- Infected
select tests.put_object(upload) from u where n = 4;
select api.confirm_upload(pg_temp.id_of(4)::text);
select tests.act_as_postgres();
select private.scan_infected(pg_temp.id_of(4));
select tests.act_as((select talent from s));
select is(
  tests.error_of('select api.get_download(pg_temp.id_of(4)::text)') ->> 'code', 'FILE_INFECTED',
  'an infected file cannot be downloaded'
);
select is(
  tests.error_of(
    'select api.submit_deliverable(project::text, task::text, ''T'', null, jsonb_build_array(jsonb_build_object(''fileId'', pg_temp.id_of(4)))) from s'
  ) ->> 'code',
  'FILE_INFECTED', 'an infected file cannot be submitted'
);
select set_config('storage.operation', 'storage.object.get_authenticated', true);
select is(
  (select count(*) from storage.objects where name like '%' || pg_temp.id_of(4) || '%'), 0::bigint,
  'an infected file cannot be read from Storage'
);
select is(
  (select count(*) from storage.objects where name like '%' || pg_temp.id_of(1) || '%'), 1::bigint,
  'a clean file can be read from Storage'
);

-- Another user's
select tests.act_as((select stranger from s));
select is(
  tests.error_of('select api.confirm_upload(pg_temp.id_of(5)::text)') ->> 'code', 'FORBIDDEN',
  'a user cannot confirm an upload of another user'
);
select is(
  tests.error_of('select api.confirm_upload(gen_random_uuid()::text)') ->> 'code', 'NOT_FOUND',
  'confirming an unknown file is not found'
);
select is(
  (select count(*) from public.files), 0::bigint, 'a stranger does not see files of other users'
);
select throws_ok(
  'insert into public.files (upload_type, uploader_id, bucket_id, path, file_name, file_size, mime_type)
   select ''avatar'', stranger, ''avatars'', ''x'', ''x'', 1, ''image/png'' from s',
  '42501', null, 'users cannot insert files directly'
);

select * from finish();
rollback;
