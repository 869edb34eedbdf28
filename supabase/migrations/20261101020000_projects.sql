-- Release 0.2.0, from supabase/schemas/20_projects. A later change is made there and in a migration of its own.


-- ── 20_projects/10_project_access.sql ───────────────────────────────────────────────────────────

-- Which projects the caller has access to. Rows of a creator carry the creator's id; for members,
-- policies compare a set with `= any (array(select …))`: evaluated once per query, and an index finds
-- the rows. Definer, because policies of the table that it reads call it.

-- Projects of which the caller is a member. One partial index answers it: policies ask for every statement.
create function private.my_team_project_ids()
  returns setof uuid
  language plpgsql
  stable
  security definer
  rows 50
  set search_path = ''
as $$
begin
  return query
    select m.project_id
    from public.project_members as m
    where m.user_id = auth.uid() and m.removed_at is null and not m.in_deleted_project;
end;
$$;

-- Policies run it as the caller; it returns the caller's own projects only.
grant execute on function private.my_team_project_ids() to authenticated;

-- Returns the caller's role in a project: 'creator' or 'member'. For all other callers it raises:
-- 404 if the project does not exist or is deleted, else 403. Row-level security alone could not
-- distinguish the two.
create function private.require_project(p_project_id uuid)
  returns text
  language plpgsql
  stable
  security definer
  set search_path = ''
as $$
declare
  v_creator_id uuid;
begin
  select p.creator_id
  into v_creator_id
  from public.projects as p
  where p.id = p_project_id and p.deleted_at is null;

  if not found then
    raise sqlstate 'PT404' using
      message = 'Project not found.',
      hint = 'NOT_FOUND';
  end if;

  if v_creator_id = auth.uid() then
    return 'creator';
  end if;

  if exists (
    select
    from public.project_members as m
    where m.project_id = p_project_id and m.user_id = auth.uid() and m.removed_at is null
  ) then
    return 'member';
  end if;

  raise sqlstate 'PT403' using
    message = 'You do not have access to this project.',
    hint = 'FORBIDDEN';
end;
$$;

create function private.require_project_creator(p_project_id uuid)
  returns void
  language plpgsql
  stable
  set search_path = ''
as $$
begin
  if private.require_project(p_project_id) <> 'creator' then
    raise sqlstate 'PT403' using
      message = 'Only the project creator can do this.',
      hint = 'FORBIDDEN';
  end if;
end;
$$;

-- Run as the caller, in api functions and triggers; they return the caller's own role only.
grant execute on function
  private.require_project(uuid),
  private.require_project_creator(uuid)
to authenticated;

-- For tables whose rows belong to a project: keeps the project's creator beside the row, so that
-- policies and a creator's lists over all projects look into one index, however many projects the
-- creator has. The creator of a project never changes. Definer: the writer need not see the project.
create function private.tg__set_creator()
  returns trigger
  language plpgsql
  security definer
  set search_path = ''
as $$
begin
  new.creator_id := (select p.creator_id from public.projects as p where p.id = new.project_id);
  return new;
end;
$$;

-- The same, and whether the project is deleted, for tables whose rows are hidden with their project.
-- Deleting a project waits for the lock and then marks the row, or was first and is seen here. Only
-- for tables that lock the project last (see the order of locks in the room of tasks).
create function private.tg__follow_project()
  returns trigger
  language plpgsql
  security definer
  set search_path = ''
as $$
begin
  select p.creator_id, p.deleted_at is not null
  into new.creator_id, new.in_deleted_project
  from public.projects as p
  where p.id = new.project_id
  for share;

  return new;
end;
$$;


-- ── 20_projects/20_projects.sql ─────────────────────────────────────────────────────────────────

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
comment on column public.projects.task_count is
  'Number of tasks that are not deleted. Maintained by triggers, so that lists need not count.';
comment on column public.projects.archived_at is
  'Set when the creator''s account is deleted. The team can still read the project, but not change
