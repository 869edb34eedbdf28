-- Projects. Teams, tasks, samples and deliverables belong to a project.

create table public.projects (
  id uuid primary key default gen_random_uuid(),
  creator_id uuid not null default auth.uid() references public.profiles (id) on delete restrict,
  name text not null,
  description text not null,
  status text not null default 'planning',
  due_date date not null,

  task_count integer not null default 0,
  completed_task_count integer not null default 0,

  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  completed_at timestamptz,
  archived_at timestamptz,
  deleted_at timestamptz,

  constraint name_has_1_to_255_characters check (char_length(name) between 1 and 255),
  constraint description_has_1_to_10000_characters check (
    char_length(description) between 1 and 10000
  ),
  constraint status_is_known check (status in ('planning', 'in-progress', 'completed')),
  constraint completed_at_only_when_completed check (
    (status = 'completed') = (completed_at is not null)
  ),
  constraint completed_task_count_is_at_most_task_count check (
    completed_task_count between 0 and task_count
  )
);

comment on table public.projects is
  'Projects of creators. A deleted project has deleted_at; no user can see it.';
comment on column public.projects.id is 'Primary key, set by the database.';
comment on column public.projects.creator_id is
  'Creator of the project; the caller by default. Never changes.';
comment on column public.projects.name is 'Name of the project: 1 to 255 characters.';
comment on column public.projects.description is '1 to 10,000 characters.';
comment on column public.projects.status is
  'planning, in-progress or completed. A new project has planning.';
comment on column public.projects.due_date is
  'Day by which it should be completed. When a user sets it, it must be after today (UTC).';
comment on column public.projects.task_count is
  'Number of tasks that are not deleted. Maintained by triggers, so that lists need not count.';
comment on column public.projects.completed_task_count is
  'Number of completed tasks that are not deleted. Maintained by triggers.';
comment on column public.projects.created_at is 'When the project was created.';
comment on column public.projects.updated_at is
  'When name, description, status or due date changed last.';
comment on column public.projects.completed_at is
  'When the status became completed; null in every other status. Set by the database.';
comment on column public.projects.archived_at is
  'Set when the creator''s account is deleted. The team can still read the project, but not change
it.';
comment on column public.projects.deleted_at is
  'When it was deleted; null otherwise. No user can see a deleted project.';

create index projects_creator_id_created_at_idx
  on public.projects (creator_id, created_at desc, id desc) include (deleted_at);
create index projects_creator_id_due_date_idx
  on public.projects (creator_id, due_date, id) include (deleted_at);
create index projects_creator_id_status_idx
  on public.projects (creator_id, status) where deleted_at is null;
create index projects_due_date_idx on public.projects (due_date) where deleted_at is null;

alter table public.projects enable row level security;

create policy all_live_session on public.projects
  as restrictive for all to authenticated
  using ((select private.session_is_live()))
  with check ((select private.session_is_live()));

create policy select_participant on public.projects
  for select to authenticated
  using (
    deleted_at is null and (
      creator_id = (select auth.uid())
      or id = any (array(select private.my_team_project_ids()))
    )
  );

create policy insert_creator on public.projects
  for insert to authenticated
  with check (creator_id = (select auth.uid()) and (select private.my_user_type()) = 'creator');

create policy update_creator on public.projects
  for update to authenticated
  using (deleted_at is null and creator_id = (select auth.uid()))
  with check (creator_id = (select auth.uid()));

-- No grant for delete: api.delete_project. A new project has status planning; triggers maintain
-- counters and times.
grant select on public.projects to authenticated;
grant insert (creator_id, name, description, due_date) on public.projects to authenticated;
grant update (name, description, status, due_date) on public.projects to authenticated;
grant select, insert, update, delete on public.projects to service_role;

-- Definer: the creator's policies do not allow an update that hides the row.
create function private.delete_project(p_project_id uuid)
  returns void
  language plpgsql
  security definer
  set search_path = ''
as $$
begin
  perform private.require_project_creator(p_project_id);

  -- Rows that the deletion hides are locked before the project, as every other change locks them.
  perform
  from public.project_members as m
  where m.project_id = p_project_id
  order by m.id
  for no key update;

  perform
  from public.tasks as t
  where t.project_id = p_project_id
  order by t.id
  for no key update;

  update public.projects
  set deleted_at = now()
  where id = p_project_id and creator_id = auth.uid() and deleted_at is null;

  -- A concurrent deletion was first.
  if not found then
    raise sqlstate 'PT404' using
      message = 'Project not found.',
      hint = 'NOT_FOUND';
  end if;
end;
$$;

-- Called by api.delete_project as the caller; checks that the caller is the project creator.
grant execute on function private.delete_project(uuid) to authenticated;
