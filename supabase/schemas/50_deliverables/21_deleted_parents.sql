-- What becomes of deliverables when something around them ends.

-- Approved work is a result that both sides rely on: its task cannot be deleted.
create function private.tg_tasks__keep_approved_work()
  returns trigger
  language plpgsql
  security definer
  set search_path = ''
as $$
begin
  -- Held first: an approval at the same moment either is seen here, or finds the deliverable gone.
  perform from public.deliverables as d where d.task_id = new.id for update;

  if exists (
    select
    from public.deliverables as d
    where d.task_id = new.id and d.status = 'approved' and d.deleted_at is null
  ) then
    raise sqlstate 'PT409' using
      message = 'This task has an approved deliverable and cannot be deleted.',
      hint = 'INVALID_STATE';
  end if;

  return new;
end;
$$;

create trigger _240_keep_approved_work
  before update of deleted_at on public.tasks
  for each row
  when (old.deleted_at is null and new.deleted_at is not null)
  execute function private.tg_tasks__keep_approved_work();

create function private.tg_tasks__end_deliverables()
  returns trigger
  language plpgsql
  security definer
  set search_path = ''
as $$
begin
  update public.deliverables
  set deleted_at = new.deleted_at
  where task_id = new.id and deleted_at is null;

  return null;
end;
$$;

create trigger _510_end_deliverables
  after update of deleted_at on public.tasks
  for each row
  when (old.deleted_at is null and new.deleted_at is not null)
  execute function private.tg_tasks__end_deliverables();

create function private.tg_projects__end_deliverables()
  returns trigger
  language plpgsql
  security definer
  set search_path = ''
as $$
begin
  update public.deliverables
  set deleted_at = new.deleted_at
  where project_id = new.id and deleted_at is null;

  return null;
end;
$$;

create trigger _510_end_deliverables
  after update of deleted_at on public.projects
  for each row
  when (old.deleted_at is null and new.deleted_at is not null)
  execute function private.tg_projects__end_deliverables();

-- Reservations for what is gone are of no use to anybody.
create function private.tg_tasks__end_reservations()
  returns trigger
  language plpgsql
  security definer
  set search_path = ''
as $$
begin
  perform private.remove_file(f.id, 'expired')
  from public.files as f
  where f.task_id = new.id and f.used_at is null and f.removed_at is null;

  return null;
end;
$$;

create trigger _520_end_reservations
  after update of deleted_at on public.tasks
  for each row
  when (old.deleted_at is null and new.deleted_at is not null)
  execute function private.tg_tasks__end_reservations();

create function private.tg_projects__end_reservations()
  returns trigger
  language plpgsql
  security definer
  set search_path = ''
as $$
begin
  perform private.remove_file(f.id, 'expired')
  from public.files as f
  where f.project_id = new.id and f.used_at is null and f.removed_at is null;

  return null;
end;
$$;

create trigger _520_end_reservations
  after update of deleted_at on public.projects
  for each row
  when (old.deleted_at is null and new.deleted_at is not null)
  execute function private.tg_projects__end_reservations();

-- An account with work that waits, to be judged or to be revised, is not deleted by accident. With
-- force it goes: a talent's pending work stays decidable, a creator's projects are archived.
create function private.tg_profiles__open_deliverables()
  returns trigger
  language plpgsql
  security definer
  set search_path = ''
as $$
begin
  if coalesce(current_setting('onswift.force', true), '') <> 'true' and exists (
    select
    from public.deliverables as d
    join public.projects as p on p.id = d.project_id
    where (d.submitted_by_id = new.id or p.creator_id = new.id)
      and d.status <> 'approved'
      and d.deleted_at is null
  ) then
    raise sqlstate 'PT409' using
      message = 'There are deliverables that are not approved yet. Use force to delete anyway.',
      hint = 'OPEN_DELIVERABLES';
  end if;

  return new;
end;
$$;

create trigger _230_open_deliverables
  before update of deleted_at on public.profiles
  for each row
  when (old.deleted_at is null and new.deleted_at is not null)
  execute function private.tg_profiles__open_deliverables();
