-- /deliverables and /deliverables/:deliverableId.

-- One deliverable with all of its versions.
create function private.deliverable_with_versions(p_deliverable_id uuid)
  returns jsonb
  language sql
  stable
  set search_path = ''
as $$
  select d.document || jsonb_build_object('versions', private.version_documents(d.id))
  from private.deliverable_documents as d
  where d.id = p_deliverable_id
$$;

grant execute on function private.deliverable_with_versions(uuid) to authenticated;

create function api.list_deliverables(
  status text default null, "projectId" uuid default null, page integer default null,
  "limit" integer default null, sort text default null
)
  returns jsonb
  language plpgsql
  stable
  set search_path = ''
as $$
declare
  v_user_id constant uuid := private.require_session();
  v_sorts constant jsonb := '{
    "submittedAt": "submitted_at", "updatedAt": "updated_at", "title": "title", "status": "status"
  }';
  v_page record;
begin
  perform private.raise_field_errors(
    private.check_choice(
      jsonb_build_object('status', status), 'status', 'Status',
      array['pending', 'approved', 'revision'], true
    )
    || private.check_page(page, "limit")
    || private.check_sort(sort, v_sorts)
  );

  v_page := private.page_of_documents(
    'private.deliverable_documents',
    case private.my_user_type()
      when 'creator' then 'creator_id = $1'
      else 'submitted_by_id = $1'
    end
    || case when status is null then '' else ' and status = $2' end
    || case when "projectId" is null then '' else ' and project_id = $3' end,
    private.order_clause(coalesce(sort, '-submittedAt'), v_sorts),
    coalesce(page, 1), least(coalesce("limit", 20), 100),
    v_user_id, status, "projectId"
  );

  return jsonb_build_object('deliverables', v_page.documents, 'pagination', v_page.pagination);
end;
$$;

comment on function api.list_deliverables(text, uuid, integer, integer, text) is
  'Deliverables: a creator''s over all their projects, a talent''s own submissions. Any signed-in
user. status: pending, approved or revision. projectId narrows. page from 1, limit 20, at most 100. sort:
submittedAt, updatedAt, title, status, with - in front for descending; newest first without it.
Returns {deliverables, pagination}; files are those of the present version, without addresses:
get_download gives one, REST signs them all.
Errors: VALIDATION_ERROR, NOT_AUTHENTICATED, SESSION_REVOKED.';

create function api.create_deliverable(
  "projectId" uuid default null, "taskId" uuid default null, title text default null,
  description text default null, files jsonb default null
)
  returns jsonb
  language plpgsql
  volatile
  set search_path = ''
as $$
declare
  v_input constant jsonb := jsonb_build_object(
    'projectId', "projectId", 'taskId', "taskId", 'title', title, 'description', description,
    'files', files
  );
  v_id uuid;
  v_answer jsonb;
begin
  perform private.require_talent();

  v_answer := private.earlier_answer('create_deliverable', v_input);
  if v_answer is not null then
    return v_answer;
  end if;

  perform private.raise_field_errors(
    private.check_uuid(v_input, 'projectId', 'Project id')
    || private.check_uuid(v_input, 'taskId', 'Task id')
    || private.deliverable_field_errors(v_input)
    || private.check_file_list(v_input, 'files')
  );

  -- Two statements: a document shows what was written before its own began.
  v_id := private.submit_deliverable("projectId", "taskId", title, description, files);
  return private.keep_answer(private.deliverable_with_versions(v_id));
end;
$$;

comment on function api.create_deliverable(uuid, uuid, text, text, jsonb) is
  'Hands in work for a task and returns the deliverable. The talent the task is assigned to.
title: 1 to 255 characters. description: at most 10000, may mention people of the project as
@[Name](userId). files: 1 to 10 of [{fileId}], the caller''s own unused uploads for this task; those
not confirmed yet are confirmed here.
With the header Idempotency-Key a repetition within 24 hours returns the first answer.
Errors: VALIDATION_ERROR (also for a task that is not the caller''s), UPLOAD_MISSING, FILE_MISMATCH,
FILE_INFECTED, TALENT_ONLY, FORBIDDEN, NOT_FOUND, INVALID_STATE in a completed project or while one
of the caller''s for this task is in revision, CONFLICT, NOT_AUTHENTICATED, SESSION_REVOKED.';

create function api.get_deliverable("deliverableId" uuid default null)
  returns jsonb
  language plpgsql
  stable
  set search_path = ''
as $$
begin
  perform private.require_session();
  perform private.require_deliverable("deliverableId");

  return private.deliverable_with_versions("deliverableId");
end;
$$;

