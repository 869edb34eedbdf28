-- Projects with their teams and tasks. The first ones belong to creator 0, the others to all other creators in turn.
-- Every twentieth is deleted, and talent 0 is in 500 that are not.
create temp table bench_projects on commit drop as
  select
    n,
    pg_temp.id_of('project', n::text) as id,
    pg_temp.id_of('creator', (
      case when n < s.heavy_projects then 0 else 1 + n % (s.creators - 1) end
    )::text) as creator_id,
    (array['planning', 'in-progress', 'completed'])[1 + n % 3] as status,
    n % 20 = 19 as is_deleted,
    n % (s.projects / 500) = 0 as has_talent_0,
    date_trunc('day', now()) - interval '1 year'
      + date_trunc('second', n * interval '200 days' / s.projects) as created_at
  from bench_size as s
  cross join lateral generate_series(0, s.projects - 1) as n;

create temp table bench_members on commit drop as
  select
    p.n, p.id as project_id, p.creator_id, place,
    pg_temp.id_of('talent', pg_temp.member_number(p.n, place, s.talents)::text) as user_id,
    place = 2 and p.n % 10 = 5 as has_left, p.is_deleted,
    p.created_at
  from bench_projects as p
  cross join bench_size as s
  cross join generate_series(0, 2) as place
  union all
  select p.n, p.id, p.creator_id, 3, pg_temp.id_of('talent', '0'), false, p.is_deleted,
    p.created_at
  from bench_projects as p
  where p.has_talent_0;

-- Four tasks a project: one for each member, and one for talent 0 where in the team. Every fiftieth is deleted.
create temp table bench_tasks on commit drop as
  select
    p.n * 4 + k as n,
    pg_temp.id_of('task', (p.n * 4 + k)::text) as id,
    p.id as project_id, p.creator_id, p.is_deleted as is_in_deleted,
    m.user_id as assignee_id,
    (array['planning', 'in-progress', 'completed'])[1 + (p.n + k) % 3] as status,
    (p.n * 4 + k) % 50 = 49 as is_deleted,
    p.created_at
  from bench_projects as p
  cross join generate_series(0, 3) as k
  left join bench_members as m
    on m.project_id = p.id and m.place = k and not m.has_left;

analyze bench_projects, bench_members, bench_tasks;

insert into public.projects (
  id, creator_id, name, description, status, due_date, created_at, updated_at, completed_at,
  deleted_at, task_count, completed_task_count
)
select
  p.id, p.creator_id, 'Project ' || p.n, 'What project ' || p.n || ' is about.', p.status,
  current_date - 300 + (p.n * 7919::bigint % 600)::integer, p.created_at, p.created_at,
  case p.status when 'completed' then p.created_at end,
  case when p.is_deleted then p.created_at end,
  count(*) filter (where not t.is_deleted),
  count(*) filter (where not t.is_deleted and t.status = 'completed')
from bench_projects as p
join bench_tasks as t on t.project_id = p.id
group by p.n, p.id, p.creator_id, p.status, p.is_deleted, p.created_at
order by p.n;

insert into public.project_members (
  id, project_id, creator_id, user_id, role, joined_at, removed_at, in_deleted_project
)
select
  pg_temp.id_of('member', n::text, place::text), project_id, creator_id, user_id, 'Editor',
  created_at, case when has_left then created_at end, is_deleted
from bench_members
order by n, place;

insert into public.tasks (
  id, project_id, creator_id, name, description, status, assignee_id, due_date, created_at,
  updated_at, completed_at, deleted_at, in_deleted_project
)
select
  id, project_id, creator_id, 'Task ' || n, 'What task ' || n || ' is about.', status, assignee_id,
  current_date - 300 + (n * 7919::bigint % 600)::integer, created_at, created_at,
  case status when 'completed' then created_at end,
  case when is_deleted then created_at end, is_in_deleted
from bench_tasks
order by n;

insert into public.audit_events (
  action, actor_id, creator_id, subject_id, project_id, entity_type, entity_id, created_at
)
select *
from (
  select
    'project.created', creator_id, creator_id, null::uuid, id, 'project', id, created_at
  from bench_projects
  union all
  select
    'team.member_added', creator_id, creator_id, user_id, project_id, 'project', project_id,
    created_at
  from bench_members
) as happened (action, actor_id, creator_id, subject_id, project_id, entity_type, entity_id, at)
order by at;