it.';

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


-- ── 20_projects/21_project_rules.sql ────────────────────────────────────────────────────────────

-- Validation and rules of projects, for every way to write them.

-- Returns whether work on a project continues: it is neither deleted nor archived nor completed.
create function private.is_open(p_project public.projects)
  returns boolean
  language plpgsql
  immutable
  parallel safe
  set search_path = ''
as $$
begin
  return p_project.deleted_at is null
    and p_project.archived_at is null
    and p_project.status <> 'completed';
end;
$$;

create function private.project_field_errors(p_input jsonb)
  returns jsonb
  language plpgsql
  immutable
  set search_path = ''
as $$
begin
  return private.check_text(p_input, 'name', 'Name', 1, 255)
    || private.check_text(p_input, 'description', 'Description', 1, 10000)
    || private.check_choice(
      p_input, 'status', 'Status', array['planning', 'in-progress', 'completed']
    )
    || private.check_date(p_input, 'dueDate', 'Due date');
end;
$$;

-- Pure; runs as the caller, in triggers and api functions.
grant execute on function private.project_field_errors(jsonb) to authenticated, service_role;

create function private.tg_projects__normalise()
  returns trigger
  language plpgsql
  set search_path = ''
as $$
begin
  new.name := private.clean_line(new.name);
  new.description := private.clean_text(new.description);
  return new;
end;
$$;

create trigger _100_normalise
  before insert or update of name, description on public.projects
  for each row
  execute function private.tg_projects__normalise();

-- Only creators insert projects; raises CREATOR_ONLY instead of a bare policy error.
create function private.tg_projects__creators_only()
  returns trigger
  language plpgsql
  set search_path = ''
as $$
begin
  perform private.require_creator();
  return new;
end;
$$;

create trigger _200_creators_only
  before insert on public.projects
  for each row
  when (current_user = 'authenticated')
  execute function private.tg_projects__creators_only();

create function private.tg_projects__validate()
  returns trigger
  language plpgsql
  set search_path = ''
as $$
declare
  v_row constant jsonb := jsonb_build_object(
    'name', new.name, 'description', new.description, 'status', new.status, 'dueDate', new.due_date
  );
begin
  perform private.raise_field_errors(private.project_field_errors(v_row));
  return new;
end;
$$;

create trigger _210_validate
  before insert or update of name, description, status, due_date on public.projects
  for each row
  execute function private.tg_projects__validate();

-- New due dates must be in the future. Applies to users only: operators and seeds can insert past
-- dates.
create function private.tg_projects__due_in_future()
  returns trigger
  language plpgsql
  set search_path = ''
as $$
begin
  perform private.raise_field_errors(
    private.check_future(jsonb_build_object('dueDate', new.due_date), 'dueDate', 'Due date')
  );
  return new;
end;
$$;

create trigger _220_due_in_future
  before insert on public.projects
  for each row
  when (current_user = 'authenticated')
  execute function private.tg_projects__due_in_future();

create trigger _221_due_in_future_when_changed
  before update of due_date on public.projects
  for each row
  when (current_user = 'authenticated' and old.due_date is distinct from new.due_date)
  execute function private.tg_projects__due_in_future();

create trigger _300_complete
  before insert or update of status on public.projects
  for each row
  execute function private.tg__complete();

create trigger _310_touch
  before update on public.projects
  for each row
  when (
    (old.name, old.description, old.status, old.due_date)
    is distinct from (new.name, new.description, new.status, new.due_date)
  )
  execute function private.tg__touch();

-- Archives the projects of a deleted account.
create function private.tg_profiles__archive_projects()
  returns trigger
  language plpgsql
  security definer
  set search_path = ''
as $$
begin
  update public.projects
  set archived_at = new.deleted_at
  where creator_id = new.id and archived_at is null and deleted_at is null;

  return null;
