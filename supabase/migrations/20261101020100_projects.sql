-- A creator's projects. Team and tasks belong to one; so will deliverables and samples.

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
  constraint description_has_1_to_10000_characters check (char_length(description) between 1 and 10000),
  constraint status_is_known check (status in ('planning', 'in-progress', 'completed')),
  constraint completed_at_only_when_completed check ((status = 'completed') = (completed_at is not null)),
  constraint counts_add_up check (completed_task_count between 0 and task_count)
);

comment on table public.projects is
  'Projects of creators. Deleting sets deleted_at; from then on the project does not exist for anybody.';
comment on column public.projects.task_count is
  'Tasks that are not deleted. Kept by triggers on tasks, so that lists need not count.';
comment on column public.projects.archived_at is
  'Set when the creator''s account is deleted: the team may still read, nobody may change.';

create index projects_creator_id_created_at_idx on public.projects (creator_id, created_at desc, id desc);
create index projects_creator_id_status_idx on public.projects (creator_id, status);
create index projects_due_date_idx on public.projects (due_date) where deleted_at is null;

create function private.project_complaints(p_input jsonb)
  returns jsonb
  language sql
  immutable
  set search_path = ''
as $$
  select private.check_text(p_input, 'name', 'Name', 1, 255)
    || private.check_text(p_input, 'description', 'Description', 1, 10000)
    || private.check_choice(p_input, 'status', 'Status', array['planning', 'in-progress', 'completed'])
    || private.check_date(p_input, 'dueDate', 'Due date')
$$;

-- Pure, and run inside triggers and api functions as the caller.
grant execute on function private.project_complaints(jsonb) to authenticated, service_role;

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

-- Everybody's project starts as their own. Tells a talent why, where the policy would only refuse.
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
  perform private.raise_complaints(private.project_complaints(v_row));
  return new;
end;
$$;

create trigger _210_validate
  before insert or update of name, description, status, due_date on public.projects
  for each row
  execute function private.tg_projects__validate();

-- New due dates lie ahead. A rule for callers: operators and seeds may write history.
create function private.tg_projects__due_in_future()
  returns trigger
  language plpgsql
  set search_path = ''
as $$
begin
  perform private.raise_complaints(
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

-- For every table with a status that ends in completed: keeps the moment, and forgets it on reopening.
create function private.tg__complete()
  returns trigger
  language plpgsql
  set search_path = ''
as $$
begin
  new.completed_at := case when new.status = 'completed' then coalesce(new.completed_at, now()) end;
  return new;
end;
$$;

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

-- A deleted account leaves its projects behind as they are.
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

create policy update_owner on public.projects
  for update to authenticated
  using (deleted_at is null and creator_id = (select auth.uid()))
  with check (creator_id = (select auth.uid()));

-- No delete: api.delete_project. Status starts at planning; counters and times are kept by triggers.
grant select on public.projects to authenticated;
grant insert (creator_id, name, description, due_date) on public.projects to authenticated;
grant update (name, description, status, due_date) on public.projects to authenticated;
grant select, insert, update, delete on public.projects to service_role;

-- Definer: the row becomes invisible to its owner, which no policy of theirs would allow.
create function private.delete_project(p_project_id uuid)
  returns void
  language plpgsql
  security definer
  set search_path = ''
as $$
begin
  perform private.require_own_project(p_project_id);

  update public.projects
  set deleted_at = now()
  where id = p_project_id and creator_id = auth.uid() and deleted_at is null;
end;
$$;

-- Called by api.delete_project as the caller; asks for ownership itself.
grant execute on function private.delete_project(uuid) to authenticated;
