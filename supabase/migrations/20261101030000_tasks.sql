-- Release 0.2.0, from supabase/schemas/30_tasks. A later change is made there and in a migration of its own.


-- ── 30_tasks/05_recurrence_rules.sql ────────────────────────────────────────────────────────────

-- The rules of recurring tasks: a subset of RFC 5545's RRULE: FREQ=DAILY, WEEKLY or MONTHLY, with INTERVAL (1 to 99) and either COUNT
-- (2 to 366, the first task included) or UNTIL (YYYYMMDD). It is kept in one spelling.

create type private.recurrence as (
  frequency text,
  every integer,
  occurrences integer,
  until_date date
);

-- The rule that a text means; null for a text that means none.
create function private.parse_recurrence(p_rule text)
  returns private.recurrence
  language plpgsql
  immutable
  parallel safe
  set search_path = ''
as $$
declare
  v_part text;
  v_key text;
  v_value text;
  v_seen text[] := '{}';
  v_rule private.recurrence;
begin
  if p_rule is null or length(p_rule) > 200 then
    return null;
  end if;

  v_rule.every := 1;
  foreach v_part in array string_to_array(regexp_replace(upper(btrim(p_rule)), '^RRULE:', ''), ';')
  loop
    v_key := split_part(v_part, '=', 1);
    v_value := substr(v_part, length(v_key) + 2);
    if v_key = any (v_seen) then
      return null;
    end if;
    v_seen := v_seen || v_key;

    case
      when v_key = 'FREQ' and v_value in ('DAILY', 'WEEKLY', 'MONTHLY') then
        v_rule.frequency := v_value;
      when v_key = 'INTERVAL' and v_value ~ '^[1-9][0-9]?$' then
        v_rule.every := v_value;
      when v_key = 'COUNT' and v_value ~ '^[1-9][0-9]{0,2}$' and v_value::integer between 2 and 366 then
        v_rule.occurrences := v_value;
      when v_key = 'UNTIL' and private.try_date(regexp_replace(
        v_value, '^(\d{4})(\d{2})(\d{2})(T\d{6}Z)?$', '\1-\2-\3'
      )) is not null then
        v_rule.until_date := regexp_replace(
          v_value, '^(\d{4})(\d{2})(\d{2})(T\d{6}Z)?$', '\1-\2-\3'
        );
      else
        return null;
    end case;
  end loop;

  if v_rule.frequency is null
    or v_rule.occurrences is not null and v_rule.until_date is not null
  then
    return null;
  end if;
  return v_rule;
end;
$$;

-- The one spelling of a rule; null for a text that means none.
create function private.canonical_recurrence(p_rule text)
  returns text
  language plpgsql
  immutable
  parallel safe
  set search_path = ''
as $$
declare
  v_rule constant private.recurrence := private.parse_recurrence(p_rule);
begin
  if v_rule.frequency is null then
    return null;
  end if;
  return 'FREQ=' || v_rule.frequency
    || case when v_rule.every > 1 then ';INTERVAL=' || v_rule.every else '' end
    || coalesce(';COUNT=' || v_rule.occurrences, '')
    || coalesce(';UNTIL=' || to_char(v_rule.until_date, 'YYYYMMDD'), '');
end;
$$;

create function private.check_recurrence(p_input jsonb)
  returns jsonb
  language plpgsql
  immutable
  set search_path = ''
as $$
declare
  v_type constant text := coalesce(jsonb_typeof(p_input -> 'recurrence'), 'null');
begin
  return case
    when v_type = 'null' then '[]'
    when v_type = 'string' and private.canonical_recurrence(p_input ->> 'recurrence') is not null
      then '[]'
    else private.field_error(
      'recurrence',
      'Recurrence must be a rule such as FREQ=WEEKLY;INTERVAL=2;COUNT=10 or FREQ=MONTHLY;UNTIL=20271231.'
    )
  end;
end;
$$;

-- Pure; triggers and api functions run them as the caller.
grant execute on function
  private.parse_recurrence(text),
  private.canonical_recurrence(text),
  private.check_recurrence(jsonb)
