-- Reserving several files at once, for form uploads of the REST API: all files are reserved, or
-- none. If the request fails later, the API discards them together.

-- Returns the files of a request as inputs of api.create_upload, in their order; null for an entry
-- that is not an object.
create function private.upload_inputs(p_input jsonb)
  returns setof jsonb
  language sql
  stable
  set search_path = ''
as $$
  select case
    when jsonb_typeof(file) = 'object' then
      (p_input - array['files', 'fields']) || file || jsonb_build_object(
        'mimeType',
        coalesce(
          nullif(file -> 'mimeType', 'null'),
          to_jsonb(private.type_of_name(p_input ->> 'uploadType', file ->> 'fileName'))
        )
      )
  end
  from jsonb_array_elements(
    case when jsonb_typeof(p_input -> 'files') = 'array' then p_input -> 'files' else '[]' end
  ) with ordinality as list (file, place)
  order by place
$$;

-- Checks that files is a list of 1 to 10 objects.
create function private.check_upload_inputs(p_files jsonb)
  returns jsonb
  language sql
  immutable
  set search_path = ''
as $$
  select case
    when coalesce(jsonb_typeof(p_files), 'null') = 'null' or p_files = '[]'
      then private.field_error('files', 'At least one file is required.')
    when jsonb_typeof(p_files) <> 'array'
      then private.field_error('files', 'Files must be a list of files.')
    when jsonb_array_length(p_files) > 10
      then private.field_error('files', 'You can attach at most 10 files.')
    else '[]'
  end
$$;

-- Returns the field errors of all files, with the file in the field name: files[2].fileName, or
-- files[2] for an entry that is not a file.
create function private.upload_inputs_field_errors(p_input jsonb)
  returns jsonb
  language sql
  stable
  set search_path = ''
as $$
  select coalesce(jsonb_agg(field_error order by upload.place), '[]')
  from private.upload_inputs(p_input) with ordinality as upload (input, place)
  cross join jsonb_array_elements(private.prefix_fields(
    format('files[%s]', upload.place - 1),
    case
      when upload.input is null
        then private.field_error(null, 'A file must have a name, a size and a type.')
      else private.file_field_errors(upload.input)
    end
  )) as field_error
  where field_error ->> 'field' not like '%.uploadType'
$$;

-- Returns the field errors of a form's other fields. They are checked before the upload, so that no
-- file is uploaded for a deliverable or sample that would be refused afterwards.
create function private.form_field_errors(p_input jsonb)
  returns jsonb
  language plpgsql
  stable
  set search_path = ''
as $$
declare
  v_fields constant jsonb := p_input -> 'fields';
begin
  return case
    when coalesce(jsonb_typeof(v_fields), 'null') = 'null' then '[]'
    when p_input ->> 'uploadType' = 'deliverable' then
      private.check_keys(v_fields, array['title', 'description'])
      || private.deliverable_field_errors(
        case when p_input ->> 'deliverableId' is null then '{"title": null}' else '{}' end::jsonb
        || v_fields
      )
    when p_input ->> 'uploadType' = 'sample' then
      private.check_keys(v_fields, array['name', 'type', 'description'])
      || private.check_text('{"name": null}' || v_fields, 'name', 'Name', 1, 255)
      || private.check_choice('{"type": null}' || v_fields, 'type', 'Type', array['file'])
      || private.check_text(v_fields, 'description', 'Description', 0, 10000)
    else private.check_keys(v_fields, '{}')
  end;
end;
$$;

-- Returns the uploads of an earlier response in their current state. A removed upload keeps its id,
-- because the file may have become part of a deliverable under that id.
create function private.current_uploads(p_answer jsonb)
  returns jsonb
  language sql
  stable
  set search_path = ''
as $$
  select jsonb_build_object('uploads', jsonb_agg(
    case
      when f.id is null then upload || '{"state": "removed"}'
      else private.upload_document(f)
    end
    order by place
  ))
  from jsonb_array_elements(p_answer -> 'uploads') with ordinality as kept (upload, place)
  left join public.files as f
    on f.id = (upload ->> 'fileId')::uuid and f.removed_at is null
$$;

-- Called by api.create_uploads as the caller.
grant execute on function
  private.type_of_name(text, text),
  private.upload_inputs(jsonb),
  private.check_upload_inputs(jsonb),
  private.upload_inputs_field_errors(jsonb),
  private.form_field_errors(jsonb),
  private.current_uploads(jsonb)
to authenticated;

create function api.create_uploads(
  "uploadType" text default null, files jsonb default null, "projectId" text default null,
  "taskId" text default null, "deliverableId" text default null, fields jsonb default null
)
  returns jsonb
  language plpgsql
  volatile
  set search_path = ''
