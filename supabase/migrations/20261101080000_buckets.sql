-- Where files lie, and who gets at the objects directly.
--
--   avatars              public: a picture beside a name, under an unguessable path
--   avatar-uploads       where avatars are received, until the scan has published them
--   deliverables, project-samples, message-attachments
--                        private; the last one is locked until messages carry files
--
-- Limits here are the widest of their kind; what each type may have is checked on reservation and
-- again on confirmation. Types include the aliases that browsers send.

insert into storage.buckets (id, name, public, file_size_limit, allowed_mime_types)
values
  (
    'avatars', 'avatars', true, 5 * 1024 * 1024,
    array['image/jpeg', 'image/png', 'image/gif']
  ),
  (
    'avatar-uploads', 'avatar-uploads', false, 5 * 1024 * 1024,
    array['image/jpeg', 'image/png', 'image/gif']
  ),
  (
    'deliverables', 'deliverables', false, 100 * 1024 * 1024,
    array[
      'image/jpeg', 'image/png', 'image/gif', 'video/mp4', 'video/quicktime', 'application/pdf',
      'application/zip', 'application/x-zip-compressed', 'application/x-rar-compressed',
      'application/vnd.rar'
    ]
  ),
  (
    'project-samples', 'project-samples', false, 100 * 1024 * 1024,
    array['image/jpeg', 'image/png', 'image/gif', 'application/pdf', 'video/mp4']
  ),
  (
    'message-attachments', 'message-attachments', false, 100 * 1024 * 1024,
    array[
      'image/jpeg', 'image/png', 'image/gif', 'video/mp4', 'video/quicktime', 'application/pdf',
      'application/zip', 'application/x-zip-compressed', 'application/x-rar-compressed',
      'application/vnd.rar'
    ]
  )
on conflict (id) do update
set
  public = excluded.public,
  file_size_limit = excluded.file_size_limit,
  allowed_mime_types = excluded.allowed_mime_types;

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
      and private.inbox_of(f) = p_bucket_id
      and f.owner_id = auth.uid()
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
    and new.bucket_id in (f.bucket_id, private.inbox_of(f))
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

-- Policies on storage.objects lock several of the platform's tables for a moment: short, last, and
-- not at any price.
set local lock_timeout = '5s';

create policy insert_reserved on storage.objects
  for insert to authenticated
  with check (private.may_upload(bucket_id, name));

-- Reading bytes with one's own token, asked anew on every request: who may see the row in `files`
-- (row level security there decides) gets a clean object as it was confirmed. Signing is left out:
-- whoever signs chooses how long it lasts, so that is done by the service, for an hour. Listing is
-- left out: lists come from the tables.
create policy select_reader on storage.objects
  for select to authenticated
  using (
    storage.operation() in (
      'storage.object.get_authenticated', 'object.get_authenticated_info',
      'object.head_authenticated_info', 'storage.object.info_authenticated'
    )
    and exists (
      select
      from public.files as f
      where f.path = objects.name
        and f.bucket_id = objects.bucket_id
        and f.state = 'clean'
        and f.object_version is not distinct from objects.version
    )
  );

-- No update (no upsert, no move) and no delete: objects end by the cleanup.
