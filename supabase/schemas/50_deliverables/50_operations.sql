-- Operations on deliverables (/deliverables, /deliverables/:deliverableId).

-- Returns one deliverable with all of its versions.
create function private.deliverable_with_versions(p_deliverable_id uuid)
  returns jsonb
  language plpgsql
  stable
  set search_path = ''
as $$
begin
  return (
    select d.document || jsonb_build_object('versions', private.version_documents(d.id))
    from private.deliverable_documents as d
    where d.id = p_deliverable_id
  );
end;
$$;

-- Returns a deliverable that the caller may read. Definer: it has asked once, so that no version and no
-- file asks again.
create function private.deliverable_for_reader(p_deliverable_id uuid)
  returns jsonb
  language plpgsql
  stable
  security definer
  set search_path = ''
as $$
begin
  perform private.require_deliverable(p_deliverable_id);

  return private.deliverable_with_versions(p_deliverable_id);
end;
$$;

-- Called by api functions as the caller; they return what the caller may read.
grant execute on function
  private.deliverable_with_versions(uuid),
  private.deliverable_for_reader(uuid)
to authenticated;

-- Returns a page of the caller's deliverables. Definer: see private.page_of_documents.
create function private.list_deliverables(p_input jsonb)
  returns jsonb
  language plpgsql
  stable
  security definer
  set search_path = ''
as $$
declare
  v_sorts constant jsonb := '{
    "submittedAt": "submitted_at", "updatedAt": "updated_at", "title": "title", "status": "status"
  }';
  v_page record;
begin
  perform private.raise_field_errors(
    private.check_choice(
      p_input, 'status', 'Status', array['pending', 'approved', 'revision'], true
    )
    || private.check_uuid(p_input, 'projectId', 'Project id', true)
    || private.check_uuid(p_input, 'taskId', 'Task id', true)
    || private.check_page(p_input)
    || private.check_sort(p_input, v_sorts)
  );

  v_page := private.page_of_documents(
    'private.deliverable_documents',
    'deleted_at is null and '
    || case private.my_user_type()
      when 'creator' then 'creator_id = $1'
      else 'submitted_by_id = $1'
    end
    || case when p_input ->> 'status' is null then '' else ' and status = $2' end
    || case when p_input ->> 'projectId' is null then '' else ' and project_id = $3' end
    || case when p_input ->> 'taskId' is null then '' else ' and task_id = $4' end,
    private.order_clause(coalesce(p_input ->> 'sort', '-submittedAt'), v_sorts),
    private.page_number(p_input), private.page_limit(p_input, 20),
    auth.uid(), p_input ->> 'status', (p_input ->> 'projectId')::uuid,
    (p_input ->> 'taskId')::uuid
  );

  return jsonb_build_object('deliverables', v_page.documents, 'pagination', v_page.pagination);
end;
$$;

-- Called by api.list_deliverables as the caller; it returns the caller's own.
grant execute on function private.list_deliverables(jsonb) to authenticated;

create function api.list_deliverables(
  status text default null, "projectId" text default null, "taskId" text default null,
  page jsonb default null, "limit" jsonb default null, sort text default null
)
  returns jsonb
  language plpgsql
  stable
  set search_path = ''
as $$
begin
  perform private.require_session();

  return private.list_deliverables(private.input_of('list_deliverables', jsonb_build_object(
    'status', status, 'projectId', "projectId", 'taskId', "taskId", 'page', page,
    'limit', "limit", 'sort', sort
  )));
end;
$$;

comment on function api.list_deliverables(text, text, text, jsonb, jsonb, text) is
  'Lists deliverables: for a creator those of all their projects, for a talent their own.
Requires: any signed-in user.
status: pending, approved or revision. projectId, taskId: only of this project, of this task. page:
from 1. limit: default 20, at most 100. sort: submittedAt, updatedAt, title or status, descending
with a leading -; default -submittedAt.
Returns {deliverables, pagination}, with the files of the current version. fileUrl is null: call
get_download, or use the REST API, which signs URLs.
Errors: VALIDATION_ERROR, NOT_AUTHENTICATED, SESSION_REVOKED.';

create function api.submit_deliverable(
  "projectId" text default null, "taskId" text default null, title text default null,
  description text default null, files jsonb default null
)
  returns jsonb
  language plpgsql
  volatile
  set search_path = ''
  set plan_cache_mode = force_generic_plan
