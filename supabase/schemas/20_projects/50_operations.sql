-- /projects and /projects/:projectId.

-- Returns a page of the caller's projects. Definer: see private.page_of_documents.
create function private.list_projects(p_input jsonb)
  returns jsonb
  language plpgsql
  stable
  security definer
  set search_path = ''
as $$
declare
  v_sorts constant jsonb := '{
    "createdAt": "created_at", "updatedAt": "updated_at", "dueDate": "due_date", "name": "name",
    "status": "status"
  }';
  v_page record;
begin
  perform private.raise_field_errors(
    private.check_choice(
      p_input, 'status', 'Status', array['planning', 'in-progress', 'completed'], true
    )
    || private.check_page(p_input)
    || private.check_sort(p_input, v_sorts)
  );

  v_page := private.page_of_documents(
    'private.project_documents',
    'deleted_at is null and '
    || case private.my_user_type()
      when 'creator' then 'creator_id = $1'
      else 'id = any (array(select private.my_team_project_ids()))'
    end
    || case when p_input ->> 'status' is null then '' else ' and status = $2' end,
    private.order_clause(coalesce(p_input ->> 'sort', '-createdAt'), v_sorts),
    private.page_number(p_input), private.page_limit(p_input, 20),
    auth.uid(), p_input ->> 'status',
    -- The memberships of a talent say how many there are, without reading the projects.
    p_total => case
      when private.my_user_type() <> 'creator' and p_input ->> 'status' is null
        then (select count(*) from private.my_team_project_ids())
    end
  );

  return jsonb_build_object('projects', v_page.documents, 'pagination', v_page.pagination);
end;
$$;

-- Returns a project that the caller may read. Definer: it has asked once, so that nothing inside of
-- the document asks again.
create function private.project_for_reader(p_project_id uuid)
  returns jsonb
  language plpgsql
  stable
  security definer
  set search_path = ''
as $$
begin
  perform private.require_project(p_project_id);

  return (select d.document from private.project_documents as d where d.id = p_project_id);
end;
$$;

-- Called by api functions as the caller; they return what the caller may read.
grant execute on function
  private.list_projects(jsonb),
  private.project_for_reader(uuid)
to authenticated;

create function api.list_projects(
  status text default null, page jsonb default null, "limit" jsonb default null,
  sort text default null
)
  returns jsonb
  language plpgsql
  stable
  set search_path = ''
as $$
begin
  perform private.require_session();

  return private.list_projects(private.input_of('list_projects', jsonb_build_object(
    'status', status, 'page', page, 'limit', "limit", 'sort', sort
  )));
end;
$$;

comment on function api.list_projects(text, jsonb, jsonb, text) is
  'Returns the caller''s projects: those a creator created, or those a talent is a member of.
status: planning, in-progress or completed. page: from 1. limit: 20 by default, at most 100. sort:
createdAt, updatedAt, dueDate, name or status, with - in front for descending order; -createdAt by
default.
Returns {projects, pagination}.
Requires: a signed-in user.
Errors: VALIDATION_ERROR, NOT_AUTHENTICATED, SESSION_REVOKED.';

create function api.create_project(
  name text default null, description text default null, "dueDate" text default null
)
  returns jsonb
  language plpgsql
  volatile
  set search_path = ''
  set plan_cache_mode = force_generic_plan
as $$
declare
  v_input constant jsonb := private.input_of('create_project', jsonb_build_object(
    'name', name, 'description', description, 'dueDate', "dueDate"
  ));
  v_id uuid;
  v_answer jsonb;
begin
  perform private.require_creator();

  v_answer := private.earlier_answer('create_project', v_input);
  if v_answer is not null then
    return v_answer;
  end if;

  perform private.raise_field_errors(
    private.check_keys(v_input, array['name', 'description', 'dueDate'])
    || private.project_field_errors(v_input)
    || private.check_future(v_input, 'dueDate', 'Due date')
  );

  insert into public.projects (name, description, due_date)
  values (create_project.name, create_project.description, "dueDate"::date)
  returning id into v_id;

  return private.keep_answer(
    (select d.document from private.project_documents as d where d.id = v_id)
  );
