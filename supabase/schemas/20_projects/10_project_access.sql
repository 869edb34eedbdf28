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
