-- /projects/:projectId/tasks and /projects/:projectId/tasks/:taskId, without the lists.

create function api.create_task(
  "projectId" text default null, name text default null, description text default null,
  "assigneeId" text default null, "dueDate" text default null, recurrence text default null
)
  returns jsonb
  language plpgsql
  volatile
  set search_path = ''
  set plan_cache_mode = force_generic_plan
as $$
declare
  v_input constant jsonb := private.input_of('create_task', jsonb_build_object(
    'name', name, 'description', description, 'assigneeId', "assigneeId", 'dueDate', "dueDate",
    'recurrence', recurrence
  ));
  v_id uuid;
  v_answer jsonb;
begin
  perform private.require_session();
  perform private.require_ids(jsonb_build_object('projectId', "projectId"));

  v_answer := private.earlier_answer(
    'create_task', v_input || jsonb_build_object('projectId', "projectId")
  );
  if v_answer is not null then
    return v_answer;
  end if;

  perform private.require_project_creator("projectId"::uuid);
  perform private.raise_field_errors(
    private.check_keys(v_input, array['name', 'description', 'assigneeId', 'dueDate', 'recurrence'])
    || private.task_field_errors(v_input)
  );

  insert into public.tasks (project_id, name, description, assignee_id, due_date, recurrence)
  values (
    "projectId"::uuid, create_task.name, create_task.description, "assigneeId"::uuid,
    "dueDate"::date, create_task.recurrence
  )
  returning id into v_id;

  return private.keep_answer(private.task_for_reader("projectId"::uuid, v_id));
end;
$$;

comment on function api.create_task(text, text, text, text, text, text) is
  'Creates a task in a project, assigned to a member of its team, and returns it.
name: 1 to 255 characters. description: at most 10000 characters, optional. assigneeId: a member of
the team. dueDate: YYYY-MM-DD. recurrence: optional; FREQ=DAILY, WEEKLY or MONTHLY, with INTERVAL
(1 to 99) and COUNT (2 to 366) or UNTIL (YYYYMMDD), as in iCalendar''s RRULE. The next task is created
when this one is completed or its due date passes.
Repeating a call with the same header Idempotency-Key within 24 hours returns the first response.
Requires: project creator.
Errors: VALIDATION_ERROR, ASSIGNEE_NOT_MEMBER, NOT_FOUND, FORBIDDEN, CONFLICT, NOT_AUTHENTICATED,
SESSION_REVOKED.';

-- Returns a task of a project that the caller may read. Definer: it has asked once, so that nothing
-- inside of the document asks again.
create function private.task_for_reader(p_project_id uuid, p_task_id uuid)
  returns jsonb
  language plpgsql
  stable
  security definer
  set search_path = ''
as $$
begin
  perform private.require_project(p_project_id);
  perform private.require_task(p_project_id, p_task_id);

  return (select d.document from private.task_documents as d where d.id = p_task_id);
end;
$$;

-- Called by api.get_task as the caller; it returns what the caller may read.
grant execute on function private.task_for_reader(uuid, uuid) to authenticated;

create function api.get_task("projectId" text default null, "taskId" text default null)
  returns jsonb
  language plpgsql
  stable
  set search_path = ''
as $$
begin
  perform private.require_session();
  perform private.require_ids(jsonb_build_object('projectId', "projectId", 'taskId', "taskId"));

  return private.task_for_reader("projectId"::uuid, "taskId"::uuid);
end;
$$;

comment on function api.get_task(text, text) is
  'Returns a task.
Requires: project creator or member.
Errors: VALIDATION_ERROR, NOT_FOUND, FORBIDDEN, NOT_AUTHENTICATED, SESSION_REVOKED.';

-- Returns a task of a project that the caller may read, for a change that asks more.
create function private.task_for_writer(p_project_id uuid, p_task_id uuid)
  returns public.tasks
  language plpgsql
  stable
  security definer
  set search_path = ''
as $$
begin
  perform private.require_project(p_project_id);

  return private.require_task(p_project_id, p_task_id);
