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
  v_tasks text;
  v_projects text;
  v_teams constant uuid[] := array(select private.my_team_project_ids());
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

  -- One condition for each kind of caller, so that each has an index of their own. The caller is $1,
  -- the project $2; policies hide what the caller cannot see.
  v_tasks := case when v_is_creator then 't.creator_id = $1' else 't.assignee_id = $1' end;
  v_projects := case when v_is_creator then 'p.creator_id = $1' else 'p.id = any ($6)' end;
  if "projectId" is not null then
    perform private.require_project("projectId"::uuid);
    v_tasks := v_tasks || ' and t.project_id = $2';
    v_projects := 'p.id = $2';
  end if;

  execute format(
    $query$
      select coalesce(
        jsonb_agg(
          jsonb_build_object('date', d.due_date, 'tasks', d.tasks, 'projects', d.projects)
          order by d.due_date
        ),
        '[]'
      )
      from (
        select
          e.due_date,
          coalesce(
            jsonb_agg(e.task order by e.name, e.id) filter (where e.task is not null), '[]'
          ) as tasks,
          coalesce(
            jsonb_agg(e.project order by e.name, e.id) filter (where e.project is not null), '[]'
          ) as projects
        from (
          (
            select t.due_date, t.name, t.id, t.document as task, null::jsonb as project
            from private.task_documents as t
            where %s and t.due_date between $3 and $4
            order by t.due_date, t.id
            limit $5
          )
          union all
          (
            select p.due_date, p.name, p.id, null, p.document
            from private.project_documents as p
            where %s and p.due_date between $3 and $4
            order by p.due_date, p.id
            limit $5
          )
        ) as e
        group by e.due_date
      ) as d
    $query$,
    v_tasks, v_projects
  )
  into v_days
  using
    v_user_id, "projectId"::uuid, v_range.first_day, v_range.last_day, private.calendar_limit(),
    v_teams;

  execute format(
    $query$
      select coalesce(jsonb_agg(o.document order by o.due_date, o.id), '[]')
      from (
        select t.due_date, t.id, t.document
        from private.task_documents as t
        where %s and t.status <> 'completed' and t.due_date < $3
        order by t.due_date desc, t.id
        limit $4
      ) as o
    $query$,
    v_tasks
  )
  into v_overdue
  using v_user_id, "projectId"::uuid, private.today(), private.calendar_limit();

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