to authenticated, service_role;


-- ── 30_tasks/10_tasks.sql ───────────────────────────────────────────────────────────────────────

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
comment on column public.tasks.creator_id is
  'The creator of the project, who never changes. Set by the database.';
comment on column public.tasks.in_deleted_project is
  'Whether the project is deleted. No user can see such a task. Set by the database.';
comment on column public.tasks.assignee_id is
  'Required when a task is created; null after the assignee left the team or deleted the account.';

comment on column public.tasks.recurrence is
  'The rule by which the next task of the series is made, such as FREQ=WEEKLY;COUNT=10; null where none follows.';
comment on column public.tasks.series_id is 'The tasks made by one rule share it: the id of the first.';
comment on column public.tasks.occurrence is 'The number of this task in its series, from 1.';
comment on column public.tasks.series_anchor is
  'The due date from which dates are counted, so that a monthly task of the 31st returns to the 31st.';
comment on column public.tasks.anchor_occurrence is 'The occurrence that has the date series_anchor.';

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


-- ── 30_tasks/20_task_rules.sql ──────────────────────────────────────────────────────────────────

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


-- ── 30_tasks/21_assignment.sql ──────────────────────────────────────────────────────────────────

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


-- ── 30_tasks/30_task_counts.sql ─────────────────────────────────────────────────────────────────

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


-- ── 30_tasks/35_recurrence.sql ──────────────────────────────────────────────────────────────────

-- Recurring tasks. When a task with a rule is completed, or its due date has passed, the next task
-- of its series is created, once. Deleting the latest task, or clearing its rule, ends the series.

-- Starts a series when a task gets a rule. When the creator changes the due date, later due dates
-- are counted from it.
create function private.tg_tasks__set_series()
  returns trigger
  language plpgsql
  set search_path = ''
as $$
begin
  new.recurrence := coalesce(
    private.canonical_recurrence(nullif(btrim(new.recurrence), '')), nullif(btrim(new.recurrence), '')
  );

  if new.recurrence is not null and new.series_id is null then
    new.series_id := new.id;
    new.occurrence := 1;
  end if;

  if new.series_id is not null and (
    new.series_anchor is null or tg_op = 'UPDATE' and new.due_date is distinct from old.due_date
  ) then
    new.series_anchor := new.due_date;
    new.anchor_occurrence := new.occurrence;
  end if;

  return new;
end;
$$;

create trigger _110_set_series
  before insert or update of recurrence, due_date on public.tasks
  for each row
  execute function private.tg_tasks__set_series();

-- Returns the due date of an occurrence. In months without a 31st it is the last day; later months
-- use the 31st again.
create function private.occurrence_date(
  p_rule private.recurrence, p_anchor date, p_steps integer
)
  returns date
  language plpgsql
  immutable
  parallel safe
  set search_path = ''
as $$
begin
  return (
    p_anchor + p_rule.every * p_steps * case p_rule.frequency
      when 'DAILY' then interval '1 day'
      when 'WEEKLY' then interval '1 week'
      else interval '1 month'
    end
  )::date;
end;
$$;

-- Creates the next task of a series, unless a later one exists or the rule has ended. Occurrences
-- before p_not_before are skipped, so that a series that was interrupted continues from today.
-- Definer: an assignee who completes a task has no right to create one.
create function private.create_next_occurrence(p_task public.tasks, p_not_before date)
  returns uuid
  language plpgsql
  security definer
  set search_path = ''
as $$
declare
  v_rule constant private.recurrence := private.parse_recurrence(p_task.recurrence);
  v_occurrence integer := p_task.occurrence;
  v_due_date date;
  v_id uuid;