end;
$$;

create trigger _500_archive_projects
  after update of deleted_at on public.profiles
  for each row
  when (old.deleted_at is null and new.deleted_at is not null and new.user_type = 'creator')
  execute function private.tg_profiles__archive_projects();


-- ── 20_projects/30_members.sql ──────────────────────────────────────────────────────────────────

-- Team members of projects. A row is one membership: leaving ends it, and joining again creates
-- another row, so that the history is kept.

create table public.project_members (
  id uuid primary key default gen_random_uuid(),
  project_id uuid not null references public.projects (id) on delete cascade,
  creator_id uuid not null default auth.uid() references public.profiles (id) on delete restrict,
  user_id uuid not null references public.profiles (id) on delete cascade,
  role text,
  joined_at timestamptz not null default now(),
  removed_at timestamptz,
  left_by_choice boolean not null default false,
  in_deleted_project boolean not null default false,

  constraint role_has_1_to_255_characters check (char_length(role) between 1 and 255),
  constraint removed_after_joining check (removed_at >= joined_at)
);

comment on table public.project_members is
  'Memberships of talents in projects. A current membership has no removed_at.';
comment on column public.project_members.left_by_choice is
  'Whether the talent left, instead of being removed by the creator.';
comment on column public.project_members.creator_id is
  'The creator of the project, who never changes. Set by the database.';
comment on column public.project_members.in_deleted_project is
  'Whether the project is deleted. No user can see such a membership. Set by the database.';
comment on column public.project_members.role is
  'A label such as "Video Editor", without effect on permissions.';

create unique index project_members_once_key
  on public.project_members (project_id, user_id) where removed_at is null;
create index project_members_project_id_idx on public.project_members (project_id);
create index project_members_user_id_idx on public.project_members (user_id);
create index project_members_of_user_idx
  on public.project_members (user_id, project_id)
  where removed_at is null and not in_deleted_project;
create index project_members_creator_id_idx on public.project_members (creator_id);

alter table public.project_members enable row level security;

create policy all_live_session on public.project_members
  as restrictive for all to authenticated
  using ((select private.session_is_live()))
  with check ((select private.session_is_live()));

-- Shows current memberships only.
create policy select_participant on public.project_members
  for select to authenticated
  using (
    removed_at is null and not in_deleted_project and (
      creator_id = (select auth.uid())
      or project_id = any (array(select private.my_team_project_ids()))
    )
  );

create policy insert_creator on public.project_members
  for insert to authenticated
  with check (creator_id = (select auth.uid()) and not in_deleted_project);

-- No grant for update and delete: api.remove_team_member ends a membership.
grant select on public.project_members to authenticated;
grant insert (project_id, user_id, role) on public.project_members to authenticated;
grant select, insert, update, delete on public.project_members to service_role;

-- Removes a member: the project creator removes a talent, or a talent leaves. Definer: the caller's
-- policies do not allow an update that hides the row.
create function private.remove_member(p_project_id uuid, p_user_id uuid)
  returns void
  language plpgsql
  security definer
  set search_path = ''
as $$
begin
  if private.require_project(p_project_id) <> 'creator'
    and p_user_id is distinct from auth.uid()
  then
    raise sqlstate 'PT403' using
      message = 'Only the project creator can remove other members.',
      hint = 'FORBIDDEN';
  end if;

  update public.project_members
  set removed_at = greatest(now(), joined_at), left_by_choice = p_user_id = auth.uid()
  where project_id = p_project_id and user_id = p_user_id and removed_at is null;

  if not found then
    raise sqlstate 'PT404' using
      message = 'This user is not a member of the team.',
      hint = 'NOT_FOUND';
  end if;
end;
$$;

-- Called by api.remove_team_member as the caller; checks the caller's permission.
grant execute on function private.remove_member(uuid, uuid) to authenticated;

