-- Notifications about tasks.

-- Notifies the project creator of open tasks whose assignee left the team. A creator who removed
-- the member is not notified.
create function private.notify_of_unassigned_tasks(
  p_project_id uuid, p_member_id uuid, p_count integer
)
  returns void
  language plpgsql
  security definer
  set search_path = ''
as $$
begin
  perform private.notify(
    p.creator_id, p_member_id, 'task_unassigned', 'Tasks Without Assignee',
    format(
      '%s left the team of %s: %s',
      private.card_name(p_member_id), p.name,
      case p_count
        when 1 then '1 open task needs a new assignee'
        else format('%s open tasks need a new assignee', p_count)
      end
    ),
    'project', p.id, jsonb_build_object('projectId', p.id),
    jsonb_build_object('projectName', p.name, 'taskCount', p_count)
  )
  from public.projects as p
  where p.id = p_project_id and p.deleted_at is null;
end;
$$;

create function private.tg_tasks__notify_assigned()
  returns trigger
  language plpgsql
  security definer
  set search_path = ''
as $$
begin
  perform private.notify(
    new.assignee_id, coalesce(auth.uid(), p.creator_id), 'task_assigned', 'New Task Assigned',
    format('You''ve been assigned to ''%s'' in %s project', new.name, p.name),
    'task', new.id, jsonb_build_object('projectId', p.id, 'taskId', new.id),
    jsonb_build_object('projectName', p.name, 'taskName', new.name, 'dueDate', new.due_date)
  )
  from public.projects as p
  where p.id = new.project_id;

  return null;
end;
$$;

create trigger _900_notify_assigned
  after insert on public.tasks
  for each row
  when (new.assignee_id is not null)
  execute function private.tg_tasks__notify_assigned();

create trigger _901_notify_reassigned
  after update of assignee_id on public.tasks
  for each row
  when (new.assignee_id is not null and old.assignee_id is distinct from new.assignee_id)
  execute function private.tg_tasks__notify_assigned();