begin
  if v_rule.frequency is null or p_task.deleted_at is not null then
    return null;
  end if;

  -- Locked per series, so that a concurrent call finds the task that this one creates.
  perform pg_advisory_xact_lock(hashtextextended(p_task.series_id::text, 0));
  if exists (
    select
    from public.tasks as t
    where t.series_id = p_task.series_id and t.occurrence > p_task.occurrence
  ) then
    return null;
  end if;

  loop
    v_occurrence := v_occurrence + 1;
    v_due_date := private.occurrence_date(
      v_rule, p_task.series_anchor, v_occurrence - p_task.anchor_occurrence
    );
    if v_occurrence > v_rule.occurrences or v_due_date > v_rule.until_date then
      -- The rule has ended; it is cleared, so that the job ignores this task from now on.
      update public.tasks set recurrence = null where id = p_task.id;
      return null;
    end if;
    exit when v_due_date > p_task.due_date and v_due_date >= p_not_before;
  end loop;

  insert into public.tasks (
    project_id, name, description, assignee_id, due_date, recurrence, series_id, occurrence,
    series_anchor, anchor_occurrence
  )
  select
    p_task.project_id,
    p_task.name,
    p_task.description,
    -- Null if the assignee has left the team.
    (
      select m.user_id
      from public.project_members as m
      where m.project_id = p_task.project_id
        and m.user_id = p_task.assignee_id
        and m.removed_at is null
    ),
    v_due_date,
    p_task.recurrence,
    p_task.series_id,
    v_occurrence,
    p_task.series_anchor,
    p_task.anchor_occurrence
  from public.projects as p
  where p.id = p_task.project_id and private.is_open(p)
  returning id
  into v_id;

  return v_id;
end;
$$;

create function private.tg_tasks__recur()
  returns trigger
  language plpgsql
  security definer
  set search_path = ''
as $$
begin
  perform private.create_next_occurrence(new, new.due_date);
  return null;
end;
$$;

create trigger _600_recur
  after update of status on public.tasks
  for each row
  when (
    new.recurrence is not null and new.status = 'completed' and old.status <> 'completed'
  )
  execute function private.tg_tasks__recur();

-- Run by a job, for tasks whose due date has passed. It can be repeated at any time.
create function private.create_due_occurrences()
  returns integer
  language plpgsql
  security definer
  set search_path = ''
as $$
declare
  v_task public.tasks;
  v_count integer := 0;
begin
  for v_task in
    select t.*
    from public.tasks as t
    join public.projects as p on p.id = t.project_id
    where t.recurrence is not null
      and t.deleted_at is null
      and t.due_date < private.today()
      and private.is_open(p)
      and not exists (
        select
        from public.tasks as later
        where later.series_id = t.series_id and later.occurrence > t.occurrence
      )
    order by t.due_date, t.id
    limit 1000
  loop
    if private.create_next_occurrence(v_task, private.today()) is not null then
      v_count := v_count + 1;
    end if;
  end loop;

  return v_count;
end;
$$;

comment on function private.create_due_occurrences() is
  'Creates the next task of each series whose latest task is overdue. Returns the number of new tasks.';


-- ── 30_tasks/40_documents.sql ───────────────────────────────────────────────────────────────────

-- Tasks as the JSON that the API returns; the view runs with the caller's rights.

create view private.task_documents with (security_invoker = true) as
  select
    t.id,
    t.project_id,
    t.creator_id,
    t.assignee_id,
    t.name,
    t.status,
    t.due_date,
    t.created_at,
    t.updated_at,
    t.deleted_at,
    t.in_deleted_project,
    jsonb_build_object(
      'id', t.id,
      'projectId', t.project_id,
      'projectName', (select p.name from public.projects as p where p.id = t.project_id),
      'name', t.name,
      'description', t.description,
      'status', t.status,
      'assignee', (
        select jsonb_build_object('id', c.id, 'name', c.name, 'avatarUrl', c.avatar_url)
        from private.cards as c
        where c.id = t.assignee_id
      ),
      'dueDate', t.due_date,
      'recurrence', t.recurrence,
      'seriesId', t.series_id,
      'createdAt', private.iso(t.created_at),
      'updatedAt', private.iso(t.updated_at),
      'completedAt', private.iso(t.completed_at)
    ) as document
  from public.tasks as t;

comment on view private.task_documents is
  'Tasks as JSON, with the name of the project and the card of the assignee.';

