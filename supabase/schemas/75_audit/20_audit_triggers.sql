-- What is written to the audit trail, table by table.

create function private.tg_projects__audit()
  returns trigger
  language plpgsql
  security definer
  set search_path = ''
as $$
begin
  perform private.audit(
    case
      when tg_op = 'INSERT' then 'project.created'
      when new.deleted_at is not null and old.deleted_at is null then 'project.deleted'
      else 'project.status_changed'
    end,
    new.creator_id, null, new.id, 'project', new.id,
    jsonb_build_object(
      'name', new.name,
      'status', new.status,
      'earlierStatus', case when tg_op = 'UPDATE' then old.status end
    )
  );
  return null;
end;
$$;

create trigger _950_audit
  after insert on public.projects
  for each row
  execute function private.tg_projects__audit();

create trigger _951_audit_changes
  after update of status, deleted_at on public.projects
  for each row
  when ((old.status, old.deleted_at) is distinct from (new.status, new.deleted_at))
  execute function private.tg_projects__audit();

create function private.tg_project_members__audit()
  returns trigger
  language plpgsql
  security definer
  set search_path = ''
as $$
begin
  perform private.audit(
    'team.member_added', p.creator_id, new.user_id, p.id, 'team', p.id,
    jsonb_build_object('role', new.role)
  )
  from public.projects as p
  where p.id = new.project_id;
  return null;
end;
$$;

create trigger _950_audit
  after insert on public.project_members
  for each row
  when (new.removed_at is null)
  execute function private.tg_project_members__audit();

-- All removals of a statement at once, in one statement: a deleted account may leave hundreds of teams.
create function private.tg_project_members__audit_removals()
  returns trigger
  language plpgsql
  security definer
  set search_path = ''
as $$
begin
  insert into public.audit_events (
    action, actor_id, creator_id, subject_id, project_id, entity_type, entity_id, details
  )
  select
    'team.member_removed', auth.uid(), n.creator_id, n.user_id, n.project_id, 'team', n.project_id,
    jsonb_strip_nulls(jsonb_build_object('role', n.role))
  from after_change as n
  join before_change as o on o.id = n.id
  where o.removed_at is null and n.removed_at is not null;

  return null;
end;
$$;

create trigger _951_audit_removals
  after update on public.project_members
  referencing old table as before_change new table as after_change
  for each statement
  execute function private.tg_project_members__audit_removals();

create function private.tg_tasks__audit()
  returns trigger
  language plpgsql
  security definer
  set search_path = ''
as $$
begin
  perform private.audit(
    case when new.deleted_at is null then 'task.assigned' else 'task.deleted' end,
    new.creator_id, new.assignee_id, new.project_id, 'task', new.id,
    jsonb_build_object(
      'name', new.name,
      'earlierAssigneeId', case when tg_op = 'UPDATE' then old.assignee_id end
    )
  );
  return null;
end;
$$;

create trigger _950_audit
  after insert on public.tasks
  for each row
  execute function private.tg_tasks__audit();

create trigger _951_audit_changes
  after update of assignee_id, deleted_at on public.tasks
  for each row
  when ((old.assignee_id, old.deleted_at) is distinct from (new.assignee_id, new.deleted_at))
  execute function private.tg_tasks__audit();

create function private.tg_deliverables__audit_deletion()
  returns trigger
  language plpgsql
  security definer
  set search_path = ''
as $$
begin
  perform private.audit(
    'deliverable.deleted', new.creator_id, new.submitted_by_id, new.project_id, 'deliverable',
    new.id, jsonb_build_object('title', new.title, 'taskId', new.task_id)
  );
  return null;
end;
$$;

create trigger _950_audit_deletion
  after update of deleted_at on public.deliverables
  for each row
  when (old.deleted_at is null and new.deleted_at is not null)
  execute function private.tg_deliverables__audit_deletion();

create function private.tg_deliverable_versions__audit()
  returns trigger
  language plpgsql
  security definer
  set search_path = ''
as $$
begin
  perform private.audit(
    'deliverable.submitted', d.creator_id, d.submitted_by_id, d.project_id, 'deliverable', d.id,
    jsonb_build_object('title', new.title, 'version', new.version, 'taskId', d.task_id)
  )
  from public.deliverables as d
  where d.id = new.deliverable_id;
  return null;
end;
$$;

create trigger _950_audit
  after insert on public.deliverable_versions
  for each row
  execute function private.tg_deliverable_versions__audit();

create function private.tg_deliverable_files__audit()
  returns trigger
  language plpgsql
  security definer
  set search_path = ''
as $$
begin
  perform private.audit(
    'deliverable.file_replaced', d.creator_id, d.submitted_by_id, d.project_id, 'deliverable', d.id,
    jsonb_build_object(
      'title', d.title, 'version', new.version, 'taskId', d.task_id,
      'fileName', rejected.file_name, 'newFileName', f.file_name
    )
  )
  from public.deliverables as d
  join public.files as f on f.id = new.file_id
  join public.files as rejected on rejected.id = old.file_id
  where d.id = new.deliverable_id;
  return null;
end;
$$;

create trigger _950_audit
  after update of file_id on public.deliverable_files
  for each row
  when (old.file_id <> new.file_id)
  execute function private.tg_deliverable_files__audit();

create function private.tg_deliverable_reviews__audit()
  returns trigger
  language plpgsql
  security definer
  set search_path = ''
as $$
begin
  perform private.audit(
    case new.action
      when 'approve' then 'deliverable.approved' else 'deliverable.revision_requested'
    end,
    d.creator_id, d.submitted_by_id, d.project_id, 'deliverable', d.id,
    jsonb_build_object('title', d.title, 'version', new.version, 'taskId', d.task_id)
  )
  from public.deliverables as d
  where d.id = new.deliverable_id;
  return null;
end;
$$;

create trigger _950_audit
  after insert on public.deliverable_reviews
  for each row
  execute function private.tg_deliverable_reviews__audit();

create function private.tg_reviews__audit()
  returns trigger
  language plpgsql
  security definer
  set search_path = ''
as $$
begin
  perform private.audit(
    case
      when tg_op = 'INSERT' then 'review.created'
      when new.deleted_at is not null and old.deleted_at is null then 'review.deleted'
      else 'review.updated'
    end,
    new.creator_id, new.talent_id, new.project_id, 'review', new.id,
    jsonb_build_object(
      'rating', new.rating, 'earlierRating', case when tg_op = 'UPDATE' then old.rating end
    )
  );
  return null;
end;
$$;

create trigger _950_audit
  after insert on public.reviews
  for each row
  execute function private.tg_reviews__audit();

create trigger _951_audit_changes
  after update of rating, text, deleted_at on public.reviews
  for each row
  when (
    (old.rating, old.text, old.deleted_at) is distinct from (new.rating, new.text, new.deleted_at)
  )
  execute function private.tg_reviews__audit();
