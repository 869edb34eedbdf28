-- Deliverables of every third task with an assignee: pending, approved after a revision, or in revision. Each version
-- has two files. They go with their task or project.
create temp table bench_deliverables on commit drop as
  select
    t.*,
    pg_temp.id_of('deliverable', t.n::text) as deliverable_id,
    (array['pending', 'approved', 'revision'])[1 + t.n / 3 % 3] as state,
    (array[1, 2, 1])[1 + t.n / 3 % 3] as version,
    (array[0, 1, 1])[1 + t.n / 3 % 3] as revision_count,
    t.is_deleted or t.is_in_deleted as is_gone
  from bench_tasks as t
  where t.n % 3 = 0 and t.assignee_id is not null;

insert into public.deliverables (
  id, project_id, task_id, creator_id, submitted_by_id, title, status, version, revision_count,
  feedback, approved_at, approved_by_id, submitted_at, updated_at, deleted_at
)
select
  deliverable_id, project_id, id, creator_id, assignee_id, 'Deliverable ' || n, state, version,
  revision_count,
  case state when 'revision' then 'Please change it.' end,
  case state when 'approved' then created_at end,
  case state when 'approved' then creator_id end,
  created_at, created_at,
  case when is_gone then created_at end
from bench_deliverables
order by n;

create temp table bench_versions on commit drop as
  select d.*, v as number
  from bench_deliverables as d
  cross join lateral generate_series(1, d.version) as v;

insert into public.deliverable_versions (
  deliverable_id, version, creator_id, submitted_by_id, title, description, submitted_at,
  in_deleted_deliverable
)
select deliverable_id, number, creator_id, assignee_id, 'Deliverable ' || n, '', created_at, is_gone
from bench_versions
order by n, number;

insert into public.deliverable_reviews (
  deliverable_id, version, creator_id, submitted_by_id, action, feedback, reviewer_id, created_at,
  in_deleted_deliverable
)
select
  deliverable_id, number, creator_id, assignee_id,
  case when number > revision_count then 'approve' else 'request_revision' end,
  case when number > revision_count then null else 'Please change it.' end,
  creator_id, created_at + interval '1 hour', is_gone
from bench_versions
where number <= revision_count or state = 'approved'
order by n, number;

insert into public.files (
  id, upload_type, uploader_id, creator_id, project_id, task_id, deliverable_id, bucket_id, path,
  file_name, file_size, mime_type, state, created_at, expires_at, uploaded_at, scanned_at, used_at,
  removed_at
)
select
  pg_temp.id_of('file', n::text, number::text, place::text), 'deliverable', assignee_id, creator_id,
  project_id, id, deliverable_id, 'deliverables',
  deliverable_id || '/' || number || '/' || place || '.mp4', 'part ' || place || '.mp4', 1024,
  'video/mp4', 'clean', created_at, created_at + interval '1 day', created_at, created_at,
  created_at, case when is_gone then created_at end
from bench_versions
cross join generate_series(1, 2) as place
order by n, number, place;

insert into public.deliverable_files (
  file_id, deliverable_id, version, creator_id, submitted_by_id, place, in_deleted_deliverable
)
select
  pg_temp.id_of('file', n::text, number::text, place::text), deliverable_id, number, creator_id,
  assignee_id, place, is_gone
from bench_versions
cross join generate_series(1, 2) as place
order by n, number, place;

-- Samples: a link, or a file of the creator.
insert into public.files (
  id, upload_type, uploader_id, creator_id, project_id, bucket_id, path, file_name, file_size,
  mime_type, state, created_at, expires_at, uploaded_at, scanned_at, used_at
)
select
  pg_temp.id_of('sample file', n::text), 'sample', creator_id, creator_id, id, 'samples',
  id || '/sample.png', 'sample.png', 1024, 'image/png', 'clean', created_at,
  created_at + interval '1 day', created_at, created_at, created_at
from bench_projects
where n % 2 = 0
order by n;

insert into public.project_samples (
  id, project_id, creator_id, name, type, url, file_id, created_at, in_deleted_project
)
select
  pg_temp.id_of('sample', n::text), id, creator_id, 'Sample ' || n,
  case n % 2 when 0 then 'file' else 'link' end,
  case n % 2 when 0 then null else 'https://example.com/' || n end,
  case n % 2 when 0 then pg_temp.id_of('sample file', n::text) end,
  created_at, is_deleted
from bench_projects
order by n;

-- Reviews of one member of each completed project.
insert into public.reviews (id, talent_id, creator_id, project_id, rating, text, created_at, updated_at)
select
  pg_temp.id_of('review', m.n::text), m.user_id, m.creator_id, m.project_id, 1 + m.n % 5,
  'Good work.', m.created_at, m.created_at
from bench_members as m
join bench_projects as p on p.id = m.project_id
where m.place = 0 and p.status = 'completed' and not p.is_deleted
order by m.n;

update public.profiles as p
set
  rating_counts = r.counts,
  total_reviews = r.total,
  average_rating = r.average
from (
  select
    talent_id,
    array[
      count(*) filter (where rating = 1), count(*) filter (where rating = 2),
      count(*) filter (where rating = 3), count(*) filter (where rating = 4),
      count(*) filter (where rating = 5)
    ]::integer[] as counts,
    count(*)::integer as total,
    round(avg(rating), 1) as average
  from public.reviews
  group by talent_id
) as r
where p.id = r.talent_id;