as $$
declare
  v_input constant jsonb := private.input_of('create_uploads', jsonb_build_object(
    'uploadType', "uploadType", 'files', files, 'projectId', "projectId", 'taskId', "taskId",
    'deliverableId', "deliverableId", 'fields', fields
  ));
  v_file jsonb;
  v_answer jsonb;
  v_uploads jsonb := '[]';
begin
  perform private.require_session();

  v_answer := private.earlier_answer('create_uploads', v_input);
  if v_answer is not null then
    return private.current_uploads(v_answer);
  end if;

  -- The caller's rights come before the field errors.
  if "uploadType" = 'deliverable' then
    perform private.require_talent();
  elsif "uploadType" = 'sample' and private.try_uuid("projectId") is not null then
    perform private.require_project_creator("projectId"::uuid);
  end if;

  perform private.raise_field_errors(
    private.check_choice(
      v_input, 'uploadType', 'Upload type', array['deliverable', 'avatar', 'sample']
    )
    || private.check_upload_inputs(v_input -> 'files')
    || private.upload_inputs_field_errors(v_input)
    || private.upload_target_field_errors(v_input)
    || private.form_field_errors(v_input)
  );

  for v_file in select private.upload_inputs(v_input) loop
    perform private.refuse_large_file(v_file);
    v_uploads := v_uploads || private.upload_document(private.reserve_file(v_file));
  end loop;

  return private.keep_answer(jsonb_build_object('uploads', v_uploads));
end;
$$;

comment on function api.create_uploads(text, jsonb, text, text, text, jsonb) is
  'Reserves 1 to 10 files of the same kind for the same target: all of them, or none.
Requires: as create_upload.
files: [{fileName, fileSize, mimeType}]; without mimeType, or with an unknown one such as
application/octet-stream, the type is taken from the extension. Other keys (for example a digest) are only used to distinguish
requests with the same Idempotency-Key.
fields: the other fields of a form, checked before the upload: {title, description} of a
deliverable, {name, type, description} of a sample.
Limit: as create_upload.
Returns {uploads} in their order. Repeating a call with the same header Idempotency-Key within 24
hours returns the same uploads in their current state; a removed upload has state removed.
Errors: VALIDATION_ERROR, FILE_TOO_LARGE, TALENT_ONLY, FORBIDDEN, NOT_FOUND, INVALID_STATE,
RATE_LIMITED, CONFLICT, NOT_AUTHENTICATED, SESSION_REVOKED.';

-- Discards the caller's unused uploads, except infected ones, whose objects are kept for
-- investigation. Definer: users cannot update files.
create function private.discard_uploads(p_files jsonb)
  returns void
  language plpgsql
  security definer
  set search_path = ''
as $$
declare
  v_file_id uuid;
begin
  for v_file_id in
    select f.id
    from public.files as f
    where f.id in (
        select private.try_uuid(file ->> 'fileId') from jsonb_array_elements(p_files) as file
      )
      and f.uploader_id = auth.uid()
      and f.state <> 'infected'
      and f.used_at is null
      and f.removed_at is null
    order by f.id
    for update
  loop
    perform private.remove_file(v_file_id, 'discarded');
  end loop;

  -- Repeating create_uploads with the same key reserves new files.
  if found then
    delete from private.idempotency_keys
    where user_id = auth.uid()
      and key = private.idempotency_key()
      and operation = 'create_uploads';
  end if;
end;
$$;

-- Called by api.discard_uploads as the caller; works on the caller's own files only.
grant execute on function private.discard_uploads(jsonb) to authenticated;

create function api.discard_uploads(files jsonb default null)
  returns void
  language plpgsql
  volatile
  set search_path = ''
as $$
begin
  perform private.require_session();
  perform private.raise_field_errors(
    private.check_file_list(jsonb_build_object('files', files), 'files')
  );
  perform private.discard_uploads(files);
end;
$$;

comment on function api.discard_uploads(jsonb) is
  'Discards uploads: they cannot be used any more, and their objects are removed at once instead of
after a day. Files that are used, already removed or uploaded by another user are ignored.
Requires: the uploader. files: 1 to 10 of [{fileId}].
With the Idempotency-Key of create_uploads, that key reserves new files when it is repeated.
Errors: VALIDATION_ERROR, NOT_AUTHENTICATED, SESSION_REVOKED.';

grant execute on function
  api.create_uploads(text, jsonb, text, text, text, jsonb),
  api.discard_uploads(jsonb)
to authenticated;
