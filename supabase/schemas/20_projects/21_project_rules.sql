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
