-- Uploading the bytes to Storage. Storage checks these rules for every part of an upload.

-- Returns whether the caller has a reservation of exactly this path that has not expired. Definer:
-- the policy on Storage calls it for every part of an upload.
create function private.may_upload(p_bucket_id text, p_path text)
  returns boolean
  language plpgsql
  stable
  security definer
  set search_path = ''
as $$
begin
  return private.session_is_live() and exists (
    select
    from public.files as f
    where f.path = p_path
      and private.upload_bucket_of(f) = p_bucket_id
      and f.uploader_id = auth.uid()
      and f.state = 'reserved'
      and f.removed_at is null
      and f.expires_at > now()
  );
end;
$$;

-- Policies run it as the caller. It answers for the caller's own reservations only.
grant execute on function private.may_upload(text, text) to authenticated;

-- Refuses to write an object unless its file is reserved and the reservation has not expired, or is an avatar whose scan publishes it.
-- The trigger applies to every role, because Storage's service role bypasses policies and upload
-- URLs stay valid after the file is confirmed.
create function private.tg_objects__refuse_overwrite()
  returns trigger
  language plpgsql
  security definer
  set search_path = ''
as $$
declare
  v_state text;
  v_expires_at timestamptz;
begin
  select f.state, f.expires_at
  into v_state, v_expires_at
  from public.files as f
  where f.path = new.name
    and new.bucket_id in (f.bucket_id, private.upload_bucket_of(f))
    and f.removed_at is null
  for share;

  if v_state = 'reserved' and v_expires_at > now() and new.bucket_id <> 'avatars'
    or v_state = 'uploaded' and new.bucket_id = 'avatars'
  then
    return new;
  end if;

  raise sqlstate '42501' using message = 'This path cannot be written to.';
end;
$$;

create trigger _200_refuse_overwrite
  before insert on storage.objects
  for each row
  when (new.bucket_id in (
    'avatars', 'avatar-uploads', 'deliverables', 'project-samples', 'message-attachments'
  ))
  execute function private.tg_objects__refuse_overwrite();

create trigger _201_refuse_overwrite
  before update of bucket_id, name, version on storage.objects
  for each row
  when (
    new.bucket_id in (
      'avatars', 'avatar-uploads', 'deliverables', 'project-samples', 'message-attachments'
    )
    and (old.bucket_id, old.name, old.version) is distinct from
      (new.bucket_id, new.name, new.version)
  )
  execute function private.tg_objects__refuse_overwrite();

-- Creating a policy briefly locks several tables of the platform. Fail after five seconds instead
-- of blocking them.
set local lock_timeout = '5s';

create policy insert_reserved on storage.objects
  for insert to authenticated
  with check (private.may_upload(bucket_id, name));
