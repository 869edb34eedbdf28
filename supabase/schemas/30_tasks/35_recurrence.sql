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