-- Definer: returns the caller's memberships, including past ones, which no policy shows.
create function private.my_memberships()
  returns table (id uuid, joined_at timestamptz, document jsonb)
  language sql
  stable
  security definer
  set search_path = ''
as $$
  select
    m.id,
    m.joined_at,
    jsonb_build_object(
      'projectId', m.project_id,
      'projectName', p.name,
      'role', m.role,
      'joinedAt', private.iso(m.joined_at),
      'removedAt', private.iso(m.removed_at)
    )
  from public.project_members as m
  join public.projects as p on p.id = m.project_id
  where m.user_id = auth.uid() and p.deleted_at is null
$$;

-- Called by private.export_piece as the caller; returns the caller's own memberships only.
grant execute on function private.my_memberships() to authenticated;


-- ── 20_projects/31_member_rules.sql ─────────────────────────────────────────────────────────────

-- Rules of memberships, for every way to write them.

create function private.tg_project_members__normalise()
  returns trigger
  language plpgsql
  set search_path = ''
as $$
begin
  new.role := nullif(private.clean_line(new.role), '');
  return new;
end;
$$;

create trigger _100_normalise
  before insert or update of role on public.project_members
  for each row
  execute function private.tg_project_members__normalise();

-- Checks that the caller is the project creator, before other triggers reveal anything about the
-- user.
create function private.tg__creator_only()
  returns trigger
  language plpgsql
  set search_path = ''
as $$
begin
  perform private.require_session();
  perform private.require_project_creator(new.project_id);
  return new;
end;
$$;

create trigger _200_creator_only
  before insert on public.project_members
  for each row
  when (current_user = 'authenticated')
  execute function private.tg__creator_only();

create function private.member_field_errors(p_input jsonb)
  returns jsonb
  language plpgsql
  immutable
  set search_path = ''
as $$
begin
  return private.check_uuid(p_input, 'userId', 'User id')
    || private.check_text(p_input, 'role', 'Role', 0, 255);
end;
$$;

-- Pure; runs as the caller, in triggers and api functions.
grant execute on function private.member_field_errors(jsonb) to authenticated, service_role;

create function private.tg_project_members__validate()
  returns trigger
  language plpgsql
  set search_path = ''
as $$
begin
  perform private.raise_field_errors(
    private.member_field_errors(jsonb_build_object('userId', new.user_id, 'role', new.role))
  );
  return new;
end;
$$;

create trigger _210_validate
  before insert or update of user_id, role on public.project_members
  for each row
  execute function private.tg_project_members__validate();

-- Checks that the user is a talent who is not a member yet. Definer: locks the talent's row until
-- the commit, so that a concurrent deletion of the account is either seen here, or finds the new
-- membership and ends it.
create function private.tg_project_members__only_new_talents()
  returns trigger
  language plpgsql
  security definer
  set search_path = ''
as $$
declare
  v_user_type text;
begin
  select p.user_type
  into v_user_type
  from public.profiles as p
  where p.id = new.user_id and p.deleted_at is null
  for share;

  if not found then
    raise sqlstate 'PT404' using
      message = 'User not found.',
      hint = 'NOT_FOUND';
  end if;

  if v_user_type <> 'talent' then
    raise sqlstate 'PT400' using
      message = 'Only talents can be added to a team.',
      hint = 'NOT_TALENT';
  end if;

  if exists (
    select
    from public.project_members as m
    where m.project_id = new.project_id and m.user_id = new.user_id and m.removed_at is null
  ) then
    raise sqlstate 'PT400' using
      message = 'This user is already on the team.',
      hint = 'ALREADY_MEMBER';
  end if;

  return new;
end;
$$;

create trigger _220_only_new_talents
  before insert on public.project_members
  for each row
  when (new.removed_at is null)
  execute function private.tg_project_members__only_new_talents();

