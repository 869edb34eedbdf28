-- Operations on samples (/projects/:projectId/samples).

-- Returns a page of the samples of a project that the caller may read. Definer: see
-- private.page_of_documents.
create function private.list_samples(p_project_id uuid, p_input jsonb)
  returns jsonb
  language plpgsql
  stable
  security definer
  set search_path = ''
as $$
declare
  v_sorts constant jsonb := '{"createdAt": "created_at", "name": "name"}';
  v_page record;
begin
  perform private.require_project(p_project_id);
  perform private.raise_field_errors(
    private.check_page(p_input) || private.check_sort(p_input, v_sorts)
  );

  v_page := private.page_of_documents(
    'private.sample_documents', 'project_id = $1',
    private.order_clause(coalesce(p_input ->> 'sort', 'createdAt'), v_sorts),
    private.page_number(p_input), private.page_limit(p_input, 100),
    p_project_id
  );

  return jsonb_build_object('samples', v_page.documents, 'pagination', v_page.pagination);
end;
$$;

-- Called by api.list_samples as the caller; it returns what the caller may read.
grant execute on function private.list_samples(uuid, jsonb) to authenticated;

create function api.list_samples(
  "projectId" text default null, page jsonb default null, "limit" jsonb default null,
  sort text default null
)
  returns jsonb
  language plpgsql
  stable
  set search_path = ''
as $$
begin
  perform private.require_session();
  perform private.require_ids(jsonb_build_object('projectId', "projectId"));

  return private.list_samples("projectId"::uuid, private.input_of(
    'list_samples', jsonb_build_object('page', page, 'limit', "limit", 'sort', sort)
  ));
end;
$$;

comment on function api.list_samples(text, jsonb, jsonb, text) is
  'Lists the samples of a project, at most 20.
Requires: the project''s creator or a member of its team.
page: from 1. limit: default 100, at most 100. sort: createdAt or name, descending with a leading -;
default createdAt.
Returns {samples, pagination}. url is the address of a link and null for a file: call get_download
with file.id, or use the REST API, which signs URLs.
Errors: VALIDATION_ERROR, NOT_FOUND, FORBIDDEN, NOT_AUTHENTICATED, SESSION_REVOKED.';

create function api.add_sample(
  "projectId" text default null, name text default null, type text default null,
  url text default null, "fileId" text default null, description text default null
)
  returns jsonb
  language plpgsql
  volatile
  set search_path = ''
as $$
declare
  v_input constant jsonb := private.input_of('add_sample', jsonb_build_object(
    'name', name, 'type', type, 'url', url, 'fileId', "fileId", 'description', description
  ));
  v_id uuid;
  v_answer jsonb;
begin
  perform private.require_session();
  perform private.require_ids(jsonb_build_object('projectId', "projectId"));

  v_answer := private.earlier_answer(
    'add_sample', v_input || jsonb_build_object('projectId', "projectId")
  );
  if v_answer is not null then
    return v_answer;
  end if;

  perform private.require_project_creator("projectId"::uuid);
  perform private.raise_field_errors(
    private.check_keys(v_input, array['name', 'type', 'url', 'fileId', 'description'])
    || private.sample_field_errors(v_input)
  );

  v_id := private.add_sample("projectId"::uuid, name, type, url, "fileId"::uuid, description);

  return private.keep_answer(
    (select s.document from private.sample_documents as s where s.id = v_id)
  );
end;
$$;

comment on function api.add_sample(text, text, text, text, text, text) is
  'Adds a sample to a project and returns it.
Requires: the project''s creator.
name: 1 to 255 characters. type: link, with url (http or https, at most 2,048 characters); or file,
with fileId of the caller''s unused upload for this project. description: optional, at most 10,000
characters.
Limit: 20 samples per project.
Repeating a call with the same header Idempotency-Key within 24 hours returns the first response.
Errors: VALIDATION_ERROR, UPLOAD_MISSING, FILE_MISMATCH, FILE_INFECTED, NOT_FOUND, FORBIDDEN,
INVALID_STATE (20 samples exist), CONFLICT, NOT_AUTHENTICATED, SESSION_REVOKED.';

create function api.delete_sample("projectId" text default null, "sampleId" text default null)
  returns void
  language plpgsql
  volatile
  set search_path = ''
as $$
begin
  perform private.require_session();
  perform private.require_ids(
    jsonb_build_object('projectId', "projectId", 'sampleId', "sampleId")
  );
  perform private.delete_sample("projectId"::uuid, "sampleId"::uuid);
end;
$$;

comment on function api.delete_sample(text, text) is
  'Deletes a sample and its file.
Requires: the project''s creator.
Errors: NOT_FOUND, FORBIDDEN, NOT_AUTHENTICATED, SESSION_REVOKED.';

grant execute on function
  api.list_samples(text, jsonb, jsonb, text),
  api.add_sample(text, text, text, text, text, text),
  api.delete_sample(text, text)
to authenticated;