as $$
declare
  v_input constant jsonb := private.input_of('submit_deliverable', jsonb_build_object(
    'projectId', "projectId", 'taskId', "taskId", 'title', title, 'description', description,
    'files', files
  ));
  v_id uuid;
  v_answer jsonb;
begin
  perform private.require_talent();

  v_answer := private.earlier_answer('submit_deliverable', v_input);
  if v_answer is not null then
    return v_answer;
  end if;

  perform private.raise_field_errors(
    private.check_keys(v_input, array['projectId', 'taskId', 'title', 'description', 'files'])
    || private.check_uuid(v_input, 'projectId', 'Project id')
    || private.check_uuid(v_input, 'taskId', 'Task id')
    || private.deliverable_field_errors(v_input)
    || private.check_file_list(v_input, 'files')
  );

  -- Two statements, because a document shows only what was written before its statement began.
  v_id := private.submit_deliverable("projectId"::uuid, "taskId"::uuid, title, description, files);
  return private.keep_answer(private.deliverable_for_reader(v_id));
end;
$$;

comment on function api.submit_deliverable(text, text, text, text, jsonb) is
  'Submits a deliverable for a task and returns it.
Requires: the talent to whom the task is assigned.
title: 1 to 255 characters. description: at most 10,000 characters, can mention users of the project
as @[Name](userId); a mention of anyone else is plain text. files: [{fileId}] with 1 to 10 of the caller''s unused uploads for this task;
uploads that are not confirmed yet are confirmed.
Repeating a call with the same header Idempotency-Key within 24 hours returns the first response.
Errors: VALIDATION_ERROR (also for a task not assigned to the caller), UPLOAD_MISSING,
FILE_MISMATCH, FILE_INFECTED, TALENT_ONLY, FORBIDDEN, NOT_FOUND, INVALID_STATE (the project is
completed, or a deliverable of the caller for this task is in revision), CONFLICT,
NOT_AUTHENTICATED, SESSION_REVOKED.';

create function api.get_deliverable("deliverableId" text default null)
  returns jsonb
  language plpgsql
  stable
  set search_path = ''
as $$
begin
  perform private.require_session();
  perform private.require_ids(jsonb_build_object('deliverableId', "deliverableId"));

  return private.deliverable_for_reader("deliverableId"::uuid);
end;
$$;

comment on function api.get_deliverable(text) is
  'Returns one deliverable with all its versions: versions [{version, title, description, files,
submittedAt, review: {action, feedback, reviewedBy, reviewedAt} or null}].
Requires: the submitter (also after leaving the team) or the project''s creator.
Errors: NOT_FOUND, FORBIDDEN, NOT_AUTHENTICATED, SESSION_REVOKED.';

create function api.resubmit_deliverable(
  "deliverableId" text default null, title text default null, description text default null,
  files jsonb default null
)
  returns jsonb
  language plpgsql
  volatile
  set search_path = ''
  set plan_cache_mode = force_generic_plan
as $$
declare
  -- An omitted title or description stays unchanged.
  v_input constant jsonb := '{"files": null}' || jsonb_strip_nulls(
    private.input_of('resubmit_deliverable', jsonb_build_object(
      'title', title, 'description', description, 'files', files
    ))
  );
  v_answer jsonb;
begin
  perform private.require_talent();
  perform private.require_ids(jsonb_build_object('deliverableId', "deliverableId"));

  v_answer := private.earlier_answer(
    'resubmit_deliverable', v_input || jsonb_build_object('deliverableId', "deliverableId")
  );
  if v_answer is not null then
    return v_answer;
  end if;

  perform private.require_deliverable("deliverableId"::uuid);
  perform private.raise_field_errors(
    private.check_keys(v_input, array['title', 'description', 'files'])
    || private.deliverable_field_errors(v_input)
    || private.check_file_list(v_input, 'files')
  );
  perform private.resubmit_deliverable("deliverableId"::uuid, title, description, files);

  return private.keep_answer(private.deliverable_for_reader("deliverableId"::uuid));
end;
$$;

comment on function api.resubmit_deliverable(text, text, text, jsonb) is
  'Submits the next version of a deliverable in revision and returns the deliverable, which is
pending again.
Requires: the submitter, while the task is assigned to them. title and description: unchanged if
omitted. files: as submit_deliverable; earlier versions keep their files.
Repeating a call with the same header Idempotency-Key within 24 hours returns the first response.
Errors: VALIDATION_ERROR, UPLOAD_MISSING, FILE_MISMATCH, FILE_INFECTED, TALENT_ONLY, FORBIDDEN,
NOT_FOUND, INVALID_STATE (not in revision, or the project is completed), CONFLICT,
NOT_AUTHENTICATED, SESSION_REVOKED.';