-- Refuses additions that the talent does not want: after one of the two has blocked the other, and for
-- 30 days after the talent has left teams of the creator twice. Definer: reads blocks and memberships
-- that no policy shows.
create function private.tg_project_members__only_willing_talents()
  returns trigger
  language plpgsql
  security definer
  set search_path = ''
as $$
declare
  v_creator_id uuid;
  v_departures bigint;
begin
  select p.creator_id into v_creator_id from public.projects as p where p.id = new.project_id;

  if private.is_blocked(v_creator_id, new.user_id) then
    raise sqlstate 'PT403' using
      message = 'You cannot add this user to a team.',
      hint = 'BLOCKED';
  end if;

  select count(*)
  into v_departures
  from public.project_members as m
  join public.projects as p on p.id = m.project_id
  where m.user_id = new.user_id
    and p.creator_id = v_creator_id
    and m.left_by_choice
    and m.removed_at > now() - interval '30 days';

  if v_departures >= 2 then
    raise sqlstate 'PT409' using
      message = 'This talent has left your teams twice in 30 days and cannot be added now.',
      hint = 'INVALID_STATE';
  end if;

  return new;
end;
$$;

create trigger _230_only_willing_talents
  before insert on public.project_members
  for each row
  when (current_user = 'authenticated' and new.removed_at is null)
  execute function private.tg_project_members__only_willing_talents();

create trigger _240_follow_project
  before insert on public.project_members
  for each row
  execute function private.tg__follow_project();

-- Hides the memberships of a deleted project.
create function private.tg_projects__hide_members()
  returns trigger
  language plpgsql
  security definer
  set search_path = ''
as $$
begin
  update public.project_members set in_deleted_project = true where project_id = new.id;

  return null;
end;
$$;

create trigger _500_hide_members
  after update of deleted_at on public.projects
  for each row
  when (old.deleted_at is null and new.deleted_at is not null)
  execute function private.tg_projects__hide_members();

-- Ends all memberships of a deleted account.
create function private.tg_profiles__leave_teams()
  returns trigger
  language plpgsql
  security definer
  set search_path = ''
as $$
begin
  update public.project_members
  set removed_at = greatest(new.deleted_at, joined_at)
  where user_id = new.id and removed_at is null;

  return null;
end;
$$;

create trigger _510_leave_teams
  after update of deleted_at on public.profiles
  for each row
  when (old.deleted_at is null and new.deleted_at is not null and new.user_type = 'talent')
  execute function private.tg_profiles__leave_teams();


-- ── 20_projects/40_documents.sql ────────────────────────────────────────────────────────────────

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


-- ── 20_projects/50_operations.sql ───────────────────────────────────────────────────────────────

-- /projects and /projects/:projectId.

-- Returns a page of the caller's projects. Definer: see private.page_of_documents.
create function private.list_projects(p_input jsonb)
  returns jsonb
  language plpgsql
  stable
  security definer
  set search_path = ''
as $$
declare
  v_sorts constant jsonb := '{
    "createdAt": "created_at", "updatedAt": "updated_at", "dueDate": "due_date", "name": "name",
    "status": "status"
  }';
  v_page record;
begin
  perform private.raise_field_errors(
    private.check_choice(
      p_input, 'status', 'Status', array['planning', 'in-progress', 'completed'], true
    )
    || private.check_page(p_input)
    || private.check_sort(p_input, v_sorts)
  );

  v_page := private.page_of_documents(
    'private.project_documents',
    'deleted_at is null and '
    || case private.my_user_type()
      when 'creator' then 'creator_id = $1'
      else 'id = any (array(select private.my_team_project_ids()))'
    end
    || case when p_input ->> 'status' is null then '' else ' and status = $2' end,
    private.order_clause(coalesce(p_input ->> 'sort', '-createdAt'), v_sorts),
    private.page_number(p_input), private.page_limit(p_input, 20),
    auth.uid(), p_input ->> 'status',
    -- The memberships of a talent say how many there are, without reading the projects.
    p_total => case
      when private.my_user_type() <> 'creator' and p_input ->> 'status' is null
        then (select count(*) from private.my_team_project_ids())
    end
  );

  return jsonb_build_object('projects', v_page.documents, 'pagination', v_page.pagination);
