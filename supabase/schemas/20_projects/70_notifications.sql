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
