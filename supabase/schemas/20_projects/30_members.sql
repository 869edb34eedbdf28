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
comment on column public.project_members.id is
  'Primary key of this membership, set by the database.';
comment on column public.project_members.project_id is 'Project to whose team the talent belongs.';
comment on column public.project_members.creator_id is
  'The creator of the project, who never changes. Set by the database.';
comment on column public.project_members.user_id is 'The talent.';
comment on column public.project_members.role is
  'A label such as "Video Editor", without effect on permissions.';
comment on column public.project_members.joined_at is 'When the talent was added to the team.';
comment on column public.project_members.removed_at is
  'When the membership ended; null while it is current.';
comment on column public.project_members.left_by_choice is
  'Whether the talent left, instead of being removed by the creator.';
comment on column public.project_members.in_deleted_project is
  'Whether the project is deleted. No user can see such a membership. Set by the database.';

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
