-- The shapes the API answers in, one view each, as the documents spell them. The views run with the
-- caller's rights, so a row is in them exactly when the caller may see it; being views, the planner
-- works through them and builds only the documents of the page that was asked for.

create view private.user_documents with (security_invoker = true) as
  select
    p.id,
    jsonb_build_object(
      'id', p.id,
      'name', p.name,
      'userType', p.user_type,
      'avatarUrl', p.avatar_url,
      'professionalTitle', p.professional_title,
      'bio', p.bio,
      'skills', case when p.user_type = 'talent' then p.skills end,
      'portfolioLinks', case when p.user_type = 'talent' then p.portfolio_links end,
      'hourlyRate', p.hourly_rate,
      'currency', 'USD',
      'availability', p.availability,
      'linkedinUrl', p.linkedin_url,
      'twitterUrl', p.twitter_url,
      'instagramUrl', p.instagram_url,
      'youtubeUrl', p.youtube_url,
      'githubUrl', p.github_url,
      'averageRating', p.average_rating,
      'totalReviews', p.total_reviews,
      'createdAt', private.iso(p.created_at)
    ) as document
  from public.profiles as p;

comment on view private.user_documents is 'Profiles as others see them.';

create view private.project_documents with (security_invoker = true) as
  select
    p.id,
    p.creator_id,
    p.name,
    p.status,
    p.due_date,
    p.created_at,
    p.updated_at,
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

comment on view private.project_documents is 'Projects with their counts and their team.';

create view private.task_documents with (security_invoker = true) as
  select
    t.id,
    t.project_id,
    t.assignee_id,
    t.name,
    t.status,
    t.due_date,
    t.created_at,
    t.updated_at,
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
      'createdAt', private.iso(t.created_at),
      'updatedAt', private.iso(t.updated_at),
      'completedAt', private.iso(t.completed_at)
    ) as document
  from public.tasks as t;

comment on view private.task_documents is
  'Tasks with their project''s name and their assignee''s card.';

-- Reached through api functions only; rows are filtered by the caller's policies.
grant select
  on private.user_documents, private.project_documents, private.task_documents
  to authenticated;

-- One page of a documents view. The condition and the order are the calling function's own text;
-- what callers send arrives as $1 to $6. First the page, then its documents: those of the pages
-- before are not built.
create function private.page_of_documents(
  p_view regclass, p_where text, p_order text, p_page integer, p_limit integer,
  p_1 uuid, p_2 text default null, p_3 uuid default null, p_4 uuid default null,
  p_5 date default null, p_6 date default null,
  out documents jsonb, out pagination jsonb
)
  language plpgsql
  stable
  set search_path = ''
as $$
declare
  v_total bigint;
begin
  execute format('select count(*) from %s where %s', p_view, p_where)
  into v_total
  using p_1, p_2, p_3, p_4, p_5, p_6;

  execute format(
    'select coalesce(jsonb_agg(whole.document order by page.place), ''[]'') from ('
      || 'select id, row_number() over () as place from ('
      || 'select id from %1$s where %2$s order by %3$s limit %4$s offset %5$s'
      || ') as ids) as page join %1$s as whole on whole.id = page.id',
    p_view, p_where, p_order, p_limit, (p_page - 1)::bigint * p_limit
  )
  into documents
  using p_1, p_2, p_3, p_4, p_5, p_6;

  pagination := private.pagination(p_page, p_limit, v_total);
end;
$$;

-- Runs as the caller, with the caller's rights.
grant execute on function
  private.page_of_documents(
    regclass, text, text, integer, integer, uuid, text, uuid, uuid, date, date
  )
to authenticated;
