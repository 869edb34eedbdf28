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

-- Returns tasks that are due in 3 days or in 1 day (UTC), and the users to remind. Completed and
-- archived projects are ignored.
create function private.approaching_deadlines()
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
    t.id, person.id, t.due_date, t.due_date - private.today(), p.id, t.name, p.name
  from public.tasks as t
  join public.projects as p on p.id = t.project_id
  cross join lateral (
    select t.assignee_id where t.assignee_id is not null
    union
    select p.creator_id
  ) as person (id)
  where t.due_date in (private.today() + 3, private.today() + 1)
    and t.deleted_at is null
    and t.status <> 'completed'
    and private.is_open(p)
$$;

create function private.notify_deadlines()
  returns integer
  language plpgsql
  security definer
  set search_path = ''
as $$
declare
  v_deadline record;
  v_count integer := 0;
begin
  delete from private.deadline_reminders where due_date < private.today() - 30;

  for v_deadline in select * from private.approaching_deadlines() loop
    insert into private.deadline_reminders (task_id, user_id, due_date, days_before)
    values (
      v_deadline.task_id, v_deadline.user_id, v_deadline.due_date, v_deadline.days_before
    )
    on conflict (task_id, user_id, due_date, days_before) do nothing;

    continue when not found;

    perform private.notify(
      v_deadline.user_id, null, 'deadline_approaching', 'Deadline Approaching',
      format(
        '''%s'' in %s project is due %s', v_deadline.task_name, v_deadline.project_name,
        case v_deadline.days_before when 1 then 'tomorrow' else 'in 3 days' end
      ),
      'task', v_deadline.task_id,
      jsonb_build_object('projectId', v_deadline.project_id, 'taskId', v_deadline.task_id),
      jsonb_build_object(
        'projectName', v_deadline.project_name, 'taskName', v_deadline.task_name,
        'dueDate', v_deadline.due_date, 'daysLeft', v_deadline.days_before
      )
    );
    v_count := v_count + 1;
  end loop;

  return v_count;
end;
$$;
