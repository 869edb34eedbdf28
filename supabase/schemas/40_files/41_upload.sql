-- Uploading the bytes: Storage asks these rules on every part of an upload.

-- Whether the caller holds a live reservation of exactly this place. Definer: asked inside a policy
-- on every part of an upload.
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

-- Policies run it as the caller. It tells people about their own reservations only.
grant execute on function private.may_upload(text, text) to authenticated;

-- Seals objects, for every role: Storage writes as its service, past all policies, and an upload
-- address lives on after the file was confirmed. Bytes come in while the file is reserved, and as
-- an avatar while it is being scanned; afterwards nothing replaces them.
create function private.tg_objects__sealed()
  returns trigger
  language plpgsql
  security definer
  set search_path = ''
as $$
declare
  v_state text;
begin
  select f.state
  into v_state
  from public.files as f
  where f.path = new.name
    and new.bucket_id in (f.bucket_id, private.upload_bucket_of(f))
    and f.removed_at is null
  for share;

  if v_state = 'reserved' and new.bucket_id <> 'avatars'
    or v_state = 'uploaded' and new.bucket_id = 'avatars'
  then
    return new;
  end if;

  raise sqlstate '42501' using message = 'Nothing may be written to this path.';
end;
$$;

create trigger _200_sealed
  before insert on storage.objects
  for each row
  when (new.bucket_id in (
    'avatars', 'avatar-uploads', 'deliverables', 'project-samples', 'message-attachments'
  ))
  execute function private.tg_objects__sealed();

create trigger _201_sealed
  before update of bucket_id, name, version on storage.objects
  for each row
  when (
    new.bucket_id in (
      'avatars', 'avatar-uploads', 'deliverables', 'project-samples', 'message-attachments'
    )
    and (old.bucket_id, old.name, old.version) is distinct from
      (new.bucket_id, new.name, new.version)
  )
  execute function private.tg_objects__sealed();

-- A policy on storage.objects locks several of the platform's tables for a moment: give up rather than wait.
set local lock_timeout = '5s';

create policy insert_reserved on storage.objects
  for insert to authenticated
  with check (private.may_upload(bucket_id, name));
