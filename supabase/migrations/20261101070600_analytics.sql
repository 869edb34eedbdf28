-- Release 0.2.0, from supabase/schemas/76_analytics. A later change is made there and in a migration of its own.


-- ── 76_analytics/10_analytics_range.sql ─────────────────────────────────────────────────────────

-- What an analytics question covers: days in the caller's own time zone, cut into buckets.

create type private.analytics_range as (
  first_day date,
  last_day date,
  time_zone text,
  bucket text,
  starts_at timestamptz,
  ends_at timestamptz
);

create function private.is_time_zone(p_name text)
  returns boolean
  language plpgsql
  stable
  set search_path = ''
as $$
begin
  -- Names only ("Europe/Berlin", "UTC"): offsets such as "+02" mean the opposite of what people expect.
  if p_name !~ '^[A-Za-z][A-Za-z0-9_+/-]{0,63}$' then
    return false;
  end if;
  perform now() at time zone p_name;
  return true;
exception
  when invalid_parameter_value then
    return false;
end;
$$;

-- Without dates: the last 90 days.
create function private.analytics_range_of(
  p_from text, p_to text, p_time_zone text, p_bucket text
)
  returns private.analytics_range
  language plpgsql
  stable
  set search_path = ''
as $$
declare
  v_input constant jsonb := jsonb_build_object('from', p_from, 'to', p_to, 'bucket', p_bucket);
  v_range private.analytics_range;
begin
  v_range.time_zone := coalesce(p_time_zone, 'UTC');
  v_range.bucket := coalesce(p_bucket, 'week');

  perform private.raise_field_errors(
    private.check_date(v_input, 'from', 'From', true)
    || private.check_date(v_input, 'to', 'To', true)
    || private.check_choice(v_input, 'bucket', 'Bucket', array['day', 'week', 'month'], true)
    || case
      when private.is_time_zone(v_range.time_zone) then '[]'
      else private.field_error('timeZone', 'Time zone must be a name such as Europe/Berlin or UTC.')
    end
  );

  v_range.last_day := coalesce(
    private.try_date(p_to), (now() at time zone v_range.time_zone)::date
  );
  v_range.first_day := coalesce(private.try_date(p_from), v_range.last_day - 89);

  perform private.raise_field_errors(private.check_range(v_range.first_day, v_range.last_day));

  v_range.starts_at := v_range.first_day::timestamp at time zone v_range.time_zone;
  v_range.ends_at := (v_range.last_day + 1)::timestamp at time zone v_range.time_zone;
  return v_range;
end;
$$;

-- The bucket that a moment falls into, by its first day.
create function private.bucket_of(p_moment timestamptz, p_range private.analytics_range)
  returns date
  language sql
  immutable
  set search_path = ''
as $$
  select date_trunc(p_range.bucket, p_moment at time zone p_range.time_zone)::date
$$;

-- A share between 0 and 1 with three decimals; null where there is nothing to share.
create function private.share(p_part bigint, p_whole bigint)
  returns numeric
  language sql
  immutable
  parallel safe
  set search_path = ''
as $$
  select round(p_part::numeric / nullif(p_whole, 0), 3)
$$;

grant execute on function
  private.is_time_zone(text),
  private.analytics_range_of(text, text, text, text),
  private.bucket_of(timestamptz, private.analytics_range),
  private.share(bigint, bigint)
to authenticated, service_role;


-- ── 76_analytics/20_facts.sql ───────────────────────────────────────────────────────────────────

-- The rows that analytics are made of, read from indexes by person and time: tasks due or completed, deliverables
-- submitted, and answers to them. p_user_id is a creator (their projects) or a talent (their own work); null is
-- the whole platform. Definers: they include what policies hide by now, such as work in a project that the
-- talent has left. Only the operations of this room call them, for the caller.

-- The condition on a person's column, as text: a plan for each kind of person, each served by its own index. The
-- person is $1.
create function private.whose(
  p_user_id uuid, p_is_creator boolean, p_creator_column text, p_talent_column text
)
  returns text
  language sql
  immutable
  set search_path = ''
as $$
  select case
    when p_user_id is null then 'true'
    when p_is_creator then p_creator_column || ' = $1'
    else p_talent_column || ' = $1'
  end
$$;

create function private.task_facts(
  p_user_id uuid, p_is_creator boolean, p_range private.analytics_range
)
  returns table (
    project_id uuid, assignee_id uuid, is_completed boolean, is_on_time boolean
  )
  language plpgsql
  stable
  security definer
  set search_path = ''