end;
$$;

-- Returns a project that the caller may read. Definer: it has asked once, so that nothing inside of
-- the document asks again.
create function private.project_for_reader(p_project_id uuid)
  returns jsonb
  language plpgsql
  stable
  security definer
  set search_path = ''
as $$
begin
  perform private.require_project(p_project_id);

  return (select d.document from private.project_documents as d where d.id = p_project_id);
end;
$$;

-- Called by api functions as the caller; they return what the caller may read.
grant execute on function
  private.list_projects(jsonb),
  private.project_for_reader(uuid)
to authenticated;

create function api.list_projects(
  status text default null, page jsonb default null, "limit" jsonb default null,
  sort text default null
)
  returns jsonb
  language plpgsql
  stable
  set search_path = ''
as $$
begin
  perform private.require_session();

  return private.list_projects(private.input_of('list_projects', jsonb_build_object(
    'status', status, 'page', page, 'limit', "limit", 'sort', sort
  )));
end;
$$;

comment on function api.list_projects(text, jsonb, jsonb, text) is
  'Returns the caller''s projects: those a creator created, or those a talent is a member of.
status: planning, in-progress or completed. page: from 1. limit: 20 by default, at most 100. sort:
createdAt, updatedAt, dueDate, name or status, with - in front for descending order; -createdAt by
default.
Returns {projects, pagination}.
Requires: a signed-in user.
Errors: VALIDATION_ERROR, NOT_AUTHENTICATED, SESSION_REVOKED.';

create function api.create_project(
  name text default null, description text default null, "dueDate" text default null
)
  returns jsonb
  language plpgsql
  volatile
  set search_path = ''
  set plan_cache_mode = force_generic_plan
as $$
declare
  v_input constant jsonb := private.input_of('create_project', jsonb_build_object(
    'name', name, 'description', description, 'dueDate', "dueDate"
  ));
  v_id uuid;
  v_answer jsonb;
begin
  perform private.require_creator();

  v_answer := private.earlier_answer('create_project', v_input);
  if v_answer is not null then
    return v_answer;
  end if;

  perform private.raise_field_errors(
    private.check_keys(v_input, array['name', 'description', 'dueDate'])
    || private.project_field_errors(v_input)
    || private.check_future(v_input, 'dueDate', 'Due date')
  );

  insert into public.projects (name, description, due_date)
  values (create_project.name, create_project.description, "dueDate"::date)
  returning id into v_id;

  return private.keep_answer(
    (select d.document from private.project_documents as d where d.id = v_id)
  );
end;
$$;

comment on function api.create_project(text, text, text) is
  'Creates a project and returns it.
name: 1 to 255 characters. description: 1 to 10000 characters. dueDate: YYYY-MM-DD, later than today
in UTC.
Repeating a call with the same header Idempotency-Key within 24 hours returns the first response.
Requires: a creator.
Errors: VALIDATION_ERROR, CREATOR_ONLY, CONFLICT, NOT_AUTHENTICATED, SESSION_REVOKED.';

create function api.get_project("projectId" text default null)
  returns jsonb
  language plpgsql
  stable
  set search_path = ''
as $$
begin
  perform private.require_session();
  perform private.require_ids(jsonb_build_object('projectId', "projectId"));

  return private.project_for_reader("projectId"::uuid);
end;
$$;

comment on function api.get_project(text) is
  'Returns a project.
Requires: project creator or member.
Errors: VALIDATION_ERROR, NOT_FOUND, FORBIDDEN, NOT_AUTHENTICATED, SESSION_REVOKED.';

