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
