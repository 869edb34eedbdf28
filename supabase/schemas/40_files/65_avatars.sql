-- Avatars: a clean file of upload type avatar becomes the profile picture. The scan has copied it
-- to the public bucket before.

alter table public.profiles
  add column avatar_file_id uuid references public.files (id) on delete set null;

comment on column public.profiles.avatar_file_id is 'File to which avatar_url points.';

create index profiles_avatar_file_id_idx on public.profiles (avatar_file_id);

-- Makes a clean upload the caller's avatar; null removes the avatar. Definer: users cannot write
-- avatar_url.
create function private.set_avatar(p_file_id uuid)
  returns void
  language plpgsql
  security definer
  set search_path = ''
as $$
declare
  v_file public.files;
begin
  if p_file_id is null then
    update public.profiles
    set avatar_file_id = null, avatar_url = null
    where id = auth.uid();
    return;
  end if;

  select f.*
  into v_file
  from public.files as f
  where f.id = p_file_id
    and f.uploader_id = auth.uid()
    and f.upload_type = 'avatar'
    and f.removed_at is null
  for update;

  if not found then
    perform private.raise_field_errors(
      private.field_error('avatarFileId', 'Avatar must be a file that you uploaded as an avatar.')
    );
  end if;

  perform private.refuse_unclean_file(v_file);

  update public.files set used_at = coalesce(used_at, now()) where id = p_file_id;

  update public.profiles
  set
    avatar_file_id = p_file_id,
    avatar_url = coalesce(private.project_url(), '')
      || '/storage/v1/object/public/' || v_file.bucket_id || '/' || v_file.path
  where id = auth.uid() and avatar_file_id is distinct from p_file_id;
end;
$$;

-- Called by api.update_me as the caller. It changes the caller's own profile only.
grant execute on function private.set_avatar(uuid) to authenticated;

-- Removes the previous avatar at once, because its URL is public.
create function private.tg_profiles__remove_avatar()
  returns trigger
  language plpgsql
  security definer
  set search_path = ''
as $$
begin
  perform private.remove_file(old.avatar_file_id, 'replaced');
  return null;
end;
$$;

create trigger _520_remove_avatar
  after update of avatar_file_id on public.profiles
  for each row
  when (
    old.avatar_file_id is not null and old.avatar_file_id is distinct from new.avatar_file_id
  )
  execute function private.tg_profiles__remove_avatar();
