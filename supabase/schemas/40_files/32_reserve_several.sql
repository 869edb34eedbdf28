-- Several uploads in one go, for whoever sends files with what they belong to: a form of the REST
-- surface. All of them are reserved, or none; and given up together when nothing comes of them.

-- The type a name stands for, where a sender knows none: the first with such an extension.
create function private.type_of_name(p_upload_type text, p_file_name text)
  returns text
  language sql
  stable
  security definer
  set search_path = ''
as $$
  select t.mime_type
  from private.file_types as t
  where t.upload_type = p_upload_type
    and private.extension_of(p_file_name) = any (t.extensions)
  order by t.mime_type
  limit 1
$$;

-- The files of a request as api.create_upload would be told of them one by one, in their order.
create function private.described_uploads(p_input jsonb)
  returns setof jsonb
  language sql
  stable
  set search_path = ''
as $$
  select (p_input - 'files') || file || jsonb_build_object(
    'mimeType',
    case
      when coalesce(file ->> 'mimeType', 'application/octet-stream') = 'application/octet-stream'
        then coalesce(
          private.type_of_name(p_input ->> 'uploadType', file ->> 'fileName'), file ->> 'mimeType'
        )
      else file ->> 'mimeType'
    end
  )
  from jsonb_array_elements(p_input -> 'files') with ordinality as list (file, place)
  order by place
$$;

create function private.check_described_files(p_files jsonb)
  returns jsonb
  language sql
  immutable
  set search_path = ''
as $$
  select case
    when coalesce(jsonb_typeof(p_files), 'null') = 'null' or p_files = '[]'
      then private.field_error('files', 'At least one file is required.')
    when jsonb_typeof(p_files) <> 'array'
      or jsonb_path_exists(p_files, '$[*] ? (@.type() != "object")')
      or jsonb_path_exists(p_files, '$[*].fileSize ? (@.type() != "number" || @ != @.floor())')
      then private.field_error(
        'files', 'Files have to be a list of objects with fileName, fileSize and mimeType.'
      )
    when jsonb_array_length(p_files) > 10
      then private.field_error('files', 'At most 10 files are possible.')
    else '[]'
  end
$$;

-- What is wrong with them, each field named with the file it belongs to: files[2].fileName.
create function private.described_field_errors(p_input jsonb)
  returns jsonb
  language sql
  stable
  set search_path = ''
as $$
  select coalesce(
    jsonb_agg(
      field_error || jsonb_build_object(
        'field', format('files[%s].%s', file.place - 1, field_error ->> 'field')
      )
      order by file.place
    ),
    '[]'
  )
  from private.described_uploads(p_input) with ordinality as file (input, place)
  cross join jsonb_array_elements(private.file_field_errors(file.input)) as field_error
$$;

-- The uploads of an earlier answer as they are now. One that is gone keeps its id: what it became
-- part of may still be asked for with it.
create function private.present_uploads(p_answer jsonb)
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

-- Run by api.create_uploads as the caller.
grant execute on function
  private.type_of_name(text, text),
  private.described_uploads(jsonb),
  private.check_described_files(jsonb),
  private.described_field_errors(jsonb),
  private.present_uploads(jsonb)
to authenticated;

create function api.create_uploads(
  "uploadType" text default null, files jsonb default null, "projectId" uuid default null,
  "taskId" uuid default null, "deliverableId" uuid default null
)
  returns jsonb
  language plpgsql
  volatile
  set search_path = ''
as $$
declare
  v_input constant jsonb := jsonb_build_object(
    'uploadType', "uploadType", 'files', files, 'projectId', "projectId", 'taskId', "taskId",
    'deliverableId', "deliverableId"
  );
  v_file jsonb;
  v_answer jsonb;
  v_uploads jsonb := '[]';
begin
  perform private.require_session();

  v_answer := private.earlier_answer('create_uploads', v_input);
  if v_answer is not null then
    return private.present_uploads(v_answer);
  end if;

  perform private.raise_field_errors(
    private.check_choice(
      v_input, 'uploadType', 'Upload type', array['deliverable', 'avatar', 'sample']
    )
    || private.check_described_files(files)
    || private.upload_target_field_errors(v_input)
  );
  perform private.raise_field_errors(private.described_field_errors(v_input));

  for v_file in select private.described_uploads(v_input) loop
    perform private.refuse_large_file(
      "uploadType", v_file ->> 'mimeType', (v_file ->> 'fileSize')::bigint
    );
    v_uploads := v_uploads || private.upload_document(private.reserve_file(v_file));
  end loop;

  return private.keep_answer(jsonb_build_object('uploads', v_uploads));
end;
$$;

comment on function api.create_uploads(text, jsonb, uuid, uuid, uuid) is
  'As create_upload, for 1 to 10 files of the same kind and target at once: all are reserved, or none.
files: [{fileName, fileSize, mimeType}]; a mimeType that is left out or application/octet-stream is
taken from the extension. Anything else in them (a digest, say) tells requests with one
Idempotency-Key apart.
Returns {uploads} in their order. With the header Idempotency-Key a repetition within 24 hours
returns the first uploads as they are by then; state is removed for one that is gone.
Errors: VALIDATION_ERROR, FILE_TOO_LARGE, TALENT_ONLY, FORBIDDEN, NOT_FOUND, INVALID_STATE,
RATE_LIMITED, CONFLICT, NOT_AUTHENTICATED, SESSION_REVOKED.';

-- Definer: ends files, which is nobody's to do. The caller's own, and none that is part of anything.
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
      and f.used_at is null
      and f.removed_at is null
    order by f.id
    for update
  loop
    perform private.remove_file(v_file_id, 'discarded');
  end loop;

  -- What is given up is not found again by a repetition; that reserves anew.
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
  'Gives uploads up: they cannot be used any more, and their objects go at once instead of after a
day. Whoever reserved them; what is used already, gone or somebody else''s is left alone.
files: 1 to 10 of [{fileId}]. With the Idempotency-Key of create_uploads a repetition of that one
reserves anew.
Errors: VALIDATION_ERROR, NOT_AUTHENTICATED, SESSION_REVOKED.';

grant execute on function
  api.create_uploads(text, jsonb, uuid, uuid, uuid),
  api.discard_uploads(jsonb)
to authenticated;
