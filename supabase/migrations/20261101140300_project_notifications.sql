-- Who is told what about projects, teams and tasks.

-- Everybody who sees a project now: its creator and its team.
create function private.project_people(p_project_id uuid)
  returns setof uuid
  language sql
  stable
  security definer
  set search_path = ''
as $$
  select p.creator_id
  from public.projects as p
  where p.id = p_project_id and p.deleted_at is null
  union
  select m.user_id
  from public.project_members as m
  join public.projects as p on p.id = m.project_id
  where m.project_id = p_project_id and m.removed_at is null and p.deleted_at is null
$$;

create function private.tg_projects__notify_status()
  returns trigger
  language plpgsql
  security definer
  set search_path = ''
as $$
begin
  perform private.notify(
    person.id, coalesce(auth.uid(), new.creator_id), 'project_status_changed',
    'Project Status Changed',
    format(
      '%s is now %s',
      new.name,
      case new.status when 'in-progress' then 'in progress' when 'planning' then 'being planned'
        else new.status end
    ),
    'project', new.id, jsonb_build_object('projectId', new.id),
    jsonb_build_object('projectName', new.name, 'status', new.status)
  )
  from private.project_people(new.id) as person (id);

  return null;
end;
$$;

create trigger _900_notify_status
  after update of status on public.projects
  for each row
  when (old.status is distinct from new.status)
  execute function private.tg_projects__notify_status();

create function private.tg_project_members__notify_added()
  returns trigger
  language plpgsql
  security definer
  set search_path = ''
as $$
begin
  perform private.notify(
    new.user_id, coalesce(auth.uid(), p.creator_id), 'team_added', 'Added to a Team',
    format('You''ve been added to the team of %s', p.name),
    'team', new.project_id, jsonb_build_object('projectId', new.project_id),
    jsonb_build_object('projectName', p.name, 'role', new.role)
  )
  from public.projects as p
  where p.id = new.project_id;

  return null;
end;
$$;

create trigger _900_notify_added
  after insert on public.project_members
  for each row
  when (new.removed_at is null)
  execute function private.tg_project_members__notify_added();

-- Called where a member leaves with open tasks; a creator who removed them knows.
create function private.tell_of_unassigned_tasks(
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
        when 1 then 'one open task needs somebody else'
        else format('%s open tasks need somebody else', p_count)
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
