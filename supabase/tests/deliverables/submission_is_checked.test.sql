begin;
select plan(17);

create temporary table s as select * from tests.stage();
grant select on s to authenticated;

-- Acting as the talent
select tests.act_as((select talent from s));
select is(
  tests.error_of('select api.create_deliverable()') -> 'fields',
  '["files", "projectId", "taskId", "title"]', 'every missing field is named'
);
select is(
  tests.error_of('select api.create_deliverable(project, task, ''T'', null, ''[]'') from s') -> 'fields',
  '["files"]', 'without files'
);
select is(
  tests.error_of('select api.create_deliverable(project, task, ''T'', null, jsonb_build_array(jsonb_build_object(''fileId'', gen_random_uuid()))) from s') -> 'fields',
  '["files"]', 'with an unknown file'
);
select is(
  tests.error_of('select api.create_deliverable(project, gen_random_uuid(), ''T'', null, ''[{"fileId": "00000000-0000-4000-8000-000000000000"}]'') from s') -> 'fields',
  '["taskId"]', 'for a task that is not in the project'
);
create temporary table reserved as
select api.create_upload('deliverable', 'late.png', 2048, 'image/png', project, task) as upload from s;
grant select on reserved to authenticated;
select is(
  tests.error_of(
    'select api.create_deliverable(project, task, ''T'', null, jsonb_build_array(upload)) from s, reserved'
  ) ->> 'code',
  'UPLOAD_MISSING', 'with a file that was not uploaded'
);
create temporary table mine as select tests.upload_for(project, task) as files from s;
grant select on mine to authenticated;

-- Mentions
select is(
  tests.error_of(
    'select api.create_deliverable(project, task, ''T'', format(''Hi @[Cy](%s)'', stranger), files) from s, mine'
  ) -> 'fields',
  '["description"]', 'a stranger is not mentioned'
);

-- Acting as others
select tests.act_as((select colleague from s));
select is(
  tests.error_of('select api.create_deliverable(project, task, ''T'', null, files) from s, mine') -> 'fields',
  '["taskId"]', 'a colleague''s task'
);
select tests.act_as((select stranger from s));
select is(
  tests.error_of('select api.create_deliverable(project, task, ''T'', null, files) from s, mine') ->> 'code',
  'FORBIDDEN', 'a stranger''s project'
);
select tests.act_as((select creator from s));
select is(
  tests.error_of('select api.create_deliverable(project, task, ''T'', null, files) from s, mine') ->> 'code',
  'TALENT_ONLY', 'creators do not submit'
);
select api.create_task(project, 'Mix', null, colleague, (current_date + 3)::text) from s;

-- Somebody else's upload
select tests.act_as((select colleague from s));
select is(
  tests.error_of(
    'select api.create_deliverable(s.project, t.id, ''T'', null, files)
     from s, mine, public.tasks as t where t.project_id = s.project and t.name = ''Mix'''
  ) -> 'fields',
  '["files"]', 'another one''s file'
);

-- It works
select tests.act_as((select talent from s));
create temporary table made as
select api.create_deliverable(
  project, task, ' Logo ', format('For @[Bo](%s) and @[Iris](%s)', colleague, creator), files
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
  'in the documented shape'
);
select is(
  (select (answer #> '{files,0}') - '{id,uploadedAt}'::text[] from made),
  '{"fileName": "logo.png", "fileUrl": null, "fileSize": 2048, "mimeType": "image/png", "scanStatus": "pending"}',
  'with its file'
);
select is(
  (select f.deliverable_id = (m.answer ->> 'id')::uuid from made as m, public.files as f where f.id = (m.answer #>> '{files,0,id}')::uuid),
  true, 'under the id its path names'
);
select is(
  tests.error_of('select api.create_deliverable(project, task, ''T'', null, files) from s, mine') -> 'fields',
  '["files"]', 'a file serves once'
);
select lives_ok(
  'select api.create_deliverable(project, task, ''Second'', null, tests.upload_for(project, task)) from s',
  'several deliverables a task are legal'
);

-- A completed project, then a deleted one
select tests.act_as((select creator from s));
select api.update_project(project, '{"status": "completed"}') from s;
select tests.act_as((select talent from s));
select is(
  tests.error_of('select api.create_upload(''deliverable'', ''a.png'', 1, ''image/png'', project, task) from s') ->> 'code',
  'INVALID_STATE', 'a completed project takes nothing'
);
select tests.act_as((select creator from s));
select api.delete_project(project) from s;
select tests.act_as((select talent from s));
select is(
  tests.error_of('select api.get_deliverable((answer ->> ''id'')::uuid) from made') ->> 'code',
  'NOT_FOUND', 'a deleted one takes its deliverables along'
);

select * from finish();
rollback;