create function api.update_project("projectId" text default null, patch jsonb default null)
  returns jsonb
  language plpgsql
  volatile
  set search_path = ''
  set plan_cache_mode = force_generic_plan
as $$
declare
  v_due_date date;
begin
  perform private.require_session();
  perform private.require_ids(jsonb_build_object('projectId', "projectId"));
  perform private.require_project_creator("projectId"::uuid);

  select p.due_date into v_due_date from public.projects as p where p.id = "projectId"::uuid;

  perform private.raise_field_errors(
    private.check_keys(patch, array['name', 'description', 'status', 'dueDate'])
    || private.project_field_errors(patch)
    || case
      when private.try_date(patch ->> 'dueDate') <> v_due_date
        then private.check_future(patch, 'dueDate', 'Due date')
      else '[]'
    end
  );

  update public.projects as p
  set (name, description, status, due_date) = (
    select n.name, n.description, n.status, n.due_date
    from jsonb_populate_record(p, private.columns_of(patch)) as n
  )
  where p.id = "projectId"::uuid;

  -- The project was deleted after the check above.
  if not found then
    raise sqlstate 'PT409' using
      message = 'The project was changed by another request. Reload it and try again.',
      hint = 'CONFLICT';
  end if;

  return (select d.document from private.project_documents as d where d.id = "projectId"::uuid);
end;
$$;

comment on function api.update_project(text, jsonb) is
  'Updates a project and returns it.
patch: name, description and dueDate as for create_project (an unchanged dueDate may be in the
past); status: planning, in-progress or completed, in any order. Keys that are not sent stay
unchanged.
Requires: project creator.
Errors: VALIDATION_ERROR, NOT_FOUND, FORBIDDEN, CONFLICT, NOT_AUTHENTICATED, SESSION_REVOKED.';

create function api.delete_project("projectId" text default null)
  returns void
  language plpgsql
  volatile
  set search_path = ''
as $$
begin
  perform private.require_session();
  perform private.require_ids(jsonb_build_object('projectId', "projectId"));
  perform private.delete_project("projectId"::uuid);
end;
$$;

comment on function api.delete_project(text) is
  'Deletes a project with its team, tasks, samples and deliverables.
Requires: project creator.
Errors: VALIDATION_ERROR, NOT_FOUND, FORBIDDEN, NOT_AUTHENTICATED, SESSION_REVOKED.';

grant execute on function
  api.list_projects(text, jsonb, jsonb, text),
  api.create_project(text, text, text),
  api.get_project(text),
  api.update_project(text, jsonb),
  api.delete_project(text)
to authenticated;


-- ── 20_projects/51_team_operations.sql ──────────────────────────────────────────────────────────

-- /projects/:projectId/team.

create function api.add_team_member(
  "projectId" text default null, "userId" text default null, role text default null
)
  returns jsonb
  language plpgsql
  volatile
  set search_path = ''
as $$
declare
  v_input constant jsonb := private.input_of(
    'add_team_member', jsonb_build_object('userId', "userId", 'role', role)
  );
  v_answer jsonb;
begin
  perform private.require_session();
  perform private.require_ids(jsonb_build_object('projectId', "projectId"));

  v_answer := private.earlier_answer(
    'add_team_member', v_input || jsonb_build_object('projectId', "projectId")
  );
  if v_answer is not null then
    return v_answer;
  end if;

  perform private.require_project_creator("projectId"::uuid);
  perform private.raise_field_errors(
    private.check_keys(v_input, array['userId', 'role']) || private.member_field_errors(v_input)
  );

  insert into public.project_members as m (project_id, user_id, role)
  values ("projectId"::uuid, "userId"::uuid, add_team_member.role)
  returning jsonb_build_object(
    'id', m.id,
    'projectId', m.project_id,
    'userId', m.user_id,
    'role', m.role,
    'joinedAt', private.iso(m.joined_at)
  )
  into v_answer;

  return private.keep_answer(v_answer);
