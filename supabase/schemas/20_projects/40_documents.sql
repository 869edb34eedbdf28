-- Projects as the JSON that the API returns; the view runs with the caller's rights.

create view private.project_documents with (security_invoker = true) as
  select
    p.id,
    p.creator_id,
    p.name,
    p.status,
    p.due_date,
    p.created_at,
    p.updated_at,
    p.deleted_at,
    jsonb_build_object(
      'id', p.id,
      'creatorId', p.creator_id,
      'name', p.name,
      'description', p.description,
      'status', p.status,
      'dueDate', p.due_date,
      'taskCount', p.task_count,
      'completedTaskCount', p.completed_task_count,
      'teamMembers', (
        select coalesce(
          jsonb_agg(
            jsonb_build_object(
              'id', c.id,
              'name', c.name,
              'avatarUrl', c.avatar_url,
              'role', m.role,
              'joinedAt', private.iso(m.joined_at)
            )
            order by m.joined_at, m.id
          ),
          '[]'
        )
        from public.project_members as m
        join private.cards as c on c.id = m.user_id
        where m.project_id = p.id and m.removed_at is null
      ),
      'createdAt', private.iso(p.created_at),
      'updatedAt', private.iso(p.updated_at),
      'completedAt', private.iso(p.completed_at)
    ) as document
  from public.projects as p;

comment on view private.project_documents is 'Projects as JSON, with task counts and team.';

-- Used by api functions only; the caller's policies filter the rows.
grant select on private.project_documents to authenticated;