as $$
begin
  return query execute format(
    'select t.project_id, t.assignee_id, t.completed_at is not null,
      (t.completed_at at time zone $4)::date <= t.due_date
    from public.tasks as t
    where %s and t.due_date between $2 and $3 and t.deleted_at is null and not t.in_deleted_project',
    private.whose(p_user_id, p_is_creator, 't.creator_id', 't.assignee_id')
  )
  using p_user_id, p_range.first_day, p_range.last_day, p_range.time_zone;
end;
$$;

create function private.deliverable_facts(
  p_user_id uuid, p_is_creator boolean, p_range private.analytics_range
)
  returns table (
    id uuid, submitted_by_id uuid, status text, revision_count integer, submitted_at timestamptz
  )
  language plpgsql
  stable
  security definer
  -- A few, as most ask: what is joined to them is then found by its index.
  rows 50
  set search_path = ''
as $$
begin
  return query execute format(
    'select d.id, d.submitted_by_id, d.status, d.revision_count, d.submitted_at
    from public.deliverables as d
    where %s and d.submitted_at >= $2 and d.submitted_at < $3 and d.deleted_at is null',
    private.whose(p_user_id, p_is_creator, 'd.creator_id', 'd.submitted_by_id')
  )
  using p_user_id, p_range.starts_at, p_range.ends_at;
end;
$$;

-- How long answers took, in hours: the creator's decisions on versions, or the talent's resubmissions after a
-- request.
create function private.response_hours(
  p_user_id uuid, p_is_creator boolean, p_range private.analytics_range
)
  returns setof numeric
  language sql
  stable
  security definer
  set search_path = ''
as $$
  select extract(epoch from r.created_at - v.submitted_at) / 3600
  from private.deliverable_facts(p_user_id, p_is_creator, p_range) as d
  join public.deliverable_versions as v on v.deliverable_id = d.id
  join public.deliverable_reviews as r
    on r.deliverable_id = v.deliverable_id and r.version = v.version
  where coalesce(p_is_creator, true)
  union all
  select extract(epoch from v.submitted_at - r.created_at) / 3600
  from private.deliverable_facts(p_user_id, p_is_creator, p_range) as d
  join public.deliverable_reviews as r on r.deliverable_id = d.id
  join public.deliverable_versions as v
    on v.deliverable_id = r.deliverable_id and v.version = r.version + 1
  where not coalesce(p_is_creator, true)
$$;

-- Things that happened, one row each, for the plot over time.
create function private.timeline_facts(
  p_user_id uuid, p_is_creator boolean, p_range private.analytics_range
)
  returns table (kind text, happened_at timestamptz, rating integer)
  language plpgsql
  stable
  security definer
  set search_path = ''
as $$
begin
  return query execute format(
    'select ''task_completed'', t.completed_at, null::integer
    from public.tasks as t
    where %s and t.completed_at >= $2 and t.completed_at < $3 and t.deleted_at is null
    union all
    select ''review'', r.created_at, r.rating
    from public.reviews as r
    where %s and r.created_at >= $2 and r.created_at < $3 and r.deleted_at is null',
    private.whose(p_user_id, p_is_creator, 't.creator_id', 't.assignee_id'),
    private.whose(p_user_id, p_is_creator, 'r.creator_id', 'r.talent_id')
  )
  using p_user_id, p_range.starts_at, p_range.ends_at;

  return query
  select 'deliverable_submitted', d.submitted_at, null::integer
  from private.deliverable_facts(p_user_id, p_is_creator, p_range) as d;
end;
$$;


-- ── 76_analytics/30_figures.sql ─────────────────────────────────────────────────────────────────

-- Figures as the JSON that the API returns.

create function private.task_figures(
  p_user_id uuid, p_is_creator boolean, p_range private.analytics_range
)
  returns jsonb
  language sql
  stable
  set search_path = ''
as $$
  select jsonb_build_object(
    'due', count(*),
    'completed', count(*) filter (where f.is_completed),
    'completedOnTime', count(*) filter (where f.is_on_time),
    'completionRate', private.share(count(*) filter (where f.is_completed), count(*)),
    'onTimeRate', private.share(
      count(*) filter (where f.is_on_time), count(*) filter (where f.is_completed)
    )
  )
  from private.task_facts(p_user_id, p_is_creator, p_range) as f
$$;

create function private.deliverable_figures(
  p_user_id uuid, p_is_creator boolean, p_range private.analytics_range
)
  returns jsonb
  language sql
  stable
  set search_path = ''
as $$
  select jsonb_build_object(
    'submitted', count(*),
    'approved', count(*) filter (where f.status = 'approved'),
    'approvedWithoutRevision',
      count(*) filter (where f.status = 'approved' and f.revision_count = 0),
    'revisionsPerDeliverable', round(avg(f.revision_count), 2)
  )
  from private.deliverable_facts(p_user_id, p_is_creator, p_range) as f
