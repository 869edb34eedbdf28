-- Tasks and the team: only members are assigned, and who leaves hands back what is open.
--
-- Locks are taken in one order (profile, membership, task, project), so that adding, assigning,
-- moving, removing and leaving at the same moment wait for each other and do not deadlock. Only
-- clients that write to the table themselves can lock a task before a membership; where two of them
-- cross, PostgreSQL ends one.

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

-- Who leaves a team hands back what is open and keeps the credit for what is done; the creator is
-- told.
create function private.tg_project_members__unassign_open_tasks()
  returns trigger
  language plpgsql
  security definer
  set search_path = ''
as $$
declare
  v_count integer;
begin
  update public.tasks
  set assignee_id = null
  where project_id = new.project_id
    and assignee_id = new.user_id
    and status <> 'completed'
    and deleted_at is null;

  get diagnostics v_count = row_count;
  if v_count > 0 then
    perform private.notify_of_unassigned_tasks(new.project_id, new.user_id, v_count);
  end if;

  return null;
end;
$$;

create trigger _500_unassign_open_tasks
  after update of removed_at on public.project_members
  for each row
  when (old.removed_at is null and new.removed_at is not null)
  execute function private.tg_project_members__unassign_open_tasks();
