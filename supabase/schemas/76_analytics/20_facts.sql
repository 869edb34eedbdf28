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