$$;

create function private.response_figures(
  p_user_id uuid, p_is_creator boolean, p_range private.analytics_range
)
  returns jsonb
  language sql
  stable
  set search_path = ''
as $$
  select jsonb_build_object(
    'count', count(*),
    'averageHours', round(avg(hours), 1),
    'medianHours', round((percentile_cont(0.5) within group (order by hours))::numeric, 1)
  )
  from private.response_hours(p_user_id, p_is_creator, p_range) as hours
$$;

-- Returns every bucket of the range, including empty ones.
create function private.timeline(
  p_user_id uuid, p_is_creator boolean, p_range private.analytics_range
)
  returns jsonb
  language sql
  stable
  set search_path = ''
as $$
  select jsonb_agg(
    jsonb_build_object(
      'start', b.start,
      'tasksCompleted', coalesce(c.tasks, 0),
      'deliverablesSubmitted', coalesce(c.deliverables, 0),
      'reviews', coalesce(c.reviews, 0),
      'averageRating', c.average_rating
    )
    order by b.start
  )
  from (
    select day::date as start
    from generate_series(
      date_trunc(p_range.bucket, p_range.first_day::timestamp),
      p_range.last_day::timestamp,
      ('1 ' || p_range.bucket)::interval
    ) as day
  ) as b
  left join (
    select
      private.bucket_of(f.happened_at, p_range) as start,
      count(*) filter (where f.kind = 'task_completed') as tasks,
      count(*) filter (where f.kind = 'deliverable_submitted') as deliverables,
      count(*) filter (where f.kind = 'review') as reviews,
      round(avg(f.rating), 1) as average_rating
    from private.timeline_facts(p_user_id, p_is_creator, p_range) as f
    group by 1
  ) as c on c.start = b.start
$$;

-- A creator's projects with the most tasks due in the range, at most 50.
create function private.project_figures(p_creator_id uuid, p_range private.analytics_range)
  returns jsonb
  language sql
  stable
  security definer
  set search_path = ''
as $$
  select coalesce(
    jsonb_agg(
      jsonb_build_object(
        'projectId', p.id,
        'name', p.name,
        'status', p.status,
        'tasksDue', g.due,
        'completionRate', private.share(g.completed, g.due),
        'onTimeRate', private.share(g.on_time, g.completed)
      )
      order by g.due desc, p.id
    ),
    '[]'
  )
  from (
    select
      f.project_id,
      count(*) as due,
      count(*) filter (where f.is_completed) as completed,
      count(*) filter (where f.is_on_time) as on_time
    from private.task_facts(p_creator_id, true, p_range) as f
    group by f.project_id
    order by due desc, f.project_id
    limit 50
  ) as g
  join public.projects as p on p.id = g.project_id
$$;

-- The talents with the most tasks due in the creator's projects, at most 50.
create function private.member_figures(p_creator_id uuid, p_range private.analytics_range)
  returns jsonb
  language sql
  stable
  security definer
  set search_path = ''
as $$
  select coalesce(
    jsonb_agg(
      jsonb_build_object(
        'user', private.card(g.assignee_id),
        'tasksDue', g.due,
        'completionRate', private.share(g.completed, g.due),
        'onTimeRate', private.share(g.on_time, g.completed),
        'revisionsPerDeliverable', d.revisions
      )
      order by g.due desc, g.assignee_id
    ),
    '[]'
  )
  from (
    select
      f.assignee_id,
      count(*) as due,
      count(*) filter (where f.is_completed) as completed,
      count(*) filter (where f.is_on_time) as on_time
    from private.task_facts(p_creator_id, true, p_range) as f
    where f.assignee_id is not null
    group by f.assignee_id
    order by due desc, f.assignee_id
    limit 50
  ) as g
  left join (
    select f.submitted_by_id, round(avg(f.revision_count), 2) as revisions
    from private.deliverable_facts(p_creator_id, true, p_range) as f
    group by f.submitted_by_id
  ) as d on d.submitted_by_id = g.assignee_id
$$;

-- Returns all figures of the caller. Definer: no role has a grant on the facts.
create function private.my_analytics(p_range private.analytics_range)
  returns jsonb
  language plpgsql
  stable
  security definer
  set search_path = ''
as $$
declare
  v_user_id constant uuid := auth.uid();
  v_is_creator constant boolean := private.my_user_type() = 'creator';