exception
  -- Two concurrent requests: the unique index decides.
  when unique_violation then
    raise sqlstate 'PT400' using
      message = 'This user is already on the team.',
      hint = 'ALREADY_MEMBER';
end;
$$;

comment on function api.add_team_member(text, text, text) is
  'Adds a talent to the project''s team and returns the membership.
role: an optional label of at most 255 characters, without effect on permissions.
Repeating a call with the same header Idempotency-Key within 24 hours returns the first response.
Requires: project creator.
Limit: 300 additions per hour.
Errors: VALIDATION_ERROR, ALREADY_MEMBER, NOT_TALENT, NOT_FOUND (project or user), FORBIDDEN,
BLOCKED, INVALID_STATE (the talent has left the creator''s teams twice in 30 days), RATE_LIMITED,
CONFLICT, NOT_AUTHENTICATED, SESSION_REVOKED.';

create function api.remove_team_member("projectId" text default null, "userId" text default null)
  returns void
  language plpgsql
  volatile
  set search_path = ''
as $$
begin
  perform private.require_session();
  perform private.require_ids(jsonb_build_object('projectId', "projectId", 'userId', "userId"));
  perform private.remove_member("projectId"::uuid, "userId"::uuid);
end;
$$;

comment on function api.remove_team_member(text, text) is
  'Removes a member from the team. The member''s open tasks lose their assignee; completed tasks
keep it.
Requires: project creator, or the member who leaves.
Errors: VALIDATION_ERROR, NOT_FOUND (project or member), FORBIDDEN, NOT_AUTHENTICATED,
SESSION_REVOKED.';

grant execute on function
  api.add_team_member(text, text, text),
  api.remove_team_member(text, text)
to authenticated;


-- ── 20_projects/70_notifications.sql ────────────────────────────────────────────────────────────

-- Notifications about projects and teams.

-- Returns the users who can see a project: its creator and its members.
create function private.project_people(p_project_id uuid)
  returns setof uuid
  language plpgsql
  stable
  security definer
  rows 5
  set search_path = ''
as $$
begin
  return query
    select p.creator_id
    from public.projects as p
    where p.id = p_project_id and p.deleted_at is null
    union
    select m.user_id
    from public.project_members as m
    join public.projects as p on p.id = m.project_id
    where m.project_id = p_project_id and m.removed_at is null and p.deleted_at is null;
end;
$$;

create function private.tg_projects__notify_status()
  returns trigger
  language plpgsql
  security definer
  set search_path = ''
as $$
begin
  perform private.notify(
    person.id, coalesce(auth.uid(), new.creator_id), 'project_status_changed',
    'Project Status Changed',
    format(
      '%s is now %s',
      new.name,
      case new.status when 'in-progress' then 'in progress' when 'planning' then 'being planned'
        else new.status end
    ),
    'project', new.id, jsonb_build_object('projectId', new.id),
    jsonb_build_object('projectName', new.name, 'status', new.status)
  )
  from private.project_people(new.id) as person (id);

  return null;
end;
$$;

create trigger _900_notify_status
  after update of status on public.projects
  for each row
  when (old.status is distinct from new.status)
  execute function private.tg_projects__notify_status();

create function private.tg_project_members__notify_added()
  returns trigger
  language plpgsql
  security definer
  set search_path = ''
as $$
begin
  perform private.notify(
    new.user_id, coalesce(auth.uid(), p.creator_id), 'team_added', 'Added to a Team',
    format('You''ve been added to the team of %s', p.name),
    'team', new.project_id, jsonb_build_object('projectId', new.project_id),
    jsonb_build_object('projectName', p.name, 'role', new.role)
  )
  from public.projects as p
  where p.id = new.project_id;

  return null;
end;
$$;

create trigger _900_notify_added
  after insert on public.project_members
  for each row
  when (new.removed_at is null)
  execute function private.tg_project_members__notify_added();
