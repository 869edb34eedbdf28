-- Deletion of accounts. Deleting an account ends its sessions at once and hides the profile;
-- content in projects and conversations stays, under "Deleted user". 30 days later all personal
-- data is erased and the email address can be used again.
--
-- Other rooms add triggers on profiles.deleted_at: projects are archived, talents leave their
-- teams.

-- Returns whether a password is the caller's. Wrong passwords count like failed sign-ins, so that a
-- stolen session cannot guess. It returns false instead of raising: an error would roll back the
-- count. Definer: reads the hash from Auth's table.
create function private.password_is_correct(p_password text)
  returns boolean
  language plpgsql
  volatile
  security definer
  set search_path = ''
as $$
declare
  v_account text;
  v_hash text;
begin
  -- Bcrypt's variants 2a, 2b and 2y differ in name only; pgcrypto supports 2a.
  select private.fingerprint(u.email), regexp_replace(u.encrypted_password, '^\$2[by]\$', '$2a$')
  into v_account, v_hash
  from auth.users as u
  where u.id = auth.uid();

  perform private.lock_attempts(v_account);
  perform private.raise_rate_limited(
    'Too many failed attempts. Try again later.', private.failures_wait(v_account, null)
  );

  if v_hash ~ '^\$2a\$' and extensions.crypt(p_password, v_hash) = v_hash then
    return true;
  end if;

  insert into private.login_failures (account) values (v_account);
  return false;
end;
$$;

-- Deletes the caller's account; returns false if the password is wrong. Definer: changes Auth's
-- tables. Triggers of other rooms read p_force as a setting of the transaction.
create function private.delete_account(p_password text, p_force boolean)
  returns boolean
  language plpgsql
  security definer
  set search_path = ''
as $$
declare
  v_user_id constant uuid := auth.uid();
begin
  if not private.password_is_correct(p_password) then
    return false;
  end if;

  perform set_config('onswift.force', coalesce(p_force, false)::text, true);

  update public.profiles
  set deleted_at = now()
  where id = v_user_id and deleted_at is null;

  delete from private.outbox where user_id = v_user_id and status <> 'sent';

  update auth.users
  set banned_until = now() + interval '100 years'
  where id = v_user_id;

  delete from auth.sessions where user_id = v_user_id;

  return true;
end;
$$;

-- Called by api.delete_me as the caller; deletes the caller's own account only.
grant execute on function private.delete_account(text, boolean) to authenticated;
