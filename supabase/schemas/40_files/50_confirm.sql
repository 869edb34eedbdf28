-- From reserved to uploaded: what lies under the path is compared with what was announced, and its
-- version is remembered. From then on the object is sealed.

-- What is wrong with the object of a reservation: null, or a word for files.failure. What its bytes
-- really are is the scan's to say.
create function private.object_failure(p_file public.files, p_metadata jsonb)
  returns text
  language sql
  stable
  set search_path = ''
as $$
  select case
    when (p_metadata ->> 'size')::bigint is distinct from p_file.file_size then 'size'
    when private.canonical_mime_type(p_metadata ->> 'mimetype') is distinct from p_file.mime_type
      then 'type'
  end
$$;

-- Confirms a reservation and says what it has become: uploaded, or failed, whose object is removed
-- then. A file that was confirmed before stays what it is. p_file is locked by the caller.
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
      message = format('Nothing has been uploaded for "%s" yet.', v_file.file_name),
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

-- What keeps a file from being used or served, as an error; waiting for the scan keeps it from
-- being served only.
create function private.refuse_bad_file(p_file public.files)
  returns void
  language plpgsql
  stable
  set search_path = ''
as $$
begin
  if p_file.state = 'infected' then
    raise sqlstate 'PT409' using
      message = format('Malware was found in "%s".', p_file.file_name),
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

create function private.failure_message(p_file public.files)
  returns text
  language sql
  stable
  set search_path = ''
as $$
  select case p_file.failure
    when 'size' then format('"%s" does not have the size that was announced.', p_file.file_name)
    when 'type' then format('"%s" is not of the type that was announced.', p_file.file_name)
    when 'dimensions' then
      format('"%s" has to have 64 to 4096 pixels a side, and 16 megapixels.', p_file.file_name)
    else format('"%s" cannot be read as what was announced.', p_file.file_name)
  end
$$;

-- Run by api functions as the caller, on a row the caller was let see.
grant execute on function
  private.refuse_bad_file(public.files),
  private.failure_message(public.files)
to authenticated;

-- Confirms one of the caller's uploads. Definer: the state is nobody's to write.
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
      message = 'This file is not yours.',
      hint = 'FORBIDDEN';
  end if;

  return private.confirm_file(v_file);
end;
$$;

-- Called by api.confirm_upload as the caller; works on the caller's own files only.
grant execute on function private.confirm_my_file(uuid) to authenticated;

-- Only what was scanned and found clean is served, or shown.
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