-- Used by api functions only; the caller's policies filter the rows.
grant select on private.task_documents to authenticated;


-- ── 30_tasks/50_lists.sql ───────────────────────────────────────────────────────────────────────

-- The lists of tasks: GET /projects/:projectId/tasks and GET /tasks.

-- Returns a page of tasks for both lists: of a project that the caller may read, or of the caller's
-- own over all projects. Definer: see private.page_of_documents.
create function private.list_tasks(
  p_input jsonb, p_project_id text, p_is_of_project boolean, p_default_limit integer
)
  returns jsonb
  language plpgsql
  stable
  security definer
  set search_path = ''
as $$
declare
  v_sorts constant jsonb := '{
    "dueDate": "due_date", "createdAt": "created_at", "updatedAt": "updated_at", "name": "name",
    "status": "status"
  }';
  v_due_from constant date := private.try_date(p_input ->> 'dueFrom');
  v_due_to constant date := private.try_date(p_input ->> 'dueTo');
  v_page record;
begin
  if p_is_of_project then
    perform private.require_project(p_project_id::uuid);
  end if;

  perform private.raise_field_errors(
    private.check_choice(
      p_input, 'status', 'Status', array['planning', 'in-progress', 'completed'], true
    )
    || private.check_uuid(p_input, 'assigneeId', 'Assignee', true)
    || private.check_uuid(p_input, 'projectId', 'Project id', true)
    || private.check_date(p_input, 'dueFrom', 'Due from', true)
    || private.check_date(p_input, 'dueTo', 'Due to', true)
    || case
      when v_due_from > v_due_to
        then private.field_error('dueFrom', 'Due from must not be later than due to.')
      else '[]'
    end
    || private.check_page(p_input)
    || private.check_sort(p_input, v_sorts)
  );

  v_page := private.page_of_documents(
    'private.task_documents',
    'deleted_at is null and not in_deleted_project'
      || case
        when p_is_of_project then ''
        when private.my_user_type() = 'creator' then ' and creator_id = $1'
        -- "is true" keeps the teams a filter of the assignee's rows. With an array they would be
        -- looked up one by one, and planning a join takes longer than reading a page.
        else ' and assignee_id = $1 and (project_id in ('
          || 'select m.project_id from public.project_members as m'
          || ' where m.user_id = $1 and m.removed_at is null and not m.in_deleted_project'
          || ')) is true'
      end
      || case when p_input ->> 'status' is null then '' else ' and status = $2' end
      || case when p_input ->> 'assigneeId' is null then '' else ' and assignee_id = $3' end
      || case when p_project_id is null then '' else ' and project_id = $4' end
      || case when v_due_from is null then '' else ' and due_date >= $5' end
      || case when v_due_to is null then '' else ' and due_date <= $6' end,
    private.order_clause(coalesce(p_input ->> 'sort', 'dueDate'), v_sorts),
    private.page_number(p_input), private.page_limit(p_input, p_default_limit),
    auth.uid(), p_input ->> 'status', (p_input ->> 'assigneeId')::uuid, p_project_id::uuid,
    v_due_from, v_due_to
  );

  return jsonb_build_object('tasks', v_page.documents, 'pagination', v_page.pagination);
end;
$$;

-- Called by api functions as the caller; it returns what the caller may read.
grant execute on function private.list_tasks(jsonb, text, boolean, integer) to authenticated;

create function api.list_project_tasks(
  "projectId" text default null, status text default null, "assigneeId" text default null,
  page jsonb default null, "limit" jsonb default null, sort text default null
)
  returns jsonb
  language plpgsql
  stable
  set search_path = ''
as $$
begin
  perform private.require_session();
  perform private.require_ids(jsonb_build_object('projectId', "projectId"));

  return private.list_tasks(
    private.input_of('list_project_tasks', jsonb_build_object(
      'status', status, 'assigneeId', "assigneeId", 'page', page, 'limit', "limit", 'sort', sort
    )),
    "projectId", true, 100
  );
end;
$$;

