-- Deliverables in the shape the API returns. The views run with the caller's rights.

-- Not a security_invoker view on purpose: a removed member still reads their own submissions, with
-- the names of project and task, which policies hide from them. The views contain names only, and
-- only the document views use them.
create view private.task_names as
  select t.id, t.name from public.tasks as t;

comment on view private.task_names is 'Names of tasks.';

create view private.project_names as
  select p.id, p.name from public.projects as p;

comment on view private.project_names is 'Names of projects.';

-- The files of one version, in their order.
create view private.version_files with (security_invoker = true) as
  select
    f.deliverable_id,
    f.version,
    jsonb_agg(private.file_document(file) order by f.place) as files
  from public.deliverable_files as f
  join public.files as file on file.id = f.file_id and file.removed_at is null
  group by f.deliverable_id, f.version;

create view private.deliverable_documents with (security_invoker = true) as
  select
    d.id,
    d.project_id,
    d.task_id,
    d.creator_id,
    d.submitted_by_id,
    d.title,
    d.status,
    d.submitted_at,
    d.updated_at,
    d.deleted_at,
    jsonb_build_object(
      'id', d.id,
      'projectId', d.project_id,
      'projectName', (select n.name from private.project_names as n where n.id = d.project_id),
      'taskId', d.task_id,
      'taskName', (select n.name from private.task_names as n where n.id = d.task_id),
      'title', d.title,
      'description', d.description,
      'status', d.status,
      'version', d.version,
      'revisionCount', d.revision_count,
      'feedback', d.feedback,
      'submittedBy', (
        select jsonb_build_object('id', c.id, 'name', c.name, 'avatarUrl', c.avatar_url)
        from private.cards as c
        where c.id = d.submitted_by_id
      ),
      'approvedAt', private.iso(d.approved_at),
      'approvedBy', (
        select jsonb_build_object('id', c.id, 'name', c.name)
        from private.cards as c
        where c.id = d.approved_by_id
      ),
      'files', coalesce(
        (
          select v.files
          from private.version_files as v
          where v.deliverable_id = d.id and v.version = d.version
        ),
        '[]'
      ),
      'submittedAt', private.iso(d.submitted_at),
      'updatedAt', private.iso(d.updated_at)
    ) as document
  from public.deliverables as d;

comment on view private.deliverable_documents is
  'Deliverables with the files of their current version.';

-- Returns all versions of a deliverable, oldest first, each with its files and its decision.
create function private.version_documents(p_deliverable_id uuid)
  returns jsonb
  language plpgsql
  stable
  set search_path = ''
as $$
begin
  return (
    select coalesce(
      jsonb_agg(
        jsonb_build_object(
          'version', v.version,
          'title', v.title,
          'description', v.description,
          'files', coalesce(
            (
              select f.files
              from private.version_files as f
              where f.deliverable_id = v.deliverable_id and f.version = v.version
            ),
            '[]'
          ),
          'submittedAt', private.iso(v.submitted_at),
          'review', (
            select jsonb_build_object(
              'action', r.action,
              'feedback', r.feedback,
              'reviewedBy', (
                select jsonb_build_object('id', c.id, 'name', c.name)
                from private.cards as c
                where c.id = r.reviewer_id
              ),
              'reviewedAt', private.iso(r.created_at)
            )
            from public.deliverable_reviews as r
            where r.deliverable_id = v.deliverable_id and r.version = v.version
          )
        )
        order by v.version
      ),
      '[]'
    )
    from public.deliverable_versions as v
    where v.deliverable_id = p_deliverable_id
  );
end;
$$;

-- Used by api functions only. The caller's policies filter the rows.
grant select
  on private.task_names, private.project_names, private.version_files, private.deliverable_documents
  to authenticated;

grant execute on function private.version_documents(uuid) to authenticated;
