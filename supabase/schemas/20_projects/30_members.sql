-- Who is on a project's team. A row is one stay: leaving closes it, coming back opens another, so
-- that the history of who worked when is kept.

create table public.project_members (
  id uuid primary key default gen_random_uuid(),
  project_id uuid not null references public.projects (id) on delete cascade,
  user_id uuid not null references public.profiles (id) on delete cascade,
  role text,
  joined_at timestamptz not null default now(),
  removed_at timestamptz,

  constraint role_has_1_to_255_characters check (char_length(role) between 1 and 255),
  constraint removed_after_joining check (removed_at >= joined_at)
);

comment on table public.project_members is
  'Stays of talents on projects; the open one has no removed_at.';
comment on column public.project_members.role is
  'A label such as "Video Editor". It grants nothing.';

create unique index project_members_once_key
  on public.project_members (project_id, user_id) where removed_at is null;
create index project_members_project_id_idx on public.project_members (project_id);
create index project_members_user_id_idx on public.project_members (user_id);

alter table public.project_members enable row level security;

create policy all_live_session on public.project_members
  as restrictive for all to authenticated
  using ((select private.session_is_live()))
  with check ((select private.session_is_live()));

-- The team as it is now; who left is history and shown to nobody.
create policy select_participant on public.project_members
  for select to authenticated
  using (removed_at is null and project_id = any (array(select private.my_project_ids())));

create policy insert_creator on public.project_members
  for insert to authenticated
  with check (project_id = any (array(select private.my_created_project_ids())));

-- No update and no delete: api.remove_team_member closes a stay.
grant select on public.project_members to authenticated;
grant insert (project_id, user_id, role) on public.project_members to authenticated;
grant select, insert, update, delete on public.project_members to service_role;

-- The creator removes a talent, or a talent leaves. Definer: the row becomes invisible to the
-- caller.
create function private.remove_member(p_project_id uuid, p_user_id uuid)
  returns void
  language plpgsql
  security definer
  set search_path = ''
as $$
begin
  if private.require_project(p_project_id) <> 'creator' and p_user_id is distinct from auth.uid() then
    raise sqlstate 'PT403' using
      message = 'Only the creator of the project can remove others.',
      hint = 'FORBIDDEN';
  end if;

  update public.project_members
  set removed_at = greatest(now(), joined_at)
  where project_id = p_project_id and user_id = p_user_id and removed_at is null;

  if not found then
    raise sqlstate 'PT404' using
      message = 'This user is not on the team.',
      hint = 'NOT_FOUND';
  end if;
end;
$$;

-- Called by api.remove_team_member as the caller; asks for the right itself.
grant execute on function private.remove_member(uuid, uuid) to authenticated;

-- Definer: past memberships are the caller's own history, though no policy shows them.
create function private.my_memberships()
  returns jsonb
  language sql
  stable
  security definer
  set search_path = ''
as $$
  select coalesce(
    jsonb_agg(
      jsonb_build_object(
        'projectId', m.project_id,
        'projectName', p.name,
        'role', m.role,
        'joinedAt', private.iso(m.joined_at),
        'removedAt', private.iso(m.removed_at)
      )
      order by m.joined_at, m.id
    ),
    '[]'
  )
  from public.project_members as m
  join public.projects as p on p.id = m.project_id
  where m.user_id = auth.uid() and p.deleted_at is null
$$;

-- Called by api.export_me as the caller; speaks about the caller only.
grant execute on function private.my_memberships() to authenticated;
