-- Uploads whose bytes are not of the declared type. The scan finds all of them. The REST API looks at
-- the first bytes before it submits, so that a file that the scan would reject is not submitted.

-- Returns those of a user's uploads that are neither used nor scanned yet, in the order of the ids.
create function private.unscanned_uploads(p_user_id uuid, p_file_ids uuid[])
  returns table (
    file_id uuid, place integer, bucket_id text, path text, file_name text, mime_type text
  )
  language sql
  stable
  security definer
  set search_path = ''
as $$
  select
    f.id, wanted.place::integer - 1, private.upload_bucket_of(f), f.path, f.file_name, f.mime_type
  from unnest(p_file_ids) with ordinality as wanted (id, place)
  join public.files as f on f.id = wanted.id
  where f.uploader_id = p_user_id
    and f.state in ('reserved', 'uploaded')
    and f.used_at is null
    and f.removed_at is null
  order by wanted.place
$$;

comment on function private.unscanned_uploads(uuid, uuid[]) is
  'Returns the uploads of a user that are neither used nor scanned; place is the index of the id.';

-- Rejects one of a user's uploads that is neither used nor scanned. Its object is removed.
create function private.reject_upload(p_user_id uuid, p_file_id uuid)
  returns void
  language plpgsql
  security definer
  set search_path = ''
as $$
declare
  v_file public.files;
begin
  update public.files
  set state = 'failed', failure = 'type'
  where id = p_file_id
    and uploader_id = p_user_id
    and state in ('reserved', 'uploaded')
    and used_at is null
    and removed_at is null
  returning *
  into v_file;

  if found then
    delete from private.file_scans where file_id = v_file.id;
    perform private.remove_object(private.upload_bucket_of(v_file), v_file.path, 'mismatch');
  end if;
end;
$$;

comment on function private.reject_upload(uuid, uuid) is
  'Rejects an upload whose bytes show another type than the declared one.';

grant execute on function
  private.unscanned_uploads(uuid, uuid[]),
  private.reject_upload(uuid, uuid)
to service_role;
