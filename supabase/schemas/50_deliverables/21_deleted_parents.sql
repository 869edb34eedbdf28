-- Effects on deliverables when a task, a project or an account is deleted.

-- Refuses to delete a task with an approved deliverable, because its creator and submitter rely on
-- it.
create function private.tg_tasks__forbid_deleting_approved()
  returns trigger
  language plpgsql
  security definer
  set search_path = ''
as $$
begin
  -- Locked first: a concurrent approval is either seen here, or finds the deliverable deleted.
  perform from public.deliverables as d where d.task_id = new.id for update;

  if exists (
    select
    from public.deliverables as d
    where d.task_id = new.id and d.status = 'approved' and d.deleted_at is null
  ) then
    raise sqlstate 'PT409' using
      message = 'A task with an approved deliverable cannot be deleted.',
      hint = 'INVALID_STATE';
  end if;

  return new;
end;
$$;

create trigger _240_forbid_deleting_approved
  before update of deleted_at on public.tasks
  for each row
  when (old.deleted_at is null and new.deleted_at is not null)
  execute function private.tg_tasks__forbid_deleting_approved();

-- Deletes the deliverables of a deleted task.
create function private.tg_tasks__delete_deliverables()
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

create trigger _510_delete_deliverables
  after update of deleted_at on public.tasks
  for each row
  when (old.deleted_at is null and new.deleted_at is not null)
  execute function private.tg_tasks__delete_deliverables();

-- Deletes the deliverables of a deleted project.
create function private.tg_projects__delete_deliverables()
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

create trigger _510_delete_deliverables
  after update of deleted_at on public.projects
  for each row
  when (old.deleted_at is null and new.deleted_at is not null)
  execute function private.tg_projects__delete_deliverables();

-- Removes the unused uploads of a deleted task.
create function private.tg_tasks__remove_unused_uploads()
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

create trigger _520_remove_unused_uploads
  after update of deleted_at on public.tasks
  for each row
  when (old.deleted_at is null and new.deleted_at is not null)
  execute function private.tg_tasks__remove_unused_uploads();

-- Removes the unused uploads of a deleted project.
create function private.tg_projects__remove_unused_uploads()
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

create trigger _520_remove_unused_uploads
  after update of deleted_at on public.projects
  for each row
  when (old.deleted_at is null and new.deleted_at is not null)
  execute function private.tg_projects__remove_unused_uploads();

-- Refuses to delete an account with deliverables that are not approved. With force the account is
-- deleted: the creator can still decide on a talent's pending deliverables; a creator's projects
-- are archived.
create function private.tg_profiles__forbid_open_deliverables()
  returns trigger
  language plpgsql
  security definer
  set search_path = ''
as $$
begin
  -- Two questions, because one with "or" would read more than its indexes.
  if coalesce(current_setting('onswift.force', true), '') <> 'true' and (
    exists (
      select
      from public.deliverables as d
      where d.creator_id = new.id and d.status <> 'approved' and d.deleted_at is null
    )
    or exists (
      select
      from public.deliverables as d
      where d.submitted_by_id = new.id and d.status <> 'approved' and d.deleted_at is null
    )
  ) then
    raise sqlstate 'PT409' using
      message = 'This account has unapproved deliverables. Use force to delete it anyway.',
      hint = 'OPEN_DELIVERABLES';
  end if;

  return new;
end;
$$;

create trigger _230_forbid_open_deliverables
  before update of deleted_at on public.profiles
  for each row
  when (old.deleted_at is null and new.deleted_at is not null)
  execute function private.tg_profiles__forbid_open_deliverables();
