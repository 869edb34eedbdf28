-- Confirming an upload: compares the object with its reservation and stores the object's version.
-- From then on the object cannot be replaced.

-- Returns why an object does not match its reservation (a value of files.failure), or null. The
-- scan checks later what the bytes really are.
create function private.object_failure(p_file public.files, p_metadata jsonb)
  returns text
  language plpgsql
  stable
  set search_path = ''
as $$
begin
  return case
    when (p_metadata ->> 'size')::bigint is distinct from p_file.file_size then 'size'
    when private.is_same_family(
      private.canonical_mime_type(p_metadata ->> 'mimetype'), p_file.mime_type
    ) is not true then 'type'
  end;
end;
$$;

-- Confirms a reservation and returns the file: uploaded, or failed if it does not match. The object
-- of a failed file is removed. A file that was confirmed before is not changed. The caller has
-- locked the row.
create function private.confirm_file(p_file public.files)
  returns public.files
  language plpgsql
  security definer
  set search_path = ''
as $$
declare
  v_file public.files := p_file;
  v_object record;
  v_failure text;
begin
  if v_file.state <> 'reserved' then
    return v_file;
  end if;

  select o.metadata, o.version
  into v_object
  from storage.objects as o
  where o.bucket_id = private.upload_bucket_of(v_file) and o.name = v_file.path;

  if not found then
    raise sqlstate 'PT409' using
      message = format('"%s" has not been uploaded yet.', v_file.file_name),
      hint = 'UPLOAD_MISSING';
  end if;

  v_failure := private.object_failure(v_file, v_object.metadata);

  update public.files
  set
    state = case when v_failure is null then 'uploaded' else 'failed' end,
    failure = v_failure,
    object_version = v_object.version,
    uploaded_at = now()
  where id = v_file.id
  returning *
  into v_file;

  if v_failure is null then
    insert into private.file_scans (file_id) values (v_file.id);
  else
    perform private.remove_object(private.upload_bucket_of(v_file), v_file.path, 'mismatch');
  end if;

  return v_file;
end;
$$;

-- Raises an error if the file is infected or failed. A file that waits for its scan can be used,
-- but not served (see refuse_unclean_file).
create function private.refuse_bad_file(p_file public.files)
  returns void
  language plpgsql
  stable
  set search_path = ''
as $$
begin
  if p_file.state = 'infected' then
    raise sqlstate 'PT409' using
      message = format('Malware was found in "%s". The file cannot be used.', p_file.file_name),
      hint = 'FILE_INFECTED';
  end if;

  if p_file.state = 'failed' then
    raise sqlstate 'PT400' using
      message = private.failure_message(p_file),
      detail = private.field_error('files', private.failure_message(p_file))::text,
      hint = 'FILE_MISMATCH';
  end if;
end;
$$;

-- Returns the sentence that explains files.failure to the uploader.
create function private.failure_message(p_file public.files)
  returns text
  language plpgsql
  stable
  set search_path = ''
as $$
begin
  return case p_file.failure
    when 'size' then format('"%s" does not have the declared size.', p_file.file_name)
    when 'type' then format('"%s" does not have the declared type.', p_file.file_name)
    when 'dimensions' then
      format('"%s" must have 64 to 4096 pixels per side.', p_file.file_name)
    else format('"%s" cannot be read as a file of the declared type.', p_file.file_name)
  end;
end;
$$;

-- Called by api functions as the caller, with a row that the caller can see.
grant execute on function
  private.refuse_bad_file(public.files),
  private.failure_message(public.files)
to authenticated;

-- Confirms one of the caller's uploads. Definer: users cannot update files.
create function private.confirm_my_file(p_file_id uuid)
  returns public.files
  language plpgsql
  security definer
  set search_path = ''
as $$
declare
  v_file public.files;
begin
  select f.*
  into v_file
  from public.files as f
  where f.id = p_file_id and f.removed_at is null
  for update;

  if not found then
    raise sqlstate 'PT404' using
      message = 'File not found.',
      hint = 'NOT_FOUND';
  end if;

  if v_file.uploader_id is distinct from auth.uid() then
    raise sqlstate 'PT403' using
      message = 'Only the uploader can confirm this file.',
      hint = 'FORBIDDEN';
  end if;

  return private.confirm_file(v_file);
end;
$$;

-- Called by api.confirm_upload as the caller; works on the caller's own files only.
grant execute on function private.confirm_my_file(uuid) to authenticated;

-- Raises an error unless the file was scanned and found clean. Only clean files are served.
create function private.refuse_unclean_file(p_file public.files)
  returns void
  language plpgsql
  stable
  set search_path = ''
as $$
begin
  perform private.refuse_bad_file(p_file);

  if p_file.state = 'reserved' then
    raise sqlstate 'PT409' using
      message = format('"%s" has not been uploaded and confirmed yet.', p_file.file_name),
      hint = 'UPLOAD_MISSING';
  end if;

  if p_file.state = 'uploaded' then
    raise sqlstate 'PT409' using
      message = format('"%s" has not been scanned yet. Try again soon.', p_file.file_name),
      hint = 'SCAN_PENDING';
  end if;
end;
$$;

grant execute on function private.refuse_unclean_file(public.files) to authenticated;
