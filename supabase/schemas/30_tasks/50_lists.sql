-- The lists of tasks: GET /projects/:projectId/tasks and GET /tasks.

-- Returns a page of tasks for both lists: of a project that the caller may read, or of the caller's
-- own over all projects. Definer: see private.page_of_documents.
create function private.list_tasks(
  p_input jsonb, p_project_id text, p_is_of_project boolean, p_default_limit integer
)
  returns jsonb
  language plpgsql
  stable
  security definer
  set search_path = ''
as $$
declare
  v_sorts constant jsonb := '{
    "dueDate": "due_date", "createdAt": "created_at", "updatedAt": "updated_at", "name": "name",
    "status": "status"
  }';
  v_due_from constant date := private.try_date(p_input ->> 'dueFrom');
  v_due_to constant date := private.try_date(p_input ->> 'dueTo');
  v_page record;
begin
  if p_is_of_project then
    perform private.require_project(p_project_id::uuid);
  end if;

  perform private.raise_field_errors(
    private.check_choice(
      p_input, 'status', 'Status', array['planning', 'in-progress', 'completed'], true
    )
    || private.check_uuid(p_input, 'assigneeId', 'Assignee', true)
    || private.check_uuid(p_input, 'projectId', 'Project id', true)
    || private.check_date(p_input, 'dueFrom', 'Due from', true)
    || private.check_date(p_input, 'dueTo', 'Due to', true)
    || case
      when v_due_from > v_due_to
        then private.field_error('dueFrom', 'Due from must not be later than due to.')
      else '[]'
    end
    || private.check_page(p_input)
    || private.check_sort(p_input, v_sorts)
  );

  v_page := private.page_of_documents(
    'private.task_documents',
    'deleted_at is null and not in_deleted_project'
      || case
        when p_is_of_project then ''
        when private.my_user_type() = 'creator' then ' and creator_id = $1'
        -- "is true" keeps the teams a filter of the assignee's rows. With an array they would be
        -- looked up one by one, and planning a join takes longer than reading a page.
        else ' and assignee_id = $1 and (project_id in ('
          || 'select m.project_id from public.project_members as m'
          || ' where m.user_id = $1 and m.removed_at is null and not m.in_deleted_project'
          || ')) is true'
      end
      || case when p_input ->> 'status' is null then '' else ' and status = $2' end
      || case when p_input ->> 'assigneeId' is null then '' else ' and assignee_id = $3' end
      || case when p_project_id is null then '' else ' and project_id = $4' end
      || case when v_due_from is null then '' else ' and due_date >= $5' end
      || case when v_due_to is null then '' else ' and due_date <= $6' end,
    private.order_clause(coalesce(p_input ->> 'sort', 'dueDate'), v_sorts),
    private.page_number(p_input), private.page_limit(p_input, p_default_limit),
    auth.uid(), p_input ->> 'status', (p_input ->> 'assigneeId')::uuid, p_project_id::uuid,
    v_due_from, v_due_to
  );

  return jsonb_build_object('tasks', v_page.documents, 'pagination', v_page.pagination);
end;
$$;

-- Called by api functions as the caller; it returns what the caller may read.
grant execute on function private.list_tasks(jsonb, text, boolean, integer) to authenticated;

create function api.list_project_tasks(
  "projectId" text default null, status text default null, "assigneeId" text default null,
  page jsonb default null, "limit" jsonb default null, sort text default null
)
  returns jsonb
  language plpgsql
  stable
  set search_path = ''
as $$
begin
  perform private.require_session();
  perform private.require_ids(jsonb_build_object('projectId', "projectId"));

  return private.list_tasks(
    private.input_of('list_project_tasks', jsonb_build_object(
      'status', status, 'assigneeId', "assigneeId", 'page', page, 'limit', "limit", 'sort', sort
    )),
    "projectId", true, 100
  );
end;
$$;

comment on function api.list_project_tasks(text, text, text, jsonb, jsonb, text) is
  'Returns the tasks of a project.
status: planning, in-progress or completed. assigneeId: only tasks of this assignee. page: from 1.
limit: 100 by default, at most 100. sort: dueDate, createdAt, updatedAt, name or status, with - in
front for descending order; dueDate by default.
Returns {tasks, pagination}.
Requires: project creator or member.
Errors: VALIDATION_ERROR, NOT_FOUND, FORBIDDEN, NOT_AUTHENTICATED, SESSION_REVOKED.';

create function api.list_tasks(
  status text default null, "assigneeId" text default null, "projectId" text default null,
  "dueFrom" text default null, "dueTo" text default null,
  page jsonb default null, "limit" jsonb default null, sort text default null
)
  returns jsonb
  language plpgsql
  stable
  set search_path = ''
as $$
begin
  perform private.require_session();

  return private.list_tasks(
    private.input_of('list_tasks', jsonb_build_object(
      'status', status, 'assigneeId', "assigneeId", 'projectId', "projectId",
      'dueFrom', "dueFrom", 'dueTo', "dueTo", 'page', page, 'limit', "limit", 'sort', sort
    )),
    "projectId", false, 20
  );
end;
$$;

comment on function api.list_tasks(text, text, text, text, text, jsonb, jsonb, text) is
  'Returns the caller''s tasks over all projects: tasks in a creator''s projects, or tasks assigned
to a talent.
status, assigneeId, projectId: only matching tasks. dueFrom, dueTo: only tasks due in this period
(YYYY-MM-DD, both days included). page: from 1. limit: 20 by default, at most 100. sort: dueDate,
createdAt, updatedAt, name or status, with - in front for descending order; dueDate by default.
Returns {tasks, pagination}.
Requires: a signed-in user.
Errors: VALIDATION_ERROR, NOT_AUTHENTICATED, SESSION_REVOKED.';

grant execute on function
  api.list_project_tasks(text, text, text, jsonb, jsonb, text),
  api.list_tasks(text, text, text, text, text, jsonb, jsonb, text)
to authenticated;
