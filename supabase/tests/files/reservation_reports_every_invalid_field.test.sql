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
  '["fileName", "fileSize", "mimeType", "uploadType"]', 'every missing field is reported'
);
select is(
  pg_temp.refusal('deliverable', 'a.png', 1, 'image/png') -> 'fields',
  '["projectId", "taskId"]', 'a deliverable needs a project and a task'
);
select is(
  pg_temp.refusal('message_attachment', 'a.png', 1, 'image/png') -> 'fields', '["uploadType"]',
  'message attachments cannot be uploaded yet'
);
select is(
  pg_temp.refusal('avatar', 'a.png', 0, 'image/png') -> 'fields', '["fileSize"]',
  'an empty file is refused'
);
select is(
  pg_temp.refusal('avatar', 'a.svg', 10, 'image/svg+xml') -> 'fields', '["mimeType"]',
  'a type that is not allowed is refused'
);
select is(
  pg_temp.refusal('avatar', 'a.jpg', 10, 'image/png') -> 'fields', '["fileName"]',
  'an extension that does not match the type is refused'
);
select is(
  pg_temp.refusal('avatar', 'png', 10, 'image/png') -> 'fields', '["fileName"]',
  'a name without an extension is refused'
);
select is(
  pg_temp.refusal('avatar', '../a.png', 10, 'image/png') -> 'fields', '["fileName"]',
  'a name with a path is refused'
);
select is(
  pg_temp.refusal('avatar', 'a\b.png', 10, 'image/png') -> 'fields', '["fileName"]',
  'a name with a backslash is refused'
);
select is(
  pg_temp.refusal('avatar', '...', 10, 'image/png') -> 'fields', '["fileName"]',
  'a name of dots is refused'
);
select is(
  pg_temp.refusal('avatar', 'a.png', 5 * 1024 * 1024 + 1, 'image/png') -> 'fields', '["fileSize"]',
  'an avatar above 5 MB is a validation error'
);
select is(
  pg_temp.refusal('deliverable', 'a.png', 50 * 1024 * 1024 + 1, 'image/png', project, task),
  '{"state": "PT413", "code": "FILE_TOO_LARGE", "fields": null}',
  'an image above 50 MB is too large'
) from s;
select is(
  pg_temp.refusal('deliverable', 'a.mp4', 100 * 1024 * 1024 + 1, 'video/mp4', project, task) ->> 'code',
  'FILE_TOO_LARGE', 'a video above 100 MB is too large'
) from s;
select is(
  pg_temp.refusal('sample', 'a.zip', 10, 'application/zip', project) -> 'fields', '["mimeType"]',
  'an archive cannot be a sample'
) from s;
select is(
  pg_temp.refusal('sample', 'a.pdf', 10, 'application/pdf', project) ->> 'code', 'FORBIDDEN',
  'a talent cannot upload a sample'
) from s;

-- What is allowed
create temporary table u as
select
  api.create_upload('deliverable', 'a.mp4', to_jsonb(100 * 1024 * 1024), 'video/mp4', project::text, task::text) as video,
  api.create_upload('deliverable', E'\u00dcber uns (2).ZIP', '10', 'application/x-zip-compressed', project::text, task::text) as archive,
  api.create_upload('avatar', 'me.jpeg', to_jsonb(5 * 1024 * 1024), 'image/jpeg') as avatar
from s;
grant select on u to authenticated;
select is(
  video ->> 'bucket', 'deliverables', 'a video of 100 MB is reserved in the deliverables bucket'
) from u;
select is(
  archive ->> 'path',
  format('%s/%s/%s/%s-ber-uns-2.zip', project, task, archive ->> 'deliverableId', archive ->> 'fileId'),
  'a deliverable path is project, task, deliverable, file id and safe name'
) from u, s;
select is(
  archive ->> 'mimeType', 'application/zip', 'an alias of a type is stored as the type'
) from u;
select is(
  video ->> 'deliverableId', archive ->> 'deliverableId',
  'files of one submission share its deliverable id'
) from u;
select is(
  avatar ->> 'path', format('%s/%s.jpeg', talent, avatar ->> 'fileId'),
  'an avatar path is the user id and the file id'
) from u, s;
select is(
  avatar ->> 'bucket', 'avatar-uploads', 'an avatar is uploaded to a private bucket first'
) from u;

select * from finish();
rollback;