comment on function api.list_project_tasks(text, text, text, jsonb, jsonb, text) is
  'Returns the tasks of a project.
status: planning, in-progress or completed. assigneeId: only tasks of this assignee. page: from 1.
limit: 100 by default, at most 100. sort: dueDate, createdAt, updatedAt, name or status, with - in
front for descending order; dueDate by default.
Returns {tasks, pagination}.
Requires: project creator or member.
Errors: VALIDATION_ERROR, NOT_FOUND, FORBIDDEN, NOT_AUTHENTICATED, SESSION_REVOKED.';

create function api.list_tasks(
  status text default null, "assigneeId" text default null, "projectId" text default null,
  "dueFrom" text default null, "dueTo" text default null,
  page jsonb default null, "limit" jsonb default null, sort text default null
)
  returns jsonb
  language plpgsql
  stable
  set search_path = ''
as $$
begin
  perform private.require_session();

  return private.list_tasks(
    private.input_of('list_tasks', jsonb_build_object(
      'status', status, 'assigneeId', "assigneeId", 'projectId', "projectId",
      'dueFrom', "dueFrom", 'dueTo', "dueTo", 'page', page, 'limit', "limit", 'sort', sort
    )),
    "projectId", false, 20
  );
end;
$$;

comment on function api.list_tasks(text, text, text, text, text, jsonb, jsonb, text) is
  'Returns the caller''s tasks over all projects: tasks in a creator''s projects, or tasks assigned
to a talent.
status, assigneeId, projectId: only matching tasks. dueFrom, dueTo: only tasks due in this period
(YYYY-MM-DD, both days included). page: from 1. limit: 20 by default, at most 100. sort: dueDate,
createdAt, updatedAt, name or status, with - in front for descending order; dueDate by default.
Returns {tasks, pagination}.
Requires: a signed-in user.
Errors: VALIDATION_ERROR, NOT_AUTHENTICATED, SESSION_REVOKED.';

grant execute on function
  api.list_project_tasks(text, text, text, jsonb, jsonb, text),
  api.list_tasks(text, text, text, text, text, jsonb, jsonb, text)
to authenticated;


-- ── 30_tasks/51_operations.sql ──────────────────────────────────────────────────────────────────

-- /projects/:projectId/tasks and /projects/:projectId/tasks/:taskId, without the lists.

create function api.create_task(
  "projectId" text default null, name text default null, description text default null,
  "assigneeId" text default null, "dueDate" text default null, recurrence text default null
)
  returns jsonb
  language plpgsql
  volatile
  set search_path = ''
  set plan_cache_mode = force_generic_plan
as $$
declare
  v_input constant jsonb := private.input_of('create_task', jsonb_build_object(
    'name', name, 'description', description, 'assigneeId', "assigneeId", 'dueDate', "dueDate",
    'recurrence', recurrence
  ));
  v_id uuid;
  v_answer jsonb;
begin
  perform private.require_session();
  perform private.require_ids(jsonb_build_object('projectId', "projectId"));

  v_answer := private.earlier_answer(
    'create_task', v_input || jsonb_build_object('projectId', "projectId")
  );
  if v_answer is not null then
    return v_answer;
  end if;

  perform private.require_project_creator("projectId"::uuid);
  perform private.raise_field_errors(
    private.check_keys(v_input, array['name', 'description', 'assigneeId', 'dueDate', 'recurrence'])
    || private.task_field_errors(v_input)
  );

  insert into public.tasks (project_id, name, description, assignee_id, due_date, recurrence)
  values (
    "projectId"::uuid, create_task.name, create_task.description, "assigneeId"::uuid,
    "dueDate"::date, create_task.recurrence
  )
  returning id into v_id;

  return private.keep_answer(private.task_for_reader("projectId"::uuid, v_id));
end;
$$;

comment on function api.create_task(text, text, text, text, text, text) is
  'Creates a task in a project, assigned to a member of its team, and returns it.