end;
$$;

comment on function api.create_project(text, text, text) is
  'Creates a project and returns it.
name: 1 to 255 characters. description: 1 to 10000 characters. dueDate: YYYY-MM-DD, later than today
in UTC.
Repeating a call with the same header Idempotency-Key within 24 hours returns the first response.
Requires: a creator.
Errors: VALIDATION_ERROR, CREATOR_ONLY, CONFLICT, NOT_AUTHENTICATED, SESSION_REVOKED.';

create function api.get_project("projectId" text default null)
  returns jsonb
  language plpgsql
  stable
  set search_path = ''
as $$
begin
  perform private.require_session();
  perform private.require_ids(jsonb_build_object('projectId', "projectId"));

  return private.project_for_reader("projectId"::uuid);
end;
$$;

comment on function api.get_project(text) is
  'Returns a project.
Requires: project creator or member.
Errors: VALIDATION_ERROR, NOT_FOUND, FORBIDDEN, NOT_AUTHENTICATED, SESSION_REVOKED.';

create function api.update_project("projectId" text default null, patch jsonb default null)
  returns jsonb
  language plpgsql
  volatile
  set search_path = ''
  set plan_cache_mode = force_generic_plan
as $$
declare
  v_due_date date;
begin
  perform private.require_session();
  perform private.require_ids(jsonb_build_object('projectId', "projectId"));
  perform private.require_project_creator("projectId"::uuid);

  select p.due_date into v_due_date from public.projects as p where p.id = "projectId"::uuid;

  perform private.raise_field_errors(
    private.check_keys(patch, array['name', 'description', 'status', 'dueDate'])
    || private.project_field_errors(patch)
    || case
      when private.try_date(patch ->> 'dueDate') <> v_due_date
        then private.check_future(patch, 'dueDate', 'Due date')
      else '[]'
    end
  );

  update public.projects as p
  set (name, description, status, due_date) = (
    select n.name, n.description, n.status, n.due_date
    from jsonb_populate_record(p, private.columns_of(patch)) as n
  )
  where p.id = "projectId"::uuid;

  -- The project was deleted after the check above.
  if not found then
    raise sqlstate 'PT409' using
      message = 'The project was changed by another request. Reload it and try again.',
      hint = 'CONFLICT';
  end if;

  return (select d.document from private.project_documents as d where d.id = "projectId"::uuid);
end;
$$;

comment on function api.update_project(text, jsonb) is
  'Updates a project and returns it.
patch: name, description and dueDate as for create_project (an unchanged dueDate may be in the
past); status: planning, in-progress or completed, in any order. Keys that are not sent stay
unchanged.
Requires: project creator.
Errors: VALIDATION_ERROR, NOT_FOUND, FORBIDDEN, CONFLICT, NOT_AUTHENTICATED, SESSION_REVOKED.';

create function api.delete_project("projectId" text default null)
  returns void
  language plpgsql
  volatile
  set search_path = ''
as $$
begin
  perform private.require_session();
  perform private.require_ids(jsonb_build_object('projectId', "projectId"));
  perform private.delete_project("projectId"::uuid);
end;
$$;

comment on function api.delete_project(text) is
  'Deletes a project with its team, tasks, samples and deliverables.
Requires: project creator.
Errors: VALIDATION_ERROR, NOT_FOUND, FORBIDDEN, NOT_AUTHENTICATED, SESSION_REVOKED.';

grant execute on function
  api.list_projects(text, jsonb, jsonb, text),
  api.create_project(text, text, text),
  api.get_project(text),
  api.update_project(text, jsonb),
  api.delete_project(text)
to authenticated;