comment on function api.get_deliverable(uuid) is
  'One deliverable with every version handed in: versions [{version, title, description, files,
submittedAt, review: {action, feedback, reviewedBy, reviewedAt} or null}]. Who submitted it, also
after leaving the team, and the project''s creator.
Errors: NOT_FOUND, FORBIDDEN, NOT_AUTHENTICATED, SESSION_REVOKED.';

create function api.resubmit_deliverable(
  "deliverableId" uuid default null, title text default null, description text default null,
  files jsonb default null
)
  returns jsonb
  language plpgsql
  volatile
  set search_path = ''
as $$
declare
  v_input constant jsonb := jsonb_strip_nulls(
      jsonb_build_object('title', title, 'description', description)
    )
    || jsonb_build_object('files', files);
  v_answer jsonb;
begin
  perform private.require_talent();

  v_answer := private.earlier_answer(
    'resubmit_deliverable', v_input || jsonb_build_object('deliverableId', "deliverableId")
  );
  if v_answer is not null then
    return v_answer;
  end if;

  perform private.require_deliverable("deliverableId");
  perform private.raise_field_errors(
    private.deliverable_field_errors(v_input) || private.check_file_list(v_input, 'files')
  );
  perform private.resubmit_deliverable("deliverableId", title, description, files);

  return private.keep_answer(private.deliverable_with_versions("deliverableId"));
end;
$$;

comment on function api.resubmit_deliverable(uuid, text, text, jsonb) is
  'Answers a revision with the next version and returns the deliverable, pending again. Who
submitted it, while the task is assigned to them.
title and description stay where they are left out. files: as for create_deliverable; those of
earlier versions stay with them.
With the header Idempotency-Key a repetition within 24 hours returns the first answer.
Errors: VALIDATION_ERROR, UPLOAD_MISSING, FILE_MISMATCH, FILE_INFECTED, TALENT_ONLY, FORBIDDEN,
NOT_FOUND, INVALID_STATE unless it is in revision and the project open, CONFLICT, NOT_AUTHENTICATED,
SESSION_REVOKED.';

create function api.decide_deliverable(
  "deliverableId" uuid default null, action text default null, feedback text default null
)
  returns jsonb
  language plpgsql
  volatile
  set search_path = ''
as $$
declare
  v_input constant jsonb := jsonb_build_object('action', action, 'feedback', feedback);
begin
  perform private.require_session();
  perform private.require_project_creator(
    (private.require_deliverable("deliverableId")).project_id
  );
  perform private.raise_field_errors(
    private.check_choice(v_input, 'action', 'Action', array['approve', 'request_revision'])
    || case action
      when 'request_revision' then private.check_text(v_input, 'feedback', 'Feedback', 1, 5000)
      else '[]'
    end
  );

  -- One statement: of two at once, one finds it pending. The table's triggers do the rest.
  update public.deliverables as d
  set
    status = case action when 'approve' then 'approved' else 'revision' end,
    feedback = decide_deliverable.feedback
  where d.id = "deliverableId" and d.status = 'pending';

  if not found then
    raise sqlstate 'PT409' using
      message = 'Only a pending deliverable can be decided on.',
      hint = 'INVALID_STATE';
  end if;

  return private.deliverable_with_versions("deliverableId");
end;
$$;

comment on function api.decide_deliverable(uuid, text, text) is
  'Approves a pending deliverable or sends it back, and returns it. The project''s creator.
action: approve or request_revision. feedback: 1 to 5000 characters, required for a revision.
A deliverable has three revisions; then it can be approved or deleted. Approving does not move the
task.
Errors: VALIDATION_ERROR, MAX_REVISIONS_REACHED, NOT_FOUND, FORBIDDEN, INVALID_STATE unless pending,
NOT_AUTHENTICATED, SESSION_REVOKED.';

create function api.delete_deliverable("deliverableId" uuid default null)
  returns void
  language plpgsql
  volatile
  set search_path = ''
as $$
begin
  perform private.require_session();
  perform private.delete_deliverable("deliverableId");
end;
$$;

comment on function api.delete_deliverable(uuid) is
  'Deletes a deliverable with its files. Who submitted it, until it was first decided on; the
project''s creator, until it is approved.
Errors: NOT_FOUND, FORBIDDEN, INVALID_STATE, NOT_AUTHENTICATED, SESSION_REVOKED.';

grant execute on function
  api.list_deliverables(text, uuid, integer, integer, text),
  api.create_deliverable(uuid, uuid, text, text, jsonb),
  api.get_deliverable(uuid),
  api.resubmit_deliverable(uuid, text, text, jsonb),
  api.decide_deliverable(uuid, text, text),
  api.delete_deliverable(uuid)
to authenticated;
