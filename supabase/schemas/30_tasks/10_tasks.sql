-- Tasks of projects. The project creator creates and changes them; the assignee can change the
-- status.

create table public.tasks (
  id uuid primary key default gen_random_uuid(),
  project_id uuid not null references public.projects (id) on delete cascade,
  creator_id uuid not null references public.profiles (id) on delete restrict,
  name text not null,
  description text not null default '',
  status text not null default 'planning',
  assignee_id uuid references public.profiles (id) on delete set null,
  due_date date not null,

  recurrence text,
  series_id uuid,
  occurrence integer,
  series_anchor date,
  anchor_occurrence integer,

  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  completed_at timestamptz,
  deleted_at timestamptz,
  in_deleted_project boolean not null default false,

  constraint name_has_1_to_255_characters check (char_length(name) between 1 and 255),
  constraint description_has_at_most_10000_characters check (char_length(description) <= 10000),
  constraint status_is_known check (status in ('planning', 'in-progress', 'completed')),
  constraint completed_at_only_when_completed check (
    (status = 'completed') = (completed_at is not null)
  ),
  constraint recurrence_is_canonical check (
    recurrence = private.canonical_recurrence(recurrence)
  ),
  constraint series_is_complete check (
    num_nulls(series_id, occurrence, series_anchor, anchor_occurrence) in (0, 4)
  ),
  constraint recurrence_only_in_a_series check (recurrence is null or series_id is not null)
);

comment on table public.tasks is 'Tasks of projects. A deleted task has deleted_at.';
comment on column public.tasks.id is 'Primary key, set by the database.';
comment on column public.tasks.project_id is 'Project to which the task belongs.';
comment on column public.tasks.creator_id is
  'The creator of the project, who never changes. Set by the database.';
comment on column public.tasks.name is 'Name of the task: 1 to 255 characters.';
comment on column public.tasks.description is 'At most 10,000 characters, empty if none was sent.';
comment on column public.tasks.status is
  'planning, in-progress or completed. A new task has planning. The assignee can change it, too.';
comment on column public.tasks.assignee_id is
  'Required when a task is created; null after the assignee left the team or deleted the account.';
comment on column public.tasks.due_date is
  'Day by which it should be completed. It may be in the past.';
comment on column public.tasks.recurrence is
  'The rule by which the next task of the series is made, such as FREQ=WEEKLY;COUNT=10; null where none follows.';
comment on column public.tasks.series_id is 'The tasks made by one rule share it: the id of the first.';
comment on column public.tasks.occurrence is 'The number of this task in its series, from 1.';
comment on column public.tasks.series_anchor is
  'The due date from which dates are counted, so that a monthly task of the 31st returns to the 31st.';
comment on column public.tasks.anchor_occurrence is 'The occurrence that has the date series_anchor.';
comment on column public.tasks.created_at is 'When the task was created.';
comment on column public.tasks.updated_at is
  'When name, description, status, assignee, due date or recurrence changed last.';
comment on column public.tasks.completed_at is
  'When the status became completed; null in every other status. Set by the database.';
comment on column public.tasks.deleted_at is
  'When it was deleted; null otherwise. No user can see a deleted task.';
comment on column public.tasks.in_deleted_project is
  'Whether the project is deleted. No user can see such a task. Set by the database.';

create index tasks_project_id_due_date_idx on public.tasks (project_id, due_date, id);
create index tasks_project_id_assignee_id_status_idx
  on public.tasks (project_id, assignee_id, status);
-- The lists of a user's tasks, in both orders that need no sorting. With what they leave out, so that
-- the pages before the one that is asked for are skipped in the index.
create index tasks_creator_id_due_date_idx
  on public.tasks (creator_id, due_date, id) include (deleted_at, in_deleted_project);
create index tasks_creator_id_created_at_idx
  on public.tasks (creator_id, created_at, id) include (deleted_at, in_deleted_project);
create index tasks_assignee_id_due_date_idx
  on public.tasks (assignee_id, due_date, id) include (project_id, deleted_at, in_deleted_project);
create index tasks_of_creator_idx
  on public.tasks (creator_id, status) where deleted_at is null and not in_deleted_project;
create index tasks_creator_id_completed_at_idx
  on public.tasks (creator_id, completed_at) where completed_at is not null;
create index tasks_assignee_id_completed_at_idx
  on public.tasks (assignee_id, completed_at) where completed_at is not null;
create index tasks_open_due_date_idx
  on public.tasks (due_date) where deleted_at is null and status <> 'completed';

create unique index tasks_series_id_occurrence_key on public.tasks (series_id, occurrence);
create index tasks_recurring_due_date_idx
  on public.tasks (due_date)
  where recurrence is not null and deleted_at is null;

alter table public.tasks enable row level security;

create policy all_live_session on public.tasks
  as restrictive for all to authenticated
  using ((select private.session_is_live()))
  with check ((select private.session_is_live()));

create policy select_participant on public.tasks
  for select to authenticated
  using (
    deleted_at is null and not in_deleted_project and (
      creator_id = (select auth.uid())
      or project_id = any (array(select private.my_team_project_ids()))
    )
  );

create policy insert_creator on public.tasks
  for insert to authenticated
  with check (creator_id = (select auth.uid()) and not in_deleted_project);

create policy update_creator_and_assignee on public.tasks
  for update to authenticated
  using (
    deleted_at is null and not in_deleted_project and (
      creator_id = (select auth.uid())
      or (
        assignee_id = (select auth.uid())
        and project_id = any (array(select private.my_team_project_ids()))
      )
    )
  )
  with check (
    creator_id = (select auth.uid())
    or project_id = any (array(select private.my_team_project_ids()))
  );

-- No grant for delete: api.delete_task. A trigger limits the assignee to the status.
grant select on public.tasks to authenticated;
grant insert (project_id, name, description, assignee_id, due_date, recurrence)
  on public.tasks to authenticated;
grant update (name, description, status, assignee_id, due_date, recurrence)
  on public.tasks to authenticated;
grant select, insert, update, delete on public.tasks to service_role;

-- Returns the task of the project; raises 404 if it does not exist.
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

-- Runs as the caller, under the caller's policies.
grant execute on function private.require_task(uuid, uuid) to authenticated;

-- Definer: the project creator's policies do not allow an update that hides the row.
create function private.delete_task(p_project_id uuid, p_task_id uuid)
  returns void
  language plpgsql
  security definer
  set search_path = ''
as $$
begin
  perform private.require_project_creator(p_project_id);
  perform private.require_task(p_project_id, p_task_id);

  update public.tasks
  set deleted_at = now()
  where id = p_task_id and deleted_at is null;

  -- A concurrent deletion was first.
  if not found then
    raise sqlstate 'PT404' using
      message = 'Task not found.',
      hint = 'NOT_FOUND';
  end if;
end;
$$;

-- Called by api.delete_task as the caller; checks that the caller is the project creator.
grant execute on function private.delete_task(uuid, uuid) to authenticated;