-- The creator's review of a pending deliverable, for both operations. p_input is the input as it was
-- sent; the REST API has one path for both and also sends the action.
create function private.review_deliverable(p_deliverable_id text, p_action text, p_input jsonb)
  returns jsonb
  language plpgsql
  volatile
  set search_path = ''
  set plan_cache_mode = force_generic_plan
as $$
begin
  perform private.require_session();
  perform private.require_ids(jsonb_build_object('deliverableId', p_deliverable_id));
  perform private.require_project_creator(
    (private.require_deliverable(p_deliverable_id::uuid)).project_id
  );
  perform private.raise_field_errors(
    private.check_keys(p_input, array['action', 'feedback'])
    || private.check_choice(p_input, 'action', 'Action', array['approve', 'request_revision'])
    || private.check_text(
      p_input, 'feedback', 'Feedback',
      case p_input ->> 'action' when 'request_revision' then 1 else 0 end, 5000
    )
  );

  -- One statement, so that of two concurrent reviews only one finds it pending. Triggers do the
  -- rest.
  update public.deliverables as d
  set
    status = case p_action when 'approve' then 'approved' else 'revision' end,
    feedback = p_input ->> 'feedback'
  where d.id = p_deliverable_id::uuid and d.status = 'pending';

  if not found then
    raise sqlstate 'PT409' using
      message = 'Only a pending deliverable can be approved or revised.',
      hint = 'INVALID_STATE';
  end if;

  return private.deliverable_for_reader(p_deliverable_id::uuid);
end;
$$;

-- Runs as the caller, under the caller's policies.
grant execute on function private.review_deliverable(text, text, jsonb) to authenticated;

create function api.approve_deliverable("deliverableId" text default null)
  returns jsonb
  language plpgsql
  volatile
  set search_path = ''
as $$
begin
  return private.review_deliverable(
    "deliverableId", 'approve', private.input_of('approve_deliverable', '{"action": "approve"}')
  );
end;
$$;

comment on function api.approve_deliverable(text) is
  'Approves a pending deliverable and returns it. This is final. The status of the task does not
change.
Requires: the project''s creator.
Errors: VALIDATION_ERROR, NOT_FOUND, FORBIDDEN, INVALID_STATE (not pending), NOT_AUTHENTICATED,
SESSION_REVOKED.';

create function api.request_revision(
  "deliverableId" text default null, feedback text default null
)
  returns jsonb
  language plpgsql
  volatile
  set search_path = ''
as $$
begin
  return private.review_deliverable(
    "deliverableId", 'request_revision', private.input_of(
      'request_revision', jsonb_build_object('action', 'request_revision', 'feedback', feedback)
    )
  );
end;
$$;

comment on function api.request_revision(text, text) is
  'Requests a revision of a pending deliverable and returns it. The status of the task does not
change.
Requires: the project''s creator.
feedback: 1 to 5,000 characters.
Limit: 3 revisions; after that the deliverable can be approved or deleted.
Errors: VALIDATION_ERROR, MAX_REVISIONS_REACHED, NOT_FOUND, FORBIDDEN, INVALID_STATE (not pending),
NOT_AUTHENTICATED, SESSION_REVOKED.';

create function api.delete_deliverable("deliverableId" text default null)
  returns void
  language plpgsql
  volatile
  set search_path = ''
as $$
begin
  perform private.require_session();
  perform private.require_ids(jsonb_build_object('deliverableId', "deliverableId"));
  perform private.delete_deliverable("deliverableId"::uuid);
end;
$$;

comment on function api.delete_deliverable(text) is
  'Deletes a deliverable and its files.
Requires: the submitter, before the first decision; or the project''s creator, before approval.
Errors: NOT_FOUND, FORBIDDEN, INVALID_STATE, NOT_AUTHENTICATED, SESSION_REVOKED.';

grant execute on function
  api.list_deliverables(text, text, text, jsonb, jsonb, text),
  api.submit_deliverable(text, text, text, text, jsonb),
  api.get_deliverable(text),
  api.resubmit_deliverable(text, text, text, jsonb),
  api.approve_deliverable(text),
  api.request_revision(text, text),
  api.delete_deliverable(text)
to authenticated;