end;
$$;

-- Called by api.update_task as the caller; it returns what the caller may read.
grant execute on function private.task_for_writer(uuid, uuid) to authenticated;

create function api.update_task(
  "projectId" text default null, "taskId" text default null, patch jsonb default null
)
  returns jsonb
  language plpgsql
  volatile
  set search_path = ''
  set plan_cache_mode = force_generic_plan
as $$
declare
  v_user_id constant uuid := private.require_session();
  v_is_creator boolean;
  v_task public.tasks;
begin
  perform private.require_ids(jsonb_build_object('projectId', "projectId", 'taskId', "taskId"));
  v_task := private.task_for_writer("projectId"::uuid, "taskId"::uuid);
  v_is_creator := v_task.creator_id = v_user_id;

  if not v_is_creator and v_task.assignee_id is distinct from v_user_id then
    raise sqlstate 'PT403' using
      message = 'This task is not assigned to you.',
      hint = 'FORBIDDEN';
  end if;

  if not v_is_creator and private.check_keys(patch, array['status']) <> '[]' then
    raise sqlstate 'PT403' using
      message = 'The assignee can change only the status of a task.',
      hint = 'STATUS_ONLY';
  end if;

  perform private.raise_field_errors(
    private.check_keys(
      patch, array['name', 'description', 'status', 'assigneeId', 'dueDate', 'recurrence']
    )
    || private.task_field_errors(patch)
  );

  -- Memberships are locked before the task, in the order given in 21_assignment.sql.
  perform private.lock_membership("projectId"::uuid, id)
  from unnest(array[v_task.assignee_id, (patch ->> 'assigneeId')::uuid]) as id
  order by id;

  -- Two statements, because an update needs the right to every column that it names, and fires the
  -- triggers of each.
  if v_is_creator and patch - 'status' <> '{}' then
    update public.tasks as t
    set (name, description, status, assignee_id, due_date, recurrence) = (
      select n.name, n.description, n.status, n.assignee_id, n.due_date, n.recurrence
      from jsonb_populate_record(t, private.columns_of(patch)) as n
    )
    where t.id = "taskId"::uuid;
  else
    update public.tasks as t
    set status = coalesce(patch ->> 'status', t.status)
    where t.id = "taskId"::uuid;
  end if;

  -- The project was deleted, or the assignee changed, after the check above.
  if not found then
    raise sqlstate 'PT409' using
      message = 'The task was changed by another request. Reload it and try again.',
      hint = 'CONFLICT';
  end if;

  return private.task_for_reader("projectId"::uuid, "taskId"::uuid);
end;
$$;

comment on function api.update_task(text, text, jsonb) is
  'Updates a task and returns it.
patch: name, description, assigneeId and dueDate as for create_task; status: planning, in-progress
or completed, in any order. Keys that are not sent stay unchanged.
Requires: project creator (any field) or assignee (status only).
Errors: VALIDATION_ERROR, ASSIGNEE_NOT_MEMBER, STATUS_ONLY, NOT_FOUND, FORBIDDEN, CONFLICT,
INVALID_STATE (archived project), NOT_AUTHENTICATED, SESSION_REVOKED.';

create function api.delete_task("projectId" text default null, "taskId" text default null)
  returns void
  language plpgsql
  volatile
  set search_path = ''
as $$
begin
  perform private.require_session();
  perform private.require_ids(jsonb_build_object('projectId', "projectId", 'taskId', "taskId"));
  perform private.delete_task("projectId"::uuid, "taskId"::uuid);
end;
$$;

comment on function api.delete_task(text, text) is
  'Deletes a task.
Requires: project creator.
Errors: VALIDATION_ERROR, NOT_FOUND, FORBIDDEN, NOT_AUTHENTICATED, SESSION_REVOKED.';

grant execute on function
  api.create_task(text, text, text, text, text, text),
  api.get_task(text, text),
  api.update_task(text, text, jsonb),
  api.delete_task(text, text)
to authenticated;
