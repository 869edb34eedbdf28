-- Submitting, resubmitting and deleting deliverables. Locks are taken in this order: membership,
-- task, project, deliverable, files by id.

-- Returns the errors of the entries, with the entry in the field name: files[2].fileId.
create function private.file_list_errors(p_list jsonb, p_key text)
  returns jsonb
  language plpgsql
  immutable
  set search_path = ''
as $$
begin
  return (
    select coalesce(jsonb_agg(field_error order by place), '[]')
    from jsonb_array_elements(
      case when jsonb_typeof(p_list) = 'array' then p_list else '[]' end
    ) with ordinality as list (file, place)
    cross join jsonb_array_elements(private.prefix_fields(
      format('%s[%s]', p_key, place - 1),
      case
        when jsonb_typeof(file) <> 'object'
          then private.field_error(null, 'Each file must be an object with a fileId.')
        else private.check_keys(file, array['fileId'])
          || private.check_uuid('{"fileId": null}' || file, 'fileId', 'File id')
      end
    )) as field_error
  );
end;
$$;

-- Checks the list of files of a submission: [{"fileId": …}].
create function private.check_file_list(p_input jsonb, p_key text)
  returns jsonb
  language plpgsql
  immutable
  set search_path = ''
as $$
begin
  return (
    select case
      when coalesce(jsonb_typeof(list), 'null') = 'null' or list = '[]'
        then private.field_error(p_key, 'At least one file is required.')
      when jsonb_typeof(list) <> 'array'
        then private.field_error(p_key, 'Files must be a list of objects with a fileId.')
      when jsonb_array_length(list) > 10
        then private.field_error(p_key, 'You can attach at most 10 files.')
      when errors <> '[]' then errors
      when jsonb_array_length(list) > (
        select count(distinct private.try_uuid(file ->> 'fileId'))
        from jsonb_array_elements(list) as file
      ) then private.field_error(p_key, 'Each file must be listed only once.')
      else '[]'
    end
    from (
      select p_input -> p_key as list, private.file_list_errors(p_input -> p_key, p_key) as errors
    ) as input
  );
end;
$$;

-- Pure. Called by api functions as the caller.
grant execute on function
  private.file_list_errors(jsonb, text),
  private.check_file_list(jsonb, text)
to authenticated, service_role;

-- Locks a project until the commit, so that it cannot be completed or deleted during a submission.
-- Raises an error if it is completed, archived or deleted.
create function private.lock_open_project(p_project_id uuid)
  returns void
  language plpgsql
  volatile
  security definer
  set search_path = ''
as $$
declare
  v_project public.projects;
begin
  select p.*
  into v_project
  from public.projects as p
  where p.id = p_project_id and p.deleted_at is null
  for share;

  if not found then
    raise sqlstate 'PT404' using
      message = 'Project not found.',
      hint = 'NOT_FOUND';
  end if;

  if v_project.status = 'completed' or v_project.archived_at is not null then
    raise sqlstate 'PT409' using
      message = 'This project is completed and accepts no submissions.',
      hint = 'INVALID_STATE';
  end if;
end;
$$;

-- Checks that the caller can submit for the task, and locks membership, task and project until the
-- commit. Concurrent submissions for one task wait for each other here. Raises an error if the
-- project is closed to the caller; returns field errors if the task is not assigned to the caller.
create function private.lock_submission_target(p_project_id uuid, p_task_id uuid)
  returns jsonb
  language plpgsql
  volatile
  security definer
  set search_path = ''
as $$
declare
  v_assignee_id uuid;
  v_task_found boolean;
begin
  -- Raises NOT_FOUND or FORBIDDEN first, then checks the membership again with a lock.
  perform private.require_project(p_project_id);

  if not private.lock_membership(p_project_id, auth.uid()) then
    raise sqlstate 'PT403' using
      message = 'You are no longer a member of this project''s team.',
      hint = 'FORBIDDEN';
  end if;

  select t.assignee_id
  into v_assignee_id
  from public.tasks as t
  where t.id = p_task_id and t.project_id = p_project_id and t.deleted_at is null
  for no key update;
  v_task_found := found;

  perform private.lock_open_project(p_project_id);

  return case
    when not v_task_found then private.field_error('taskId', 'Task must belong to this project.')
    when v_assignee_id is distinct from auth.uid()
      then private.field_error('taskId', 'Task must be assigned to you.')
    else '[]'
  end;
