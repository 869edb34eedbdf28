begin;
select plan(21);

create temporary table s as select * from tests.stage();
grant select on s to authenticated;

select tests.act_as((select talent from s));
create function pg_temp.refusal(
  p_type text, p_name text, p_size bigint, p_mime text, p_project uuid default null,
  p_task uuid default null
)
  returns jsonb language sql as $$
  select tests.error_of(format(
    'select api.create_upload(%L, %L, %L, %L, %L, %L)', p_type, p_name, p_size, p_mime, p_project, p_task
  ))
$$;

select is(
  tests.error_of('select api.create_upload()') -> 'fields',
  '["fileName", "fileSize", "mimeType", "uploadType"]', 'all that is missing'
);
select is(
  pg_temp.refusal('deliverable', 'a.png', 1, 'image/png') -> 'fields',
  '["projectId", "taskId"]', 'what it is for'
);
select is(
  pg_temp.refusal('message_attachment', 'a.png', 1, 'image/png') -> 'fields', '["uploadType"]',
  'attachments are locked'
);
select is(pg_temp.refusal('avatar', 'a.png', 0, 'image/png') -> 'fields', '["fileSize"]', 'nothing');
select is(
  pg_temp.refusal('avatar', 'a.svg', 10, 'image/svg+xml') -> 'fields', '["mimeType"]', 'not in the list'
);
select is(
  pg_temp.refusal('avatar', 'a.jpg', 10, 'image/png') -> 'fields', '["fileName"]', 'another extension'
);
select is(
  pg_temp.refusal('avatar', 'png', 10, 'image/png') -> 'fields', '["fileName"]', 'no extension'
);
select is(
  pg_temp.refusal('avatar', '../a.png', 10, 'image/png') -> 'fields', '["fileName"]', 'a path'
);
select is(
  pg_temp.refusal('avatar', 'a\b.png', 10, 'image/png') -> 'fields', '["fileName"]', 'the other slash'
);
select is(
  pg_temp.refusal('avatar', U&'gnp\202Eexe.png', 10, 'image/png') -> 'fields', '["fileName"]',
  'a name that reads otherwise'
);
select is(
  pg_temp.refusal('avatar', 'a.png', 5 * 1024 * 1024 + 1, 'image/png') -> 'fields', '["fileSize"]',
  'a large avatar is 400'
);
select is(
  pg_temp.refusal('deliverable', 'a.png', 50 * 1024 * 1024 + 1, 'image/png', project, task),
  '{"state": "PT413", "code": "FILE_TOO_LARGE", "fields": null}', 'a large image'
) from s;
select is(
  pg_temp.refusal('deliverable', 'a.mp4', 100 * 1024 * 1024 + 1, 'video/mp4', project, task) ->> 'code',
  'FILE_TOO_LARGE', 'a large video'
) from s;
select is(
  pg_temp.refusal('sample', 'a.zip', 10, 'application/zip', project) -> 'fields', '["mimeType"]',
  'archives are no samples'
) from s;
select is(
  pg_temp.refusal('sample', 'a.pdf', 10, 'application/pdf', project) ->> 'code', 'FORBIDDEN',
  'samples are the creator''s'
) from s;

-- What is allowed
create temporary table u as
select
  api.create_upload('deliverable', 'a.mp4', 100 * 1024 * 1024, 'video/mp4', project, task) as video,
  api.create_upload('deliverable', E'\u00dcber uns (2).ZIP', 10, 'application/x-zip-compressed', project, task) as archive,
  api.create_upload('avatar', 'me.jpeg', 5 * 1024 * 1024, 'image/jpeg') as avatar
from s;
grant select on u to authenticated;
select is(video ->> 'bucket', 'deliverables', 'a hundred megabytes of video') from u;
select is(
  archive ->> 'path',
  format('%s/%s/%s/%s-ber-uns-2.zip', project, task, archive ->> 'deliverableId', archive ->> 'fileId'),
  'the documented layout'
) from u, s;
select is(
  archive ->> 'mimeType', 'application/zip', 'an alias is the type'
) from u;
select is(
  video ->> 'deliverableId', archive ->> 'deliverableId', 'files of one submission share its id'
) from u;
select is(
  avatar ->> 'path', format('%s/%s.jpeg', talent, avatar ->> 'fileId'), 'avatars in a folder of one''s own'
) from u, s;
select is(avatar ->> 'bucket', 'avatar-uploads', 'and out of sight until scanned') from u;

select * from finish();
rollback;
