-- Reserving a file, the first step of every upload: checks whether the caller may upload it for
-- this target, and fixes its path.

-- Checks that a reservation names its target: a project for samples, a project and a task for
-- deliverables.
create function private.upload_target_field_errors(p_input jsonb)
  returns jsonb
  language sql
  immutable
  set search_path = ''
as $$
  select private.check_uuid(p_input, 'projectId', 'Project id', not (sample or submission))
    || private.check_uuid(p_input, 'taskId', 'Task id', not submission)
    || private.check_uuid(p_input, 'deliverableId', 'Deliverable id', true)
  from (
    values (
      coalesce(p_input ->> 'uploadType' = 'sample', false),
      coalesce(p_input ->> 'uploadType' = 'deliverable', false)
        and p_input ->> 'deliverableId' is null
    )
  ) as kind (sample, submission)
$$;

-- Returns the object path of a file. The id makes it unique; the name is there for people who
-- browse the bucket.
create function private.path_of(p_file public.files)
  returns text
  language sql
  immutable
  set search_path = ''
as $$
  select case p_file.upload_type
    when 'avatar' then
      format('%s/%s.%s', p_file.uploader_id, p_file.id, private.extension_of(p_file.file_name))
    when 'deliverable' then
      format(
        '%s/%s/%s/%s-%s', p_file.project_id, p_file.task_id, p_file.deliverable_id, p_file.id,
        private.safe_file_name(p_file.file_name)
      )
    when 'sample' then
      format(
        '%s/samples/%s/%s', p_file.project_id, p_file.id,
        private.safe_file_name(p_file.file_name)
      )
  end
$$;

-- Fills in project, task, deliverable and batch of a file for a deliverable: a new one for a task,
-- the next version of one in revision, or one that replaces a file that the scan rejected.
create function private.set_deliverable_target(inout p_file public.files)
  language plpgsql
  security definer
  set search_path = ''
as $$
declare
  v_deliverable record;
  v_batch private.upload_batches;
begin
  perform private.require_talent();

  if p_file.deliverable_id is not null then
    v_deliverable := private.lock_upload_target(p_file.deliverable_id);

    perform private.raise_field_errors(
      case
        when p_file.project_id <> v_deliverable.project_id
          then private.field_error('projectId', 'The deliverable belongs to another project.')
        else '[]'
      end
      || case
        when p_file.task_id <> v_deliverable.task_id
          then private.field_error('taskId', 'The deliverable belongs to another task.')
        else '[]'
      end
    );

    p_file.project_id := v_deliverable.project_id;
    p_file.task_id := v_deliverable.task_id;
  else
    perform private.raise_field_errors(
      private.lock_submission_target(p_file.project_id, p_file.task_id)
    );
  end if;

  v_batch := private.join_batch(
    'deliverable', coalesce(p_file.deliverable_id, p_file.task_id), p_file.deliverable_id
  );
  p_file.batch_id := v_batch.id;
  p_file.deliverable_id := v_batch.deliverable_id;
  p_file.bucket_id := 'deliverables';
end;
$$;

-- Reserves one file for the caller. Definer: users cannot write reservations directly. The fields
-- of the input have been validated.
create function private.reserve_file(p_input jsonb)
  returns public.files
  language plpgsql
  security definer
  set search_path = ''
as $$
declare
  v_file public.files;
begin
  v_file.id := gen_random_uuid();
  v_file.uploader_id := auth.uid();
  v_file.upload_type := p_input ->> 'uploadType';
  v_file.file_name := private.clean_file_name(p_input ->> 'fileName');
  v_file.file_size := (p_input ->> 'fileSize')::bigint;
  v_file.mime_type := private.type_of_file(
    v_file.upload_type, p_input ->> 'mimeType', v_file.file_name
  );

  case v_file.upload_type
    when 'deliverable' then
      v_file.project_id := (p_input ->> 'projectId')::uuid;
      v_file.task_id := (p_input ->> 'taskId')::uuid;
      v_file.deliverable_id := (p_input ->> 'deliverableId')::uuid;
      v_file := private.set_deliverable_target(v_file);
    when 'sample' then
      v_file.project_id := (p_input ->> 'projectId')::uuid;
      perform private.require_project_creator(v_file.project_id);
      v_file.batch_id := (private.join_batch('sample', v_file.project_id)).id;
      v_file.bucket_id := 'project-samples';
    when 'avatar' then
      v_file.batch_id := (private.join_batch('avatar', v_file.uploader_id)).id;
      v_file.bucket_id := 'avatars';
  end case;

  insert into public.files (
    id, upload_type, uploader_id, project_id, task_id, deliverable_id, batch_id, bucket_id, path,
    file_name, file_size, mime_type
  )
  values (
    v_file.id, v_file.upload_type, v_file.uploader_id, v_file.project_id, v_file.task_id,
    v_file.deliverable_id, v_file.batch_id, v_file.bucket_id, private.path_of(v_file),
    v_file.file_name, v_file.file_size, v_file.mime_type
  )
  returning *
  into v_file;

  return v_file;
end;
$$;

-- Called by api.create_upload as the caller. They check the caller's rights themselves.
grant execute on function
  private.upload_target_field_errors(jsonb),
  private.file_field_errors(jsonb),
  private.refuse_large_file(jsonb),
  private.reserve_file(jsonb),
  private.upload_bucket_of(public.files)
to authenticated;