name: 1 to 255 characters. description: at most 10000 characters, optional. assigneeId: a member of
the team. dueDate: YYYY-MM-DD. recurrence: optional; FREQ=DAILY, WEEKLY or MONTHLY, with INTERVAL
(1 to 99) and COUNT (2 to 366) or UNTIL (YYYYMMDD), as in iCalendar''s RRULE. The next task is created
when this one is completed or its due date passes.
Repeating a call with the same header Idempotency-Key within 24 hours returns the first response.
Requires: project creator.
Errors: VALIDATION_ERROR, ASSIGNEE_NOT_MEMBER, NOT_FOUND, FORBIDDEN, CONFLICT, NOT_AUTHENTICATED,
SESSION_REVOKED.';

-- Returns a task of a project that the caller may read. Definer: it has asked once, so that nothing
-- inside of the document asks again.
create function private.task_for_reader(p_project_id uuid, p_task_id uuid)
  returns jsonb
  language plpgsql
  stable
  security definer
  set search_path = ''
as $$
begin
  perform private.require_project(p_project_id);
  perform private.require_task(p_project_id, p_task_id);

  return (select d.document from private.task_documents as d where d.id = p_task_id);
end;
$$;

-- Called by api.get_task as the caller; it returns what the caller may read.
grant execute on function private.task_for_reader(uuid, uuid) to authenticated;

create function api.get_task("projectId" text default null, "taskId" text default null)
  returns jsonb
  language plpgsql
  stable
  set search_path = ''
as $$
begin
  perform private.require_session();
  perform private.require_ids(jsonb_build_object('projectId', "projectId", 'taskId', "taskId"));

  return private.task_for_reader("projectId"::uuid, "taskId"::uuid);
end;
$$;

comment on function api.get_task(text, text) is
  'Returns a task.
Requires: project creator or member.
Errors: VALIDATION_ERROR, NOT_FOUND, FORBIDDEN, NOT_AUTHENTICATED, SESSION_REVOKED.';

-- Returns a task of a project that the caller may read, for a change that asks more.
create function private.task_for_writer(p_project_id uuid, p_task_id uuid)
  returns public.tasks
  language plpgsql
  stable
  security definer
  set search_path = ''
as $$
begin
  perform private.require_project(p_project_id);

  return private.require_task(p_project_id, p_task_id);
end;
$$;

-- Called by api.update_task as the caller; it returns what the caller may read.
grant execute on function private.task_for_writer(uuid, uuid) to authenticated;

create function api.update_task(
  "projectId" text default null, "taskId" text default null, patch jsonb default null
)
  returns jsonb
  language plpgsql
  volatile
  set search_path = ''
  set plan_cache_mode = force_generic_plan
as $$
declare
  v_user_id constant uuid := private.require_session();
  v_is_creator boolean;
  v_task public.tasks;
begin
  perform private.require_ids(jsonb_build_object('projectId', "projectId", 'taskId', "taskId"));
  v_task := private.task_for_writer("projectId"::uuid, "taskId"::uuid);
  v_is_creator := v_task.creator_id = v_user_id;

  if not v_is_creator and v_task.assignee_id is distinct from v_user_id then
    raise sqlstate 'PT403' using
      message = 'This task is not assigned to you.',
      hint = 'FORBIDDEN';
  end if;

  if not v_is_creator and private.check_keys(patch, array['status']) <> '[]' then
    raise sqlstate 'PT403' using
      message = 'The assignee can change only the status of a task.',
      hint = 'STATUS_ONLY';
  end if;

  perform private.raise_field_errors(
    private.check_keys(
      patch, array['name', 'description', 'status', 'assigneeId', 'dueDate', 'recurrence']
    )
    || private.task_field_errors(patch)
  );

  -- Memberships are locked before the task, in the order given in 21_assignment.sql.
  perform private.lock_membership("projectId"::uuid, id)
  from unnest(array[v_task.assignee_id, (patch ->> 'assigneeId')::uuid]) as id
  order by id;

  -- Two statements, because an update needs the right to every column that it names, and fires the
  -- triggers of each.
  if v_is_creator and patch - 'status' <> '{}' then
    update public.tasks as t
    set (name, description, status, assignee_id, due_date, recurrence) = (
      select n.name, n.description, n.status, n.assignee_id, n.due_date, n.recurrence
      from jsonb_populate_record(t, private.columns_of(patch)) as n
    )
    where t.id = "taskId"::uuid;
  else
    update public.tasks as t
    set status = coalesce(patch ->> 'status', t.status)
    where t.id = "taskId"::uuid;
  end if;

  -- The project was deleted, or the assignee changed, after the check above.
  if not found then
    raise sqlstate 'PT409' using
      message = 'The task was changed by another request. Reload it and try again.',
      hint = 'CONFLICT';
  end if;

  return private.task_for_reader("projectId"::uuid, "taskId"::uuid);
