-- GET /calendar: what is due, day by day. A talent sees their own tasks and the projects they work on; a
-- creator sees all tasks and projects of their own.

-- At most this many tasks, and as many projects, in one answer.
create function private.calendar_limit()
  returns integer
  language sql
  immutable
  parallel safe
  set search_path = ''
as $$
  select 1000
$$;

-- The range asked for. Without dates it is the present month (UTC); with one date it reaches to the end, or
-- from the beginning, of that date's month.
create function private.calendar_range(
  p_from text, p_to text, out first_day date, out last_day date
)
  language plpgsql
  stable
  set search_path = ''
as $$
declare
  v_input constant jsonb := jsonb_build_object('from', p_from, 'to', p_to);
begin
  perform private.raise_field_errors(
    private.check_date(v_input, 'from', 'From', true)
    || private.check_date(v_input, 'to', 'To', true)
  );

  first_day := coalesce(
    private.try_date(p_from),
    date_trunc('month', coalesce(private.try_date(p_to), private.today()))::date
  );
  last_day := coalesce(
    private.try_date(p_to), (date_trunc('month', first_day) + interval '1 month - 1 day')::date
  );

  perform private.raise_field_errors(private.check_range(first_day, last_day));
end;
$$;

grant execute on function
  private.calendar_limit(),
  private.calendar_range(text, text)
to authenticated, service_role;

create function api.get_calendar(
  "from" text default null, "to" text default null, "projectId" text default null
)
  returns jsonb
  language plpgsql
  stable
  set search_path = ''
as $$
declare
  v_user_id constant uuid := private.require_session();
  v_is_creator constant boolean := private.my_user_type() = 'creator';
  v_range record;
  v_projects uuid[];
  v_days jsonb;
  v_overdue jsonb;
begin
  perform private.raise_field_errors(
    private.check_uuid(
      private.input_of('get_calendar', jsonb_build_object('projectId', "projectId")),
      'projectId', 'Project id', true
    )
  );
  v_range := private.calendar_range("from", "to");

  if "projectId" is null then
    v_projects := array(select private.my_project_ids());
  else
    perform private.require_project("projectId"::uuid);
    v_projects := array["projectId"::uuid];
  end if;

  select coalesce(
    jsonb_agg(
      jsonb_build_object('date', d.due_date, 'tasks', d.tasks, 'projects', d.projects)
      order by d.due_date
    ),
    '[]'
  )
  into v_days
  from (
    select
      e.due_date,
      coalesce(jsonb_agg(e.task order by e.name, e.id) filter (where e.task is not null), '[]') as tasks,
      coalesce(
        jsonb_agg(e.project order by e.name, e.id) filter (where e.project is not null), '[]'
      ) as projects
    from (
      (
        select t.due_date, t.name, t.id, t.document as task, null::jsonb as project
        from private.task_documents as t
        where t.project_id = any (v_projects)
          and (v_is_creator or t.assignee_id = v_user_id)
          and t.due_date between v_range.first_day and v_range.last_day
        order by t.due_date, t.id
        limit private.calendar_limit()
      )
      union all
      (
        select p.due_date, p.name, p.id, null, p.document
        from private.project_documents as p
        where p.id = any (v_projects)
          and p.due_date between v_range.first_day and v_range.last_day
        order by p.due_date, p.id
        limit private.calendar_limit()
      )
    ) as e
    group by e.due_date
  ) as d;

  select coalesce(jsonb_agg(o.document order by o.due_date, o.id), '[]')
  into v_overdue
  from (
    select t.due_date, t.id, t.document
    from private.task_documents as t
    where t.project_id = any (v_projects)
      and (v_is_creator or t.assignee_id = v_user_id)
      and t.status <> 'completed'
      and t.due_date < private.today()
    order by t.due_date desc, t.id
    limit private.calendar_limit()
  ) as o;

  return jsonb_build_object(
    'from', v_range.first_day, 'to', v_range.last_day, 'days', v_days, 'overdue', v_overdue
  );
end;
$$;

comment on function api.get_calendar(text, text, text) is
  'Returns what is due between two dates, day by day, and what is overdue. Requires: a signed-in user.
A talent gets their own tasks and the projects of their teams; a creator gets everything in their
projects. projectId narrows to one project.
from, to: dates (YYYY-MM-DD), both included, at most 366 days apart; the present month (UTC) by
default. At most 1000 tasks, 1000 projects and 1000 overdue tasks.
Returns {from, to, days: [{date, tasks, projects}], overdue: [task]}; days without anything due are
left out, and overdue tasks are those not completed whose due date has passed, whatever the range.
Errors: VALIDATION_ERROR, NOT_FOUND, FORBIDDEN, NOT_AUTHENTICATED, SESSION_REVOKED.';

grant execute on function api.get_calendar(text, text, text) to authenticated;
