begin;
select plan(19);

create temporary table s as select * from tests.stage();
grant select on s to authenticated;

-- The REST API also passes the JSON of a request.
create function pg_temp.send(p_operation text, p_input jsonb) returns void language sql as $$
  select set_config(
    'onswift.input', jsonb_build_object('operation', p_operation, 'input', p_input)::text, true
  )
$$;
grant execute on function pg_temp.send(text, jsonb) to authenticated;

-- Acting as the project's creator
select tests.act_as((select creator from s));

select pg_temp.send('create_project', '{"name": 7, "dueDate": "yesterday", "status": "completed"}');
select is(
  tests.error_of('select api.create_project(null, null, ''yesterday'')') -> 'fields',
  '["description", "dueDate", "name", "status"]',
  'One error reports the unknown key, the wrong type, the missing field and the invalid date.'
);
select is(
  tests.error_of('select api.get_project(project::text) from s'), null,
  'The input of one operation is not used by another.'
);

select pg_temp.send('create_task', '{"projectId": "x", "name": "Cut", "assigneeId": "tam", "dueDate": 20270101}');
select is(
  tests.error_of('select api.create_task(project::text, ''Cut'', null, ''tam'', null) from s') -> 'fields',
  '["assigneeId", "dueDate", "projectId"]',
  'A key of the path is unknown in the body.'
);

select pg_temp.send('list_tasks', '{"page": "x", "limit": "0", "status": "open", "projectId": "1"}');
select is(
  tests.error_of('select api.list_tasks(''open'', "projectId" => ''1'')') -> 'fields',
  '["limit", "page", "projectId", "status"]',
  'Every invalid value of a query is reported.'
);
select pg_temp.send('list_tasks', '{"page": "1", "limit": "05"}');
select is(
  api.list_tasks(page => '1', "limit" => '5') #>> '{pagination,limit}', '5',
  'Digits in a query string are accepted as a whole number.'
);

select pg_temp.send('create_uploads', '{
  "uploadType": "sample", "projectId": "1", "files": ["text", {"fileName": "a.png", "fileSize": 3}],
  "fields": {"name": {}, "type": "link", "url": "https://x.example"}
}');
select is(
  tests.error_of('select api.create_uploads(''sample'', ''[]'', ''1'')') -> 'fields',
  '["files[0]", "name", "projectId", "type", "url"]',
  'The files of a form and its other fields are validated together.'
);
select set_config('onswift.input', '', true);

-- Invalid ids
select is(
  tests.error_of('select api.get_project(''nonsense'')') -> 'fields', '["projectId"]',
  'An id in the path that is not a UUID is reported.'
);
select is(
  tests.error_of('select api.get_project(null)') -> 'fields', '["projectId"]',
  'A missing id is reported.'
);
select is(
  tests.error_of('select api.get_task(''x'', ''y'')') -> 'fields', '["projectId", "taskId"]',
  'Both ids of a path are reported in one error.'
);
select is(
  tests.error_of('select api.add_sample(project::text, ''Reel'', ''file'', null, ''x'') from s') -> 'fields',
  '["fileId"]', 'An id in the body that is not a UUID is reported.'
);
select is(
  tests.error_of('select api.open_conversation(''tam'')') -> 'fields', '["participantId"]',
  'A participant id that is not a UUID is reported.'
);
select is(
  tests.error_of('select api.list_deliverables("projectId" => ''1'', page => ''0'')') -> 'fields',
  '["page", "projectId"]', 'A filter that is not a UUID is reported together with an invalid page.'
);

-- Numbers and flags of another JSON type, as PostgREST passes them on
select is(
  tests.error_of('select api.list_projects(page => ''"first"'', "limit" => ''true'')') -> 'fields',
  '["limit", "page"]', 'A page and a limit that are not whole numbers are reported.'
);
select is(
  tests.error_of('select api.list_messages(gen_random_uuid()::text, "limit" => ''{}'')') ->> 'code',
  'NOT_FOUND', 'An unknown conversation is reported before a limit of another type.'
);
select is(
  tests.error_of('select api.list_notifications("isRead" => ''"maybe"'')') -> 'fields', '["isRead"]',
  'A flag that is neither true nor false is reported.'
);
select is(
  tests.error_of('select api.delete_me(''x'', ''2'')') -> 'fields', '["force"]',
  'A number as a flag is reported.'
);

-- Values and entries of a profile
select is(
  (
    select jsonb_agg(tests.error_of(format('select api.update_me(%L)', patch)) -> 'fields')
    from unnest(array[
      '{"companyName": 7, "linkedinUrl": 7}', '{"avatarFileId": "x", "avatarUrl": "y"}'
    ]) as patch
  ),
  '[["companyName", "linkedinUrl"], ["avatarFileId", "avatarUrl"]]',
  'Values of the wrong type and keys that cannot be set are reported.'
);

-- Acting as the talent
select tests.act_as((select talent from s));
select is(
  tests.error_of($$ select api.update_me(
    '{"skills": ["Figma", 7], "portfolioLinks": ["https://a.example", "ftp://b.example"]}'
  ) $$) -> 'fields',
  '["portfolioLinks[1]", "skills[1]"]', 'An invalid entry of a list is reported with its index.'
);

-- A caller without permission gets the permission error, not the validation errors.
select pg_temp.send('create_project', '{"name": 7}');
select is(
  tests.error_of('select api.create_project()') ->> 'code', 'CREATOR_ONLY',
  'Permission is checked before the input is validated.'
);

select * from finish();
rollback;
