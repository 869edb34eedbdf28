-- Handing work in, the first time and after a revision, and taking it back. Locks are taken in the
-- usual order (membership, task, project), then the deliverable, then its files by id.

-- Complaints about the list of files of a submission: [{"fileId": …}].
create function private.check_file_list(p_input jsonb, p_key text)
  returns jsonb
  language sql
  immutable
  set search_path = ''
as $$
  select case
    when coalesce(jsonb_typeof(list), 'null') = 'null' or list = '[]'
      then private.field_error(p_key, 'At least one file is required.')
    when jsonb_typeof(list) <> 'array' or jsonb_path_exists(list, '$[*] ? (@.type() != "object")')
      then private.field_error(p_key, 'Files have to be a list of objects with a fileId.')
    when jsonb_array_length(list) > 10
      then private.field_error(p_key, 'At most 10 files are possible.')
    when exists (
      select
      from jsonb_array_elements(list) as file
      where private.try_uuid(file ->> 'fileId') is null
    ) then private.field_error(p_key, 'Each file needs a fileId, which is a UUID.')
    when jsonb_array_length(list) > (
      select count(distinct private.try_uuid(file ->> 'fileId'))
      from jsonb_array_elements(list) as file
    ) then private.field_error(p_key, 'Each file can be named once.')
    else '[]'
  end
  from (values (p_input -> p_key)) as input (list)
$$;

-- Pure, and run inside api functions as the caller.
grant execute on function private.check_file_list(jsonb, text) to authenticated, service_role;

-- Holds a project as it is until the commit, so that it is not completed or deleted beside what is
-- being handed in.
create function private.hold_open_project(p_project_id uuid)
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
      message = 'This project is completed; nothing can be handed in any more.',
      hint = 'INVALID_STATE';
  end if;
end;
$$;

-- Whether the caller may hand something in for the task now, and holds it so until the commit.
-- Submissions for one task wait for each other here. Raises where the place is closed; returns
-- field errors where the task is not the caller's.
create function private.hold_submission_place(p_project_id uuid, p_task_id uuid)
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
  -- 404 and 403 first; then the membership once more, now held.
  perform private.require_project(p_project_id);

  if not private.hold_membership(p_project_id, auth.uid()) then
    raise sqlstate 'PT403' using
      message = 'You are not on the team of this project any more.',
      hint = 'FORBIDDEN';
  end if;

  select t.assignee_id
  into v_assignee_id
  from public.tasks as t
  where t.id = p_task_id and t.project_id = p_project_id and t.deleted_at is null
  for no key update;
  v_task_found := found;

  perform private.hold_open_project(p_project_id);

  return case
    when not v_task_found then private.field_error('taskId', 'There is no such task in this project.')
    when v_assignee_id is distinct from auth.uid()
      then private.field_error('taskId', 'This task is not assigned to you.')
    else '[]'
  end;
end;
$$;

-- Makes files part of a version: the caller's own, uploaded for this task, not used before. One
-- that was uploaded but never confirmed is confirmed here.
create function private.take_files(
  p_deliverable_id uuid, p_version integer, p_task_id uuid, p_files jsonb
)
  returns void
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
        'field', 'files',
        'message', format('%s is not an unused upload of yours for this task.', wanted.id)
      ))
      from unnest(v_wanted) as wanted (id)
      where wanted.id <> all (v_taken)
    ),
    '[]'
  ));

  insert into public.deliverable_files (file_id, deliverable_id, version, place)
  select wanted.id, p_deliverable_id, p_version, wanted.place
  from unnest(v_wanted) with ordinality as wanted (id, place);

  perform private.use_files(v_wanted);
end;
$$;

-- Files are used once, and end their batch.
create function private.use_files(p_file_ids uuid[])
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

-- The first version. Definer: nobody inserts deliverables directly. Input is checked for its form
-- by the caller.
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
  perform private.raise_field_errors(
    private.hold_submission_place(p_project_id, p_task_id)
    || private.check_mentions(
      jsonb_build_object('description', p_description), 'description', p_project_id
    )
  );

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
      message = format('Deliverable %s of this task is in revision: resubmit it.', v_in_revision),
      hint = 'INVALID_STATE';
  end if;

  -- The id that the path of its files names, unless an earlier submission took it.
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

  perform private.take_files(v_id, 1, p_task_id, p_files);
  return v_id;
end;
$$;

-- Whether the caller may answer a revision now; holds everything that says so.
create function private.hold_revision(p_deliverable_id uuid)
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
      message = 'Only who submitted a deliverable can resubmit it.',
      hint = 'FORBIDDEN';
  end if;

  if private.hold_submission_place(v_deliverable.project_id, v_deliverable.task_id) <> '[]' then
    raise sqlstate 'PT403' using
      message = 'This task is assigned to somebody else now.',
      hint = 'FORBIDDEN';
  end if;

  select d.*
  into v_deliverable
  from public.deliverables as d
  where d.id = p_deliverable_id and d.deleted_at is null
  for update;

  if v_deliverable.status is distinct from 'revision' then
    raise sqlstate 'PT409' using
      message = 'Only a deliverable in revision can be resubmitted.',
      hint = 'INVALID_STATE';
  end if;

  return v_deliverable;
end;
$$;

-- The next version. Definer: it writes what nobody may write directly.
create function private.resubmit_deliverable(
  p_deliverable_id uuid, p_title text, p_description text, p_files jsonb
)
  returns void
  language plpgsql
  security definer
  set search_path = ''
as $$
declare
  v_deliverable constant public.deliverables := private.hold_revision(p_deliverable_id);
begin
  perform private.raise_field_errors(private.check_mentions(
    jsonb_build_object('description', p_description), 'description', v_deliverable.project_id
  ));

  update public.deliverables
  set
    status = 'pending',
    version = version + 1,
    title = coalesce(p_title, title),
    description = coalesce(p_description, description)
  where id = p_deliverable_id;

  perform private.take_files(
    p_deliverable_id, v_deliverable.version + 1, v_deliverable.task_id, p_files
  );
end;
$$;

-- Takes a deliverable back. Its submitter can while nobody has judged it, the project's creator
-- until it is approved. Definer: the row becomes invisible to the caller.
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
      message = 'A deliverable that was sent back can only be deleted by the creator.',
      hint = 'INVALID_STATE';
  end if;

  update public.deliverables
  set deleted_at = now()
  where id = p_deliverable_id and deleted_at is null;
end;
$$;

-- Called by api functions as the caller; they ask for every right themselves.
grant execute on function
  private.submit_deliverable(uuid, uuid, text, text, jsonb),
  private.resubmit_deliverable(uuid, text, text, jsonb),
  private.delete_deliverable(uuid)
to authenticated;
