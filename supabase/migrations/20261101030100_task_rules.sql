-- What a task may hold, who may change what of it, and what follows, for every path.
--
-- Locks are taken in one order (profile, membership, task, project), so that adding, assigning,
-- moving, removing and leaving at the same moment wait for each other and do not deadlock. Only
-- clients that write to the table themselves can lock a task before a membership; where two of them
-- cross, PostgreSQL ends one.

create function private.task_complaints(p_input jsonb)
  returns jsonb
  language sql
  immutable
  set search_path = ''
as $$
  select private.check_text(p_input, 'name', 'Name', 1, 255)
    || private.check_text(p_input, 'description', 'Description', 0, 10000)
    || private.check_choice(
      p_input, 'status', 'Status', array['planning', 'in-progress', 'completed']
    )
    || private.check_uuid(p_input, 'assigneeId', 'Assignee')
    || private.check_date(p_input, 'dueDate', 'Due date')
$$;

-- Pure, and run inside triggers and api functions as the caller.
grant execute on function private.task_complaints(jsonb) to authenticated, service_role;

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

create trigger _100_normalise
  before insert or update of name, description on public.tasks
  for each row
  execute function private.tg_tasks__normalise();

create trigger _200_own_project_only
  before insert on public.tasks
  for each row
  when (current_user = 'authenticated')
  execute function private.tg__own_project_only();

-- The assignee's one right is the status. Fires for the mere mention of another column, changed or
-- not: a request that tries is refused as a whole.
create function private.tg_tasks__status_only()
  returns trigger
  language plpgsql
  set search_path = ''
as $$
begin
  if private.require_project(old.project_id) <> 'owner' then
    raise sqlstate 'PT403' using
      message = 'An assignee can change the status of a task and nothing else.',
      hint = 'STATUS_ONLY';
  end if;

  return new;
end;
$$;

create trigger _200_status_only
  before update of name, description, assignee_id, due_date on public.tasks
  for each row
  when (current_user = 'authenticated')
  execute function private.tg_tasks__status_only();

create function private.tg_tasks__validate()
  returns trigger
  language plpgsql
  set search_path = ''
as $$
declare
  v_row jsonb := jsonb_build_object(
    'name', new.name, 'description', new.description, 'status', new.status, 'dueDate', new.due_date
  );
begin
  -- Only callers have to name an assignee; a talent who leaves takes theirs away.
  if current_user = 'authenticated'
    and (tg_op = 'INSERT' or new.assignee_id is distinct from old.assignee_id)
  then
    v_row := v_row || jsonb_build_object('assigneeId', new.assignee_id);
  end if;

  perform private.raise_complaints(private.task_complaints(v_row));
  return new;
end;
$$;

create trigger _210_validate
  before insert or update of name, description, status, assignee_id, due_date on public.tasks
  for each row
  execute function private.tg_tasks__validate();

-- Whether somebody is on a team, and holds them there until the commit: a removal at the same
-- moment either is seen here, or waits and then finds what they were given. Definer: holding a row
-- takes the right to change it.
create function private.hold_membership(p_project_id uuid, p_user_id uuid)
  returns boolean
  language plpgsql
  volatile
  security definer
  set search_path = ''
as $$
begin
  perform
  from public.project_members as m
  where m.project_id = p_project_id and m.user_id = p_user_id and m.removed_at is null
  for share;

  return found;
end;
$$;

-- Called by triggers and api.update_task as the caller.
grant execute on function private.hold_membership(uuid, uuid) to authenticated, service_role;

create function private.tg_tasks__assignee_is_member()
  returns trigger
  language plpgsql
  set search_path = ''
as $$
begin
  if not private.hold_membership(new.project_id, new.assignee_id) then
    raise sqlstate 'PT400' using
      message = 'The assignee has to be on the project''s team.',
      hint = 'ASSIGNEE_NOT_MEMBER';
  end if;

  return new;
end;
$$;

create trigger _220_assignee_is_member
  before insert on public.tasks
  for each row
  when (new.assignee_id is not null)
  execute function private.tg_tasks__assignee_is_member();

create trigger _221_new_assignee_is_member
  before update of assignee_id on public.tasks
  for each row
  when (new.assignee_id is not null and new.assignee_id is distinct from old.assignee_id)
  execute function private.tg_tasks__assignee_is_member();

-- A completed task keeps the name of somebody who has left; open again, it needs somebody else.
create function private.tg_tasks__reopen()
  returns trigger
  language plpgsql
  set search_path = ''
as $$
begin
  if not private.hold_membership(new.project_id, new.assignee_id) then
    new.assignee_id := null;
  end if;

  return new;
end;
$$;

create trigger _222_reopen
  before update of status on public.tasks
  for each row
  when (
    old.status = 'completed' and new.status <> 'completed'
    and new.assignee_id is not distinct from old.assignee_id
  )
  execute function private.tg_tasks__reopen();

-- Projects of a deleted creator can be read, not worked on.
create function private.tg_tasks__not_in_archive()
  returns trigger
  language plpgsql
  set search_path = ''
as $$
begin
  if exists (
    select from public.projects as p where p.id = new.project_id and p.archived_at is not null
  ) then
    raise sqlstate 'PT409' using
      message = 'This project is archived: its creator has left.',
      hint = 'INVALID_STATE';
  end if;

  return new;
end;
$$;

create trigger _230_not_in_archive
  before update of status on public.tasks
  for each row
  when (current_user = 'authenticated')
  execute function private.tg_tasks__not_in_archive();

create trigger _300_complete
  before insert or update of status on public.tasks
  for each row
  execute function private.tg__complete();

create trigger _310_touch
  before update on public.tasks
  for each row
  when (
    (old.name, old.description, old.status, old.assignee_id, old.due_date)
    is distinct from (new.name, new.description, new.status, new.assignee_id, new.due_date)
  )
  execute function private.tg__touch();

-- Who leaves a team hands back what is open and keeps the credit for what is done.
create function private.tg_project_members__unassign_open_tasks()
  returns trigger
  language plpgsql
  security definer
  set search_path = ''
as $$
begin
  update public.tasks
  set assignee_id = null
  where project_id = new.project_id
    and assignee_id = new.user_id
    and status <> 'completed'
    and deleted_at is null;

  return null;
end;
$$;

create trigger _500_unassign_open_tasks
  after update of removed_at on public.project_members
  for each row
  when (old.removed_at is null and new.removed_at is not null)
  execute function private.tg_project_members__unassign_open_tasks();
