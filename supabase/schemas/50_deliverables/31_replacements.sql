-- Replacing files that the scan rejected. The submitter learns of them only after the submission, so
-- that replacing one is no new version and uses up no revision.

-- Returns whether the current version of a deliverable has a file that can be replaced.
create function private.has_rejected_file(p_deliverable public.deliverables)
  returns boolean
  language plpgsql
  stable
  security definer
  set search_path = ''
as $$
begin
  return p_deliverable.status = 'pending' and exists (
    select
    from public.deliverable_files as d
    join public.files as f on f.id = d.file_id
    where (d.deliverable_id, d.version) = (p_deliverable.id, p_deliverable.version)
      and f.state in ('infected', 'failed')
  );
end;
$$;

-- Checks that the caller can upload files for a deliverable: for its next version, or to replace a
-- rejected file.
create function private.lock_upload_target(p_deliverable_id uuid)
  returns public.deliverables
  language plpgsql
  volatile
  security definer
  set search_path = ''
as $$
declare
  v_deliverable constant public.deliverables := private.lock_own_deliverable(p_deliverable_id);
begin
  if private.has_rejected_file(v_deliverable) then
    return v_deliverable;
  end if;

  return private.lock_revision(p_deliverable_id);
end;
$$;

-- Replaces a rejected file by an upload of the caller. The new file takes its place in the version.
-- Definer: users cannot write these rows.
create function private.replace_file(p_deliverable_id uuid, p_old_id uuid, p_new_id uuid)
  returns void
  language plpgsql
  security definer
  set search_path = ''
as $$
declare
  v_deliverable constant public.deliverables := private.lock_own_deliverable(p_deliverable_id);
  v_state text;
begin
  if v_deliverable.status is distinct from 'pending' then
    raise sqlstate 'PT409' using
      message = 'Only files of a pending deliverable can be replaced.',
      hint = 'INVALID_STATE';
  end if;

  select f.state
  into v_state
  from public.deliverable_files as d
  join public.files as f on f.id = d.file_id
  where d.file_id = p_old_id
    and (d.deliverable_id, d.version) = (p_deliverable_id, v_deliverable.version)
  for update of f;

  if not found then
    raise sqlstate 'PT404' using
      message = 'The current version has no such file.',
      hint = 'NOT_FOUND';
  end if;

  if v_state not in ('infected', 'failed') then
    raise sqlstate 'PT409' using
      message = 'Only a file that the scan rejected can be replaced.',
      hint = 'INVALID_STATE';
  end if;

  perform private.take_uploads(
    v_deliverable.task_id, jsonb_build_array(jsonb_build_object('fileId', p_new_id)), 'newFileId'
  );

  update public.deliverable_files set file_id = p_new_id where file_id = p_old_id;
  perform private.mark_files_used(array[p_new_id]);
  perform private.remove_file(
    p_old_id, 'replaced', case v_state when 'infected' then interval '30 days' else '0' end
  );
end;
$$;

-- Called by api.replace_file as the caller. It checks the caller's rights itself.
grant execute on function private.replace_file(uuid, uuid, uuid) to authenticated;
