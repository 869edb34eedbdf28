-- The end of an account. Deleting it ends all sessions at once and hides the person; what they made
-- for others stays, under "Deleted user". Thirty days later whatever tells who it was is erased,
-- and the e-mail address is free again.
--
-- Other domains add their part as triggers on profiles.deleted_at: projects are archived, teams are
-- left.

-- Whether the caller's password is this one. Counts like a sign-in, so that a stolen session cannot
-- guess. The answer is a value, not an error: an error would undo the count. Definer: only Auth's
-- tables know the hash.
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
begin
  -- Bcrypt's variants 2a, 2b and 2y differ in name only; pgcrypto knows the first.
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

-- Deletes the caller's account, or answers false where the password is wrong. Definer: reaches into
-- Auth. p_force is kept for the transaction, for triggers of other domains that would object.
create function private.delete_account(p_password text, p_force boolean)
  returns boolean
  language plpgsql
  security definer
  set search_path = ''
as $$
declare
  v_user_id constant uuid := auth.uid();
begin
  if not private.password_is_right(p_password) then
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

-- Called by api.delete_me as the caller; works on the caller's own account only.
grant execute on function private.delete_account(text, boolean) to authenticated;
