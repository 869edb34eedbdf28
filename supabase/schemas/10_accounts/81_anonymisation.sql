-- 30 days after an account was deleted, its personal data is erased. The row stays, because
-- projects, tasks and reviews refer to it; they show "Deleted user".

create index profiles_deleted_at_idx on public.profiles (deleted_at) where deleted_at is not null;

-- Auth requires an address for every account; this one cannot receive mail.
create function private.erased_email(p_user_id uuid)
  returns text
  language sql
  immutable
  parallel safe
  set search_path = ''
as $$
  select 'deleted-' || p_user_id || '@deleted.invalid'
$$;

-- Erases the personal data of accounts that were deleted more than 30 days ago, 500 at a time. A
-- job runs it every hour.
create function private.anonymise_accounts()
  returns integer
  language plpgsql
  security definer
  set search_path = ''
as $$
declare
  v_user_id uuid;
  v_count integer := 0;
begin
  for v_user_id in
    select p.id
    from public.profiles as p
    join auth.users as u on u.id = p.id
    where p.deleted_at < now() - interval '30 days'
      and u.email is distinct from private.erased_email(p.id)
    order by p.deleted_at
    limit 500
    for update of p skip locked
  loop
    perform private.anonymise_account(v_user_id);
    v_count := v_count + 1;
  end loop;

  return v_count;
end;
$$;

create function private.anonymise_account(p_user_id uuid)
  returns void
  language plpgsql
  security definer
  set search_path = ''
as $$
begin
  update public.profiles
  set
    name = 'Deleted user', avatar_file_id = null, avatar_url = null, company_name = null,
    professional_title = null,
    bio = null, skills = '{}', portfolio_links = '{}', hourly_rate = null, availability = null,
    linkedin_url = null, twitter_url = null, instagram_url = null, youtube_url = null,
    github_url = null
  where id = p_user_id;

  -- Notifications of the user, and notifications of others that name the user.
  delete from private.notifications where user_id = p_user_id;
  delete from private.notifications where actor_id = p_user_id;
  delete from public.notification_preferences where user_id = p_user_id;
  delete from public.user_blocks where blocker_id = p_user_id;
  delete from public.user_blocks where blocked_id = p_user_id;

  delete from private.outbox where user_id = p_user_id;
  delete from private.email_verifications where user_id = p_user_id;
  delete from private.email_changes where user_id = p_user_id;
  delete from private.security_events where user_id = p_user_id;
  delete from private.password_resets where user_id = p_user_id;
  delete from auth.mfa_factors where user_id = p_user_id;
  delete from auth.identities where user_id = p_user_id;
  delete from auth.one_time_tokens where user_id = p_user_id;

  update auth.users
  set
    email = private.erased_email(p_user_id),
    phone = null,
    email_change = '',
    email_change_token_new = '',
    email_change_token_current = '',
    encrypted_password = null,
    raw_user_meta_data = '{}',
    raw_app_meta_data = '{}'
  where id = p_user_id;
end;
$$;
