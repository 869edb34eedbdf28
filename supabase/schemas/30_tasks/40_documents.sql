-- Tasks as the JSON that the API returns; the view runs with the caller's rights.

create view private.task_documents with (security_invoker = true) as
  select
    t.id,
    t.project_id,
    t.creator_id,
    t.assignee_id,
    t.name,
    t.status,
    t.due_date,
    t.created_at,
    t.updated_at,
    t.deleted_at,
    t.in_deleted_project,
    jsonb_build_object(
      'id', t.id,
      'projectId', t.project_id,
      'projectName', (select p.name from public.projects as p where p.id = t.project_id),
      'name', t.name,
      'description', t.description,
      'status', t.status,
      'assignee', (
        select jsonb_build_object('id', c.id, 'name', c.name, 'avatarUrl', c.avatar_url)
        from private.cards as c
        where c.id = t.assignee_id
      ),
      'dueDate', t.due_date,
      'recurrence', t.recurrence,
      'seriesId', t.series_id,
      'createdAt', private.iso(t.created_at),
      'updatedAt', private.iso(t.updated_at),
      'completedAt', private.iso(t.completed_at)
    ) as document
  from public.tasks as t;

comment on view private.task_documents is
  'Tasks as JSON, with the name of the project and the card of the assignee.';

-- Used by api functions only; the caller's policies filter the rows.
grant select on private.task_documents to authenticated;