end;
$$;

comment on function api.update_task(text, text, jsonb) is
  'Updates a task and returns it.
patch: name, description, assigneeId and dueDate as for create_task; status: planning, in-progress
or completed, in any order. Keys that are not sent stay unchanged.
Requires: project creator (any field) or assignee (status only).
Errors: VALIDATION_ERROR, ASSIGNEE_NOT_MEMBER, STATUS_ONLY, NOT_FOUND, FORBIDDEN, CONFLICT,
INVALID_STATE (archived project), NOT_AUTHENTICATED, SESSION_REVOKED.';

create function api.delete_task("projectId" text default null, "taskId" text default null)
  returns void
  language plpgsql
  volatile
  set search_path = ''
as $$
begin
  perform private.require_session();
  perform private.require_ids(jsonb_build_object('projectId', "projectId", 'taskId', "taskId"));
  perform private.delete_task("projectId"::uuid, "taskId"::uuid);
end;
$$;

comment on function api.delete_task(text, text) is
  'Deletes a task.
Requires: project creator.
Errors: VALIDATION_ERROR, NOT_FOUND, FORBIDDEN, NOT_AUTHENTICATED, SESSION_REVOKED.';

grant execute on function
  api.create_task(text, text, text, text, text, text),
  api.get_task(text, text),
  api.update_task(text, text, jsonb),
  api.delete_task(text, text)
to authenticated;


-- ── 30_tasks/60_events.sql ──────────────────────────────────────────────────────────────────────

-- Realtime events of tasks. Recipients are looked up when the event is sent: users who have lost
-- access by then do not receive it.

create function private.tg_tasks__broadcast_assigned()
  returns trigger
  language plpgsql
  security definer
  set search_path = ''
as $$
begin
  perform private.send_event(
    array[new.assignee_id], 'task:assigned',
    jsonb_build_object(
      'task', d.document, 'assignedBy', private.card(coalesce(auth.uid(), p.creator_id))
    )
  )
  from private.task_documents as d
  join public.projects as p on p.id = d.project_id
  where d.id = new.id;

  return null;
end;
$$;

create trigger _700_broadcast_assigned
  after insert on public.tasks
  for each row
  when (new.assignee_id is not null)
  execute function private.tg_tasks__broadcast_assigned();

create trigger _701_broadcast_reassigned
  after update of assignee_id on public.tasks
  for each row
  when (new.assignee_id is not null and old.assignee_id is distinct from new.assignee_id)
  execute function private.tg_tasks__broadcast_assigned();

create function private.tg_tasks__broadcast_status()
  returns trigger
  language plpgsql
  security definer
  set search_path = ''
as $$
begin
  perform private.send_event(
    array(select private.project_people(new.project_id)), 'task:status_changed',
    jsonb_build_object(
      'taskId', new.id,
      'projectId', new.project_id,
      'status', new.status,
      'updatedBy', private.card(auth.uid())
    )
  );

  return null;
end;
$$;

create trigger _702_broadcast_status
  after update of status on public.tasks
  for each row
  when (old.status is distinct from new.status)
  execute function private.tg_tasks__broadcast_status();


-- ── 30_tasks/70_notifications.sql ───────────────────────────────────────────────────────────────

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


-- ── 30_tasks/80_deadlines.sql ───────────────────────────────────────────────────────────────────

