-- The lists of tasks: GET /projects/:projectId/tasks and GET /tasks.

-- Both lists of tasks: one filter, one order, one shape. p_where says whose tasks they are, with
-- the caller as $1.
create function private.list_tasks(
  p_where text, p_status text, p_assignee_id uuid, p_project_id uuid, p_due_from text,
  p_due_to text, p_page integer, p_limit integer, p_sort text
)
  returns jsonb
  language plpgsql
  stable
  set search_path = ''
as $$
declare
  v_sorts constant jsonb := '{
    "dueDate": "due_date", "createdAt": "created_at", "updatedAt": "updated_at", "name": "name",
    "status": "status"
  }';
  v_input constant jsonb := jsonb_build_object(
    'status', p_status, 'dueFrom', p_due_from, 'dueTo', p_due_to
  );
  v_page record;
begin
  perform private.raise_field_errors(
    private.check_choice(
      v_input, 'status', 'Status', array['planning', 'in-progress', 'completed'], true
    )
    || private.check_date(v_input, 'dueFrom', 'Due from', true)
    || private.check_date(v_input, 'dueTo', 'Due to', true)
    || case
      when private.try_date(p_due_from) > private.try_date(p_due_to)
        then private.field_error('dueFrom', 'Due from has to be no later than due to.')
      else '[]'
    end
    || private.check_page(p_page, p_limit)
    || private.check_sort(p_sort, v_sorts)
  );

  v_page := private.page_of_documents(
    'private.task_documents',
    p_where
      || case when p_status is null then '' else ' and status = $2' end
      || case when p_assignee_id is null then '' else ' and assignee_id = $3' end
      || case when p_project_id is null then '' else ' and project_id = $4' end
      || case when p_due_from is null then '' else ' and due_date >= $5' end
      || case when p_due_to is null then '' else ' and due_date <= $6' end,
    private.order_clause(coalesce(p_sort, 'dueDate'), v_sorts),
    coalesce(p_page, 1), least(p_limit, 100),
    auth.uid(), p_status, p_assignee_id, p_project_id,
    private.try_date(p_due_from), private.try_date(p_due_to)
  );

  return jsonb_build_object('tasks', v_page.documents, 'pagination', v_page.pagination);
end;
$$;

-- Called by api functions as the caller, with the caller's rights.
grant execute on function
  private.list_tasks(text, text, uuid, uuid, text, text, integer, integer, text)
to authenticated;

create function api.list_project_tasks(
  "projectId" uuid default null, status text default null, "assigneeId" uuid default null,
  page integer default null, "limit" integer default null, sort text default null
)
  returns jsonb
  language plpgsql
  stable
  set search_path = ''
as $$
begin
  perform private.require_session();
  perform private.require_project("projectId");

  return private.list_tasks(
    'true', status, "assigneeId", "projectId", null, null, page, coalesce("limit", 100), sort
  );
end;
$$;

comment on function api.list_project_tasks(uuid, text, uuid, integer, integer, text) is
  'The tasks of a project. Its creator and its team.
status: planning, in-progress or completed. assigneeId: only that user''s. page from 1, limit 100,
at most 100. sort: dueDate, createdAt, updatedAt, name, status, with - in front for descending; by
due date without it.
Returns {tasks, pagination}.
Errors: VALIDATION_ERROR, NOT_FOUND, FORBIDDEN, NOT_AUTHENTICATED, SESSION_REVOKED.';

create function api.list_tasks(
  status text default null, "assigneeId" uuid default null, "projectId" uuid default null,
  "dueFrom" text default null, "dueTo" text default null,
  page integer default null, "limit" integer default null, sort text default null
)
  returns jsonb
  language plpgsql
  stable
  set search_path = ''
as $$
begin
  perform private.require_session();

  return private.list_tasks(
    case private.my_user_type()
      when 'creator' then 'project_id = any (array(select private.my_created_project_ids()))'
      else 'assignee_id = $1'
    end,
    status, "assigneeId", "projectId", "dueFrom", "dueTo", page, coalesce("limit", 20), sort
  );
end;
$$;

comment on function api.list_tasks(text, uuid, uuid, text, text, integer, integer, text) is
  'Tasks over all projects: a talent''s own, a creator''s in their projects. Any signed-in user.
status, assigneeId, projectId and the due dates dueFrom to dueTo (YYYY-MM-DD, both included) narrow
them. page from 1, limit 20, at most 100. sort: dueDate, createdAt, updatedAt, name, status, with -
in front for descending; by due date without it.
Returns {tasks, pagination}.
Errors: VALIDATION_ERROR, NOT_AUTHENTICATED, SESSION_REVOKED.';

grant execute on function
  api.list_project_tasks(uuid, text, uuid, integer, integer, text),
  api.list_tasks(text, uuid, uuid, text, text, integer, integer, text)
to authenticated;
