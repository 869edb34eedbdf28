-- Validation and rules of tasks, for every way to write them.

create function private.task_field_errors(p_input jsonb)
  returns jsonb
  language plpgsql
  immutable
  set search_path = ''
as $$
begin
  return private.check_text(p_input, 'name', 'Name', 1, 255)
    || private.check_text(p_input, 'description', 'Description', 0, 10000)
    || private.check_choice(
      p_input, 'status', 'Status', array['planning', 'in-progress', 'completed']
    )
    || private.check_uuid(p_input, 'assigneeId', 'Assignee')
    || private.check_date(p_input, 'dueDate', 'Due date')
    || private.check_recurrence(p_input);
end;
$$;

-- Pure; runs as the caller, in triggers and api functions.
grant execute on function private.task_field_errors(jsonb) to authenticated, service_role;

create function private.tg_tasks__normalise()
  returns trigger
  language plpgsql
  set search_path = ''
as $$
begin
  new.name := private.clean_line(new.name);
  new.description := coalesce(private.clean_text(new.description), '');
  return new;
end;
$$;

create trigger _090_set_creator
  before insert on public.tasks
  for each row
  execute function private.tg__set_creator();

create trigger _100_normalise
  before insert or update of name, description on public.tasks
  for each row
  execute function private.tg_tasks__normalise();

create trigger _200_creator_only
  before insert on public.tasks
  for each row
  when (current_user = 'authenticated')
  execute function private.tg__creator_only();

-- Limits an assignee to the status. Fires when the update names another column, even if its value
-- stays the same, and refuses the whole request.
create function private.tg_tasks__status_only()
  returns trigger
  language plpgsql
  set search_path = ''
as $$
begin
  if private.require_project(old.project_id) <> 'creator' then
    raise sqlstate 'PT403' using
      message = 'The assignee can change only the status of a task.',
      hint = 'STATUS_ONLY';
  end if;

  return new;
end;
$$;

create trigger _200_status_only
  before update of name, description, assignee_id, due_date, recurrence on public.tasks
  for each row
  when (current_user = 'authenticated')
  execute function private.tg_tasks__status_only();

create function private.tg_tasks__validate()
  returns trigger
  language plpgsql
  set search_path = ''
as $$
declare
  v_is_new constant boolean := tg_op = 'INSERT';
  v_row jsonb := '{}';
begin
  -- What has not changed is valid already; the usual change is the status alone.
  if v_is_new or new.status is distinct from old.status then
    v_row := jsonb_build_object('status', new.status);
  end if;
  if v_is_new
    or (new.name, new.description, new.due_date, new.recurrence)
      is distinct from (old.name, old.description, old.due_date, old.recurrence)
  then
    v_row := v_row || jsonb_build_object(
      'name', new.name, 'description', new.description, 'dueDate', new.due_date,
      'recurrence', new.recurrence
    );
  end if;

  -- Only users must name an assignee; when a talent leaves the team, the assignee becomes null.
  if current_user = 'authenticated'
    and (v_is_new or new.assignee_id is distinct from old.assignee_id)
  then
    v_row := v_row || jsonb_build_object('assigneeId', new.assignee_id);
  end if;

  if v_row <> '{}' then
    perform private.raise_field_errors(private.task_field_errors(v_row));
  end if;
  return new;
end;
$$;

create trigger _210_validate
  before insert or update of name, description, status, assignee_id, due_date, recurrence
  on public.tasks
  for each row
  execute function private.tg_tasks__validate();

-- Archived projects (of deleted creators) cannot be changed. Definer: who may change the task may see its
-- project, so that policies need not be asked.
create function private.tg_tasks__project_not_archived()
  returns trigger
  language plpgsql
  security definer
  set search_path = ''
as $$
begin
  if exists (
    select from public.projects as p where p.id = new.project_id and p.archived_at is not null
  ) then
    raise sqlstate 'PT409' using
      message = 'This project is archived, because its creator deleted the account.',
      hint = 'INVALID_STATE';
  end if;

  return new;
end;
$$;

create trigger _230_project_not_archived
  before update of status on public.tasks
  for each row
  when (current_user = 'authenticated')
  execute function private.tg_tasks__project_not_archived();

create trigger _300_complete
  before insert or update of status on public.tasks
  for each row
  execute function private.tg__complete();

create trigger _310_touch
  before update on public.tasks
  for each row
  when (
    (old.name, old.description, old.status, old.assignee_id, old.due_date, old.recurrence)
    is distinct from
    (new.name, new.description, new.status, new.assignee_id, new.due_date, new.recurrence)
  )
  execute function private.tg__touch();
