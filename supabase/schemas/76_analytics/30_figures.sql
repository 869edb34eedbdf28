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