end;
$$;

-- Takes files for a version and returns their ids in their order. They must be unused uploads of the
-- caller for this task. Uploads that are not confirmed yet are confirmed here. Errors name p_field.
create function private.take_uploads(p_task_id uuid, p_files jsonb, p_field text)
  returns uuid[]
  language plpgsql
  security definer
  set search_path = ''
as $$
declare
  v_file public.files;
  v_wanted constant uuid[] := array(
    select private.try_uuid(file ->> 'fileId')
    from jsonb_array_elements(p_files) with ordinality as list (file, place)
    order by place
  );
  v_taken uuid[] := '{}';
begin
  for v_file in
    select f.*
    from public.files as f
    where f.id = any (v_wanted)
      and f.uploader_id = auth.uid()
      and f.upload_type = 'deliverable'
      and f.task_id = p_task_id
      and f.used_at is null
      and f.removed_at is null
    order by f.id
    for update
  loop
    perform private.refuse_bad_file(private.confirm_file(v_file));
    v_taken := v_taken || v_file.id;
  end loop;

  perform private.raise_field_errors(coalesce(
    (
      select jsonb_agg(jsonb_build_object(
        'field', p_field,
        'message', format('File %s must be your own unused upload for this task.', wanted.id)
      ))
      from unnest(v_wanted) as wanted (id)
      where wanted.id <> all (v_taken)
    ),
    '[]'
  ));

  return v_wanted;
end;
$$;

-- Attaches files to a version.
create function private.attach_files(
  p_deliverable_id uuid, p_version integer, p_task_id uuid, p_files jsonb
)
  returns void
  language plpgsql
  security definer
  set search_path = ''
as $$
declare
  v_file_ids constant uuid[] := private.take_uploads(p_task_id, p_files, 'files');
begin
  insert into public.deliverable_files (file_id, deliverable_id, version, place)
  select wanted.id, p_deliverable_id, p_version, wanted.place
  from unnest(v_file_ids) with ordinality as wanted (id, place);

  perform private.mark_files_used(v_file_ids);
end;
$$;

-- Marks files as used and closes their batches, so that the next upload starts a new batch.
create function private.mark_files_used(p_file_ids uuid[])
  returns void
  language plpgsql
  security definer
  set search_path = ''
as $$
begin
  update public.files set used_at = now() where id = any (p_file_ids);

  update private.upload_batches
  set closed_at = now()
  where closed_at is null
    and id in (select f.batch_id from public.files as f where f.id = any (p_file_ids));
end;
$$;

-- Creates a deliverable with its first version. Definer: users cannot insert deliverables. The api
-- function has validated the fields.
create function private.submit_deliverable(
  p_project_id uuid, p_task_id uuid, p_title text, p_description text, p_files jsonb
)
  returns uuid
  language plpgsql
  security definer
  set search_path = ''
as $$
declare
  v_in_revision uuid;
  v_id uuid;
begin
  perform private.require_talent();
  perform private.raise_field_errors(private.lock_submission_target(p_project_id, p_task_id));

  select d.id
  into v_in_revision
  from public.deliverables as d
  where d.task_id = p_task_id
    and d.submitted_by_id = auth.uid()
    and d.status = 'revision'
    and d.deleted_at is null
  limit 1;

  if found then
    raise sqlstate 'PT409' using
      message = format(
        'Deliverable %s of this task is in revision. Resubmit it instead.', v_in_revision
      ),
      hint = 'INVALID_STATE';
  end if;

  -- The id in the path of the files, unless another deliverable has it already.
  select f.deliverable_id
  into v_id
  from public.files as f
  where f.id = private.try_uuid(p_files -> 0 ->> 'fileId')
    and f.uploader_id = auth.uid()
    and not exists (select from public.deliverables as d where d.id = f.deliverable_id);

  insert into public.deliverables (id, project_id, task_id, submitted_by_id, title, description)
  values (
    coalesce(v_id, gen_random_uuid()), p_project_id, p_task_id, auth.uid(), p_title, p_description
  )
  returning id
  into v_id;

  perform private.attach_files(v_id, 1, p_task_id, p_files);
  return v_id;
