-- Assignees: only members can be assigned, and members who leave lose their open tasks.
--
-- Locks are taken in one order (profile, membership, task, project), so that concurrent changes
-- wait for each other without deadlocks. Only clients that update the table directly can lock a
-- task before a membership; if two of them deadlock, PostgreSQL cancels one.

-- Returns whether a user is a member, and locks the membership until the commit: a concurrent
-- removal is either seen here, or waits and then finds the assigned task. Definer: locking a row
-- requires the right to update it.
create function private.lock_membership(p_project_id uuid, p_user_id uuid)
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
grant execute on function private.lock_membership(uuid, uuid) to authenticated, service_role;

create function private.tg_tasks__assignee_is_member()
  returns trigger
  language plpgsql
  set search_path = ''
as $$
begin
  if not private.lock_membership(new.project_id, new.assignee_id) then
    raise sqlstate 'PT400' using
      message = 'The assignee must be a member of the project''s team.',
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

-- A completed task keeps an assignee who left the team. When it is reopened, it loses the assignee.
create function private.tg_tasks__unassign_former_member()
  returns trigger
  language plpgsql
  set search_path = ''
as $$
begin
  if not private.lock_membership(new.project_id, new.assignee_id) then
    new.assignee_id := null;
  end if;

  return new;
end;
$$;

create trigger _222_unassign_former_member
  before update of status on public.tasks
  for each row
  when (
    old.status = 'completed' and new.status <> 'completed'
    and new.assignee_id is not distinct from old.assignee_id
  )
  execute function private.tg_tasks__unassign_former_member();

-- Removes former members from open tasks and notifies the project creators. Completed tasks keep
-- their assignee. For all memberships of a statement at once: a deleted account may end hundreds.
create function private.tg_project_members__unassign_open_tasks()
  returns trigger
  language plpgsql
  security definer
  set search_path = ''
as $$
declare
  v_projects uuid[];
  v_users uuid[];
  v_numbers integer[];
begin
  with ended as (
    select n.project_id, n.user_id
    from after_change as n
    join before_change as o on o.id = n.id
    where o.removed_at is null and n.removed_at is not null
  ),
  unassigned as (
    update public.tasks as t
    set assignee_id = null
    from ended
    where t.project_id = ended.project_id
      and t.assignee_id = ended.user_id
      and t.status <> 'completed'
      and t.deleted_at is null
    returning ended.project_id, ended.user_id
  )
  select array_agg(u.project_id), array_agg(u.user_id), array_agg(u.number)
  into v_projects, v_users, v_numbers
  from (
    select project_id, user_id, count(*)::integer as number
    from unassigned
    group by project_id, user_id
    order by project_id, user_id
  ) as u;

  -- After the update, so that the notifications are of what it has done.
  perform private.notify_of_unassigned_tasks(u.project_id, u.user_id, u.number)
  from unnest(v_projects, v_users, v_numbers) as u (project_id, user_id, number);

  return null;
end;
$$;

create trigger _500_unassign_open_tasks
  after update on public.project_members
  referencing old table as before_change new table as after_change
  for each statement
  execute function private.tg_project_members__unassign_open_tasks();
