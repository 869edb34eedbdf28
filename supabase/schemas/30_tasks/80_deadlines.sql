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