end;
$$;

-- Checks that the caller can still submit files for their deliverable, and locks what the check
-- depends on.
create function private.lock_own_deliverable(p_deliverable_id uuid)
  returns public.deliverables
  language plpgsql
  volatile
  security definer
  set search_path = ''
as $$
declare
  v_deliverable public.deliverables := private.require_deliverable(p_deliverable_id);
begin
  if v_deliverable.submitted_by_id <> auth.uid() then
    raise sqlstate 'PT403' using
      message = 'Only the submitter can resubmit this deliverable.',
      hint = 'FORBIDDEN';
  end if;

  if private.lock_submission_target(v_deliverable.project_id, v_deliverable.task_id) <> '[]' then
    raise sqlstate 'PT403' using
      message = 'This task is no longer assigned to you.',
      hint = 'FORBIDDEN';
  end if;

  select d.*
  into v_deliverable
  from public.deliverables as d
  where d.id = p_deliverable_id and d.deleted_at is null
  for update;

  return v_deliverable;
end;
$$;

-- As lock_own_deliverable, for the next version.
create function private.lock_revision(p_deliverable_id uuid)
  returns public.deliverables
  language plpgsql
  volatile
  security definer
  set search_path = ''
as $$
declare
  v_deliverable constant public.deliverables := private.lock_own_deliverable(p_deliverable_id);
begin
  if v_deliverable.status is distinct from 'revision' then
    raise sqlstate 'PT409' using
      message = 'Only a deliverable in revision can be resubmitted.',
      hint = 'INVALID_STATE';
  end if;

  return v_deliverable;
end;
$$;

-- Adds the next version. Definer: users cannot write these columns.
create function private.resubmit_deliverable(
  p_deliverable_id uuid, p_title text, p_description text, p_files jsonb
)
  returns void
  language plpgsql
  security definer
  set search_path = ''
as $$
declare
  v_deliverable constant public.deliverables := private.lock_revision(p_deliverable_id);
begin
  update public.deliverables
  set
    status = 'pending',
    version = version + 1,
    title = coalesce(p_title, title),
    description = coalesce(p_description, description)
  where id = p_deliverable_id;

  perform private.attach_files(
    p_deliverable_id, v_deliverable.version + 1, v_deliverable.task_id, p_files
  );
end;
$$;

-- Deletes a deliverable. The submitter can delete it before the first decision, the project's
-- creator until it is approved. Definer: the updated row is not visible to the caller.
create function private.delete_deliverable(p_deliverable_id uuid)
  returns void
  language plpgsql
  security definer
  set search_path = ''
as $$
declare
  v_deliverable public.deliverables;
begin
  perform private.require_deliverable(p_deliverable_id);

  select d.*
  into v_deliverable
  from public.deliverables as d
  where d.id = p_deliverable_id
  for update;

  if v_deliverable.status = 'approved' then
    raise sqlstate 'PT409' using
      message = 'An approved deliverable cannot be deleted.',
      hint = 'INVALID_STATE';
  end if;

  if v_deliverable.submitted_by_id = auth.uid()
    and (v_deliverable.status <> 'pending' or v_deliverable.revision_count > 0)
  then
    raise sqlstate 'PT409' using
      message = 'After a revision request only the project''s creator can delete this deliverable.',
      hint = 'INVALID_STATE';
  end if;

  update public.deliverables
  set deleted_at = now()
  where id = p_deliverable_id and deleted_at is null;

  -- A concurrent deletion was first.
  if not found then
    raise sqlstate 'PT404' using
      message = 'Deliverable not found.',
      hint = 'NOT_FOUND';
  end if;
end;
$$;

-- Called by api functions as the caller. They check the caller's rights themselves.
grant execute on function
  private.submit_deliverable(uuid, uuid, text, text, jsonb),
  private.resubmit_deliverable(uuid, text, text, jsonb),
  private.delete_deliverable(uuid)
to authenticated;