begin
  return jsonb_build_object(
    'from', p_range.first_day,
    'to', p_range.last_day,
    'timeZone', p_range.time_zone,
    'bucket', p_range.bucket,
    'tasks', private.task_figures(v_user_id, v_is_creator, p_range),
    'deliverables', private.deliverable_figures(v_user_id, v_is_creator, p_range),
    'responseTime', private.response_figures(v_user_id, v_is_creator, p_range),
    'timeline', private.timeline(v_user_id, v_is_creator, p_range)
  )
  || case
    when v_is_creator then jsonb_build_object(
      'projects', private.project_figures(v_user_id, p_range),
      'teamMembers', private.member_figures(v_user_id, p_range)
    )
    else (
      select jsonb_build_object(
        'averageRating', p.average_rating,
        'totalReviews', p.total_reviews,
        'reviewDistribution', private.rating_distribution(p.rating_counts)
      )
      from public.profiles as p
      where p.id = v_user_id
    )
  end;
end;
$$;

-- Called by api.get_analytics as the caller.
grant execute on function private.my_analytics(private.analytics_range) to authenticated;

create function private.platform_analytics(p_range private.analytics_range)
  returns jsonb
  language sql
  stable
  security definer
  set search_path = ''
as $$
  select jsonb_build_object(
    'from', p_range.first_day,
    'to', p_range.last_day,
    'timeZone', p_range.time_zone,
    'bucket', p_range.bucket,
    'tasks', private.task_figures(null, null, p_range),
    'deliverables', private.deliverable_figures(null, null, p_range),
    'responseTime', private.response_figures(null, null, p_range),
    'timeline', private.timeline(null, null, p_range),
    'users', (
      select jsonb_build_object(
        'creators', count(*) filter (where p.user_type = 'creator'),
        'talents', count(*) filter (where p.user_type = 'talent'),
        'signUps', count(*) filter (
          where p.created_at >= p_range.starts_at and p.created_at < p_range.ends_at
        )
      )
      from public.profiles as p
      where p.deleted_at is null
    )
  )
$$;

grant execute on function
  private.platform_analytics(private.analytics_range)
to service_role;


-- ── 76_analytics/50_operations.sql ──────────────────────────────────────────────────────────────

-- GET /analytics/me and /analytics/platform.

create function api.get_analytics(
  "from" text default null, "to" text default null, "timeZone" text default null,
  bucket text default null
)
  returns jsonb
  language plpgsql
  stable
  set search_path = ''
as $$
begin
  perform private.require_session();
  return private.my_analytics(private.analytics_range_of("from", "to", "timeZone", bucket));
end;
$$;

comment on function api.get_analytics(text, text, text, text) is
  'Returns figures about the caller''s work: a talent''s own tasks and submissions, a creator''s projects and
teams. Requires: a signed-in user.
from, to: dates (YYYY-MM-DD), both included, at most 366 days; the last 90 days by default. timeZone: an
IANA name such as Europe/Berlin, UTC by default; days and buckets begin at its midnight. bucket: day, week
(from Monday, the default) or month.
Returns {from, to, timeZone, bucket, tasks: {due, completed, completedOnTime, completionRate, onTimeRate},
deliverables: {submitted, approved, approvedWithoutRevision, revisionsPerDeliverable}, responseTime: {count,
averageHours, medianHours}, timeline: [{start, tasksCompleted, deliverablesSubmitted, reviews,
averageRating}]}; for creators also projects [{projectId, name, status, tasksDue, completionRate,
onTimeRate}] and teamMembers [{user, tasksDue, completionRate, onTimeRate, revisionsPerDeliverable}], at
most 50 each; for talents also {averageRating, totalReviews, reviewDistribution}.
Tasks count by their due date, deliverables by their first submission. Rates are between 0 and 1, null
without anything to count. Response time is from a submission to its decision for creators, from a revision
request to the resubmission for talents.
Errors: VALIDATION_ERROR, NOT_AUTHENTICATED, SESSION_REVOKED.';

create function api.get_platform_analytics(
  "from" text default null, "to" text default null, "timeZone" text default null,
  bucket text default null
)
  returns jsonb
  language sql
  stable
  set search_path = ''
as $$
  select private.platform_analytics(
    private.analytics_range_of("from", "to", "timeZone", bucket)
  )
$$;

comment on function api.get_platform_analytics(text, text, text, text) is
  'Returns figures of the whole platform, as get_analytics, with users {creators, talents, signUps}.
Requires: the service role.
Errors: VALIDATION_ERROR.';

grant execute on function api.get_analytics(text, text, text, text) to authenticated;
grant execute on function api.get_platform_analytics(text, text, text, text) to service_role;