-- Reminders of deadlines, 3 days and 1 day before a task is due, for the assignee and the project
-- creator. A row is one reminder, so that each is sent once, however often the job runs. A changed
-- due date has its own reminders.

create table private.deadline_reminders (
  task_id uuid not null references public.tasks (id) on delete cascade,
  user_id uuid not null references public.profiles (id) on delete cascade,
  due_date date not null,
  days_before integer not null,
  created_at timestamptz not null default now(),

  primary key (task_id, user_id, due_date, days_before),
  constraint days_before_is_3_or_1 check (days_before in (3, 1))
);

comment on table private.deadline_reminders is 'Reminders that were sent.';

create index deadline_reminders_user_id_idx on private.deadline_reminders (user_id);
create index deadline_reminders_due_date_idx on private.deadline_reminders (due_date);

-- The job may have missed hours or days. What it missed is sent when it runs again.
create table private.deadline_progress (
  only_row boolean primary key default true,
  reminded_until date not null,

  constraint there_is_one_row check (only_row)
);

comment on column private.deadline_progress.reminded_until is
  'The day (UTC) of the last run, whose last hours may still have been missed.';

-- Returns reminders whose day is between `p_since` and today (UTC), of tasks that existed on that day and
-- are not overdue. If both reminders of a task were missed, it returns the later one. Completed and
-- archived projects are ignored.
create function private.approaching_deadlines(p_since date)
  returns table (
    task_id uuid, user_id uuid, due_date date, days_before integer, project_id uuid, task_name text,
    project_name text
  )
  language sql
  stable
  security definer
  set search_path = ''
as $$
  select
    t.id, person.id, t.due_date, reminder.days_before, p.id, t.name, p.name
  from public.tasks as t
  join public.projects as p on p.id = t.project_id
  cross join lateral (
    select min(days)
    from unnest(array[3, 1]) as days
    where t.due_date - days between p_since and private.today()
      and t.created_at < (t.due_date - days + 1)::timestamp at time zone 'UTC'
  ) as reminder (days_before)
  cross join lateral (
    select t.assignee_id where t.assignee_id is not null
    union
    select p.creator_id
  ) as person (id)
  where t.due_date between private.today() and private.today() + 3
    and reminder.days_before is not null
    and t.deleted_at is null
    and t.status <> 'completed'
    and private.is_open(p)
$$;

-- The sentence names the day: "tomorrow" is another day where the reader lives.
create function private.notify_deadlines()
  returns integer
  language plpgsql
  security definer
  set search_path = ''
as $$
declare
  v_deadline record;
  v_since date;
  v_count integer := 0;
begin
  delete from private.deadline_reminders where due_date < private.today() - 30;

  insert into private.deadline_progress (reminded_until)
  values (private.today())
  on conflict (only_row) do nothing;

  -- Two runs at once follow each other.
  select p.reminded_until into v_since from private.deadline_progress as p for update;

  for v_deadline in select * from private.approaching_deadlines(least(v_since, private.today())) loop
    insert into private.deadline_reminders (task_id, user_id, due_date, days_before)
    values (
      v_deadline.task_id, v_deadline.user_id, v_deadline.due_date, v_deadline.days_before
    )
    on conflict (task_id, user_id, due_date, days_before) do nothing;

    continue when not found;

    perform private.notify(
      v_deadline.user_id, null, 'deadline_approaching', 'Deadline Approaching',
      format(
        '''%s'' in %s project is due on %s', v_deadline.task_name, v_deadline.project_name,
        to_char(v_deadline.due_date, 'FMDay FMDD FMMonth YYYY')
      ),
      'task', v_deadline.task_id,
      jsonb_build_object('projectId', v_deadline.project_id, 'taskId', v_deadline.task_id),
      jsonb_build_object(
        'projectName', v_deadline.project_name, 'taskName', v_deadline.task_name,
        'dueDate', v_deadline.due_date, 'daysLeft', v_deadline.due_date - private.today()
      )
    );
    v_count := v_count + 1;
  end loop;

  update private.deadline_progress set reminded_until = private.today();
  return v_count;
end;
$$;
