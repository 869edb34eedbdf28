-- The end of an account. Deleting it ends all sessions at once and hides the person; what they made for
-- others stays, under "Deleted user". Thirty days later whatever tells who it was is erased, and the
-- e-mail address is free again.
--
-- Other domains add their part as triggers on profiles.deleted_at: projects are archived, teams are left.

-- Definer: only Auth's tables know the password. Compares like a sign-in and counts like one, so that a stolen
-- session cannot guess. The answer is a value, not an error: an error would undo the count.
create function private.password_is_right(p_password text)
  returns boolean
  language plpgsql
  volatile
  security definer
  set search_path = ''
as $$
declare
  v_account text;
  v_hash text;
  v_wait integer;
begin
  -- Bcrypt's variants 2a, 2b and 2y differ in name only; pgcrypto knows the first.
  select private.fingerprint(u.email), regexp_replace(u.encrypted_password, '^\$2[by]\$', '$2a$')
  into v_account, v_hash
  from auth.users as u
  where u.id = auth.uid();

  perform private.lock_attempts(v_account);
  v_wait := private.failures_wait(v_account, null);

  if v_wait is not null then
    raise sqlstate 'PT429' using
      message = 'Too many failed attempts. Try again later.',
      detail = jsonb_build_object('retryAfter', v_wait)::text,
      hint = 'RATE_LIMITED';
  end if;

  if v_hash ~ '^\$2a\$' and extensions.crypt(p_password, v_hash) = v_hash then
    return true;
  end if;

  insert into private.login_failures (account) values (v_account);
  return false;
end;
$$;

-- Called by api.delete_me as the caller, about themselves.
grant execute on function private.password_is_right(text) to authenticated;

-- Definer: reaches into Auth. p_force is kept for the transaction, for triggers that would object.
create function private.delete_account(p_force boolean)
  returns void
  language plpgsql
  security definer
  set search_path = ''
as $$
declare
  v_user_id constant uuid := auth.uid();
begin
  perform set_config('onswift.force', coalesce(p_force, false)::text, true);

  update public.profiles
  set deleted_at = now()
  where id = v_user_id and deleted_at is null;

  delete from private.outbox where user_id = v_user_id and status <> 'sent';

  update auth.users
  set banned_until = now() + interval '100 years'
  where id = v_user_id;

  delete from auth.sessions where user_id = v_user_id;
end;
$$;

-- Called by api.delete_me as the caller, after the password; works on the caller's own account only.
grant execute on function private.delete_account(boolean) to authenticated;

-- Auth wants an address for every account; this one can never receive anything.
create function private.erased_email(p_user_id uuid)
  returns text
  language sql
  immutable
  parallel safe
  set search_path = ''
as $$
  select 'deleted-' || p_user_id || '@deleted.invalid'
$$;

-- Erases who it was, for accounts deleted more than thirty days ago. Some at a time: the job runs every hour.
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
    name = 'Deleted user', avatar_url = null, company_name = null, professional_title = null, bio = null,
    skills = '{}', portfolio_links = '{}', hourly_rate = null, availability = null,
    linkedin_url = null, twitter_url = null, instagram_url = null, youtube_url = null, github_url = null
  where id = p_user_id;

  delete from private.outbox where user_id = p_user_id;
  delete from private.email_verifications where user_id = p_user_id;
  delete from auth.identities where user_id = p_user_id;
  delete from auth.one_time_tokens where user_id = p_user_id;

  update auth.users
  set
    email = private.erased_email(p_user_id),
    phone = null,
    encrypted_password = null,
    raw_user_meta_data = '{}',
    raw_app_meta_data = '{}'
  where id = p_user_id;
end;
$$;

create index profiles_deleted_at_idx on public.profiles (deleted_at) where deleted_at is not null;
