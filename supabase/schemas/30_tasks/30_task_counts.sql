-- Maintains task_count and completed_task_count of projects by incrementing them under the lock of
-- the project's row. Definer: an assignee has no right to update the project.
create function private.tg_tasks__count()
  returns trigger
  language plpgsql
  security definer
  set search_path = ''
as $$
declare
  -- What the task adds to each counter before and after the change; without a row the status is
  -- null.
  v_before constant integer := (old.status is not null and old.deleted_at is null)::integer;
  v_after constant integer := (new.status is not null and new.deleted_at is null)::integer;
  v_done_before constant integer := v_before * coalesce(old.status = 'completed', false)::integer;
  v_done_after constant integer := v_after * coalesce(new.status = 'completed', false)::integer;
  v_project_is_deleted boolean;
begin
  -- Most changes of the status do not complete a task, and need not touch the project.
  if v_after = v_before and v_done_after = v_done_before then
    return null;
  end if;

  update public.projects
  set
    task_count = task_count + v_after - v_before,
    completed_task_count = completed_task_count + v_done_after - v_done_before
  where id = coalesce(new.project_id, old.project_id)
  returning deleted_at is not null
  into v_project_is_deleted;

  -- The project was deleted while the task was being created, and could not mark it yet.
  if tg_op = 'INSERT' and v_project_is_deleted then
    update public.tasks set in_deleted_project = true where id = new.id;
  end if;

  return null;
end;
$$;

create trigger _500_count
  after insert or delete on public.tasks
  for each row
  execute function private.tg_tasks__count();

create trigger _501_count_changes
  after update of status, deleted_at on public.tasks
  for each row
  when (old.status is distinct from new.status or old.deleted_at is distinct from new.deleted_at)
  execute function private.tg_tasks__count();

-- Hides the tasks of a deleted project. The deletion holds the project's lock, which every new task
-- waits for above: it is either marked here, or finds the project deleted.
create function private.tg_projects__hide_tasks()
  returns trigger
  language plpgsql
  security definer
  set search_path = ''
as $$
begin
  update public.tasks set in_deleted_project = true where project_id = new.id;

  return null;
end;
$$;

create trigger _501_hide_tasks
  after update of deleted_at on public.projects
  for each row
  when (old.deleted_at is null and new.deleted_at is not null)
  execute function private.tg_projects__hide_tasks();
