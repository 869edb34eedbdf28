-- Tasks of a project. Its creator writes them; the talent a task is assigned to may move its status.
--
-- Locks are taken in one order everywhere (profile, membership, task, project), so that adding, assigning,
-- removing and leaving at the same moment wait for each other and never deadlock.

create table public.tasks (
  id uuid primary key default gen_random_uuid(),
  project_id uuid not null references public.projects (id) on delete cascade,
  name text not null,
  description text not null default '',
  status text not null default 'planning',
  assignee_id uuid references public.profiles (id) on delete set null,
  due_date date not null,

  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  completed_at timestamptz,
  deleted_at timestamptz,

  constraint name_has_1_to_255_characters check (char_length(name) between 1 and 255),
  constraint description_has_at_most_10000_characters check (char_length(description) <= 10000),
  constraint status_is_known check (status in ('planning', 'in-progress', 'completed')),
  constraint completed_at_only_when_completed check ((status = 'completed') = (completed_at is not null))
);

comment on table public.tasks is 'Tasks of projects. Deleting sets deleted_at.';
comment on column public.tasks.assignee_id is
  'Required when written; null only after the assignee left the team or their account.';

create index tasks_project_id_due_date_idx on public.tasks (project_id, due_date, id);
create index tasks_project_id_assignee_id_status_idx on public.tasks (project_id, assignee_id, status);
create index tasks_assignee_id_due_date_idx on public.tasks (assignee_id, due_date, id);
create index tasks_open_due_date_idx
  on public.tasks (due_date) where deleted_at is null and status <> 'completed';

create function private.task_complaints(p_input jsonb)
  returns jsonb
  language sql
  immutable
  set search_path = ''
as $$
  select private.check_text(p_input, 'name', 'Name', 1, 255)
    || private.check_text(p_input, 'description', 'Description', 0, 10000)
    || private.check_choice(p_input, 'status', 'Status', array['planning', 'in-progress', 'completed'])
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

-- The assignee's one right is the status. Fires for the mere mention of another column, changed or not:
-- a request that tries is refused as a whole.
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
  if current_user = 'authenticated' and (tg_op = 'INSERT' or new.assignee_id is distinct from old.assignee_id) then
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

-- Definer: it holds the membership until the commit, so that a removal at the same moment either is seen
-- here or finds the new task and takes it away again.
create function private.tg_tasks__assignee_is_member()
  returns trigger
  language plpgsql
  security definer
  set search_path = ''
as $$
begin
  perform
  from public.project_members as m
  where m.project_id = new.project_id and m.user_id = new.assignee_id and m.removed_at is null
  for share;

  if not found then
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

-- Projects of a deleted creator can be read, not worked on.
create function private.tg_tasks__not_in_archive()
  returns trigger
  language plpgsql
  set search_path = ''
as $$
begin
  if exists (select from public.projects as p where p.id = new.project_id and p.archived_at is not null) then
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

-- The project's counters. Definer: an assignee changes them without any right on the project. Increments
-- under the project's row lock; nothing is counted again.
create function private.tg_tasks__count()
  returns trigger
  language plpgsql
  security definer
  set search_path = ''
as $$
declare
  v_before constant integer := case when tg_op <> 'INSERT' and old.deleted_at is null then 1 else 0 end;
  v_after constant integer := case when tg_op <> 'DELETE' and new.deleted_at is null then 1 else 0 end;
  v_done_before constant integer := case when v_before = 1 and old.status = 'completed' then 1 else 0 end;
  v_done_after constant integer := case when v_after = 1 and new.status = 'completed' then 1 else 0 end;
begin
  update public.projects
  set
    task_count = task_count + v_after - v_before,
    completed_task_count = completed_task_count + v_done_after - v_done_before
  where id = coalesce(new.project_id, old.project_id)
    and (v_after <> v_before or v_done_after <> v_done_before);

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

alter table public.tasks enable row level security;

create policy all_live_session on public.tasks
  as restrictive for all to authenticated
  using ((select private.session_is_live()))
  with check ((select private.session_is_live()));

create policy select_participant on public.tasks
  for select to authenticated
  using (deleted_at is null and project_id = any (array(select private.my_project_ids())));

create policy insert_owner on public.tasks
  for insert to authenticated
  with check (project_id = any (array(select private.my_owned_project_ids())));

create policy update_owner_and_assignee on public.tasks
  for update to authenticated
  using (
    deleted_at is null and (
      project_id = any (array(select private.my_owned_project_ids()))
      or assignee_id = (select auth.uid()) and project_id = any (array(select private.my_team_project_ids()))
    )
  )
  with check (project_id = any (array(select private.my_project_ids())));

-- No delete: api.delete_task. The assignee's update is narrowed to the status by a trigger.
grant select on public.tasks to authenticated;
grant insert (project_id, name, description, assignee_id, due_date) on public.tasks to authenticated;
grant update (name, description, status, assignee_id, due_date) on public.tasks to authenticated;
grant select, insert, update, delete on public.tasks to service_role;

-- The task in that project, or 404.
create function private.require_task(p_project_id uuid, p_task_id uuid)
  returns public.tasks
  language plpgsql
  stable
  set search_path = ''
as $$
declare
  v_task public.tasks;
begin
  select t.*
  into v_task
  from public.tasks as t
  where t.id = p_task_id and t.project_id = p_project_id and t.deleted_at is null;

  if not found then
    raise sqlstate 'PT404' using
      message = 'Task not found.',
      hint = 'NOT_FOUND';
  end if;

  return v_task;
end;
$$;

-- Runs as the caller, who sees nothing more through it than policies allow.
grant execute on function private.require_task(uuid, uuid) to authenticated;

-- Definer: the row becomes invisible to its owner, which no policy of theirs would allow.
create function private.delete_task(p_project_id uuid, p_task_id uuid)
  returns void
  language plpgsql
  security definer
  set search_path = ''
as $$
begin
  perform private.require_own_project(p_project_id);
  perform private.require_task(p_project_id, p_task_id);

  update public.tasks
  set deleted_at = now()
  where id = p_task_id and deleted_at is null;
end;
$$;

-- Called by api.delete_task as the caller; asks for ownership itself.
grant execute on function private.delete_task(uuid, uuid) to authenticated;
