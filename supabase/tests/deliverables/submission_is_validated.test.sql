begin;
select plan(19);

create temporary table s as select * from tests.stage();
grant select on s to authenticated;

-- Acting as the talent
select tests.act_as((select talent from s));
select is(
  tests.error_of('select api.submit_deliverable()') -> 'fields',
  '["files", "projectId", "taskId", "title"]', 'every missing field is reported'
);
select is(
  tests.error_of('select api.submit_deliverable(project::text, task::text, ''T'', null, ''[]'') from s') -> 'fields',
  '["files"]', 'a submission without files is refused'
);
select is(
  tests.error_of('select api.submit_deliverable(project::text, task::text, ''T'', null, ''[{"fileId": "x", "fileUrl": "https://x.example"}, 7]'') from s') -> 'fields',
  '["files[0].fileId", "files[0].fileUrl", "files[1]"]', 'invalid entries of the list of files are named by their place'
);
select is(
  tests.error_of('select api.submit_deliverable(project::text, task::text, ''T'', null, jsonb_build_array(jsonb_build_object(''fileId'', gen_random_uuid()))) from s') -> 'fields',
  '["files"]', 'a submission with an unknown file is refused'
);
select is(
  tests.error_of('select api.submit_deliverable(project::text, gen_random_uuid()::text, ''T'', null, ''[{"fileId": "00000000-0000-4000-8000-000000000000"}]'') from s') -> 'fields',
  '["taskId"]', 'a task of another project is refused'
);
create temporary table reserved as
select api.create_upload('deliverable', 'late.png', '2048', 'image/png', project::text, task::text) as upload from s;
grant select on reserved to authenticated;
select is(
  tests.error_of(
    'select api.submit_deliverable(project::text, task::text, ''T'', null, jsonb_build_array(jsonb_build_object(''fileId'', upload ->> ''fileId''))) from s, reserved'
  ) ->> 'code',
  'UPLOAD_MISSING', 'a file that was not uploaded is refused'
);
create temporary table mine as select tests.upload_for(project, task) as files from s;
grant select on mine to authenticated;

-- Mentions
savepoint mention;
select is(
  api.submit_deliverable(project::text, task::text, 'T', format('Hi @[Cy](%s)', stranger), files) ->> 'description',
  format('Hi @[Cy](%s)', stranger), 'a mention of a user outside the project is plain text'
) from s, mine;
select is(
  tests.peek(format('select count(*) from public.notifications where user_id = %L', stranger)), '0',
  'and notifies nobody'
) from s;
rollback to mention;

-- Acting as others
select tests.act_as((select colleague from s));
select is(
  tests.error_of('select api.submit_deliverable(project::text, task::text, ''T'', null, files) from s, mine') -> 'fields',
  '["taskId"]', 'a talent cannot submit for a task of another talent'
);
select tests.act_as((select stranger from s));
select is(
  tests.error_of('select api.submit_deliverable(project::text, task::text, ''T'', null, files) from s, mine') ->> 'code',
  'FORBIDDEN', 'a talent cannot submit to a project of which they are not a member'
);
select tests.act_as((select creator from s));
select is(
  tests.error_of('select api.submit_deliverable(project::text, task::text, ''T'', null, files) from s, mine') ->> 'code',
  'TALENT_ONLY', 'a creator cannot submit a deliverable'
);
select api.create_task(project::text, 'Mix', null, colleague::text, (current_date + 3)::text) from s;

-- Another user's upload
select tests.act_as((select colleague from s));
select is(
  tests.error_of(
    'select api.submit_deliverable(s.project::text, t.id::text, ''T'', null, files)
     from s, mine, public.tasks as t where t.project_id = s.project and t.name = ''Mix'''
  ) -> 'fields',
  '["files"]', 'a file uploaded by another user is refused'
);

-- A valid submission
select tests.act_as((select talent from s));
create temporary table made as
select api.submit_deliverable(
  project::text, task::text, ' Logo ', format('For @[Bo](%s) and @[Iris](%s)', colleague, creator), files
) as answer
from s, mine;
grant select on made to authenticated;
select is(
  (
    select answer - '{id,projectId,taskId,description,submittedBy,files,submittedAt,updatedAt,versions}'::text[]
    from made
  ),
  '{"projectName": "Film", "taskName": "Cut", "title": "Logo", "status": "pending", "version": 1,
    "revisionCount": 0, "feedback": null, "approvedAt": null, "approvedBy": null}',
  'the response has the documented shape'
);
select is(
  (select (answer #> '{files,0}') - '{id,uploadedAt}'::text[] from made),
  '{"fileName": "logo.png", "fileUrl": null, "fileSize": 2048, "mimeType": "image/png", "scanStatus": "pending"}',
  'the response holds the file'
);
select is(
  (select f.deliverable_id = (m.answer ->> 'id')::uuid from made as m, public.files as f where f.id = (m.answer #>> '{files,0,id}')::uuid),
  true, 'the deliverable has the id that its file path names'
);
select is(
  tests.error_of('select api.submit_deliverable(project::text, task::text, ''T'', null, files) from s, mine') -> 'fields',
  '["files"]', 'a file cannot be submitted twice'
);
select lives_ok(
  'select api.submit_deliverable(project::text, task::text, ''Second'', null, tests.upload_for(project, task)) from s',
  'a task can have several deliverables'
);

-- A completed project, then a deleted one
select tests.act_as((select creator from s));
select api.update_project(project::text, '{"status": "completed"}') from s;
select tests.act_as((select talent from s));
select is(
  tests.error_of('select api.create_upload(''deliverable'', ''a.png'', ''1'', ''image/png'', project::text, task::text) from s') ->> 'code',
  'INVALID_STATE', 'a completed project accepts no upload'
);
select tests.act_as((select creator from s));
select api.delete_project(project::text) from s;
select tests.act_as((select talent from s));
select is(
  tests.error_of('select api.get_deliverable(answer ->> ''id'') from made') ->> 'code',
  'NOT_FOUND', 'a deliverable of a deleted project is not found'
);

select * from finish();
rollback;
