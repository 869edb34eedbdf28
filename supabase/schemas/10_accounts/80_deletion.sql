-- Deletion of accounts. Deleting an account ends its sessions at once and hides the profile;
-- content in projects and conversations stays, under "Deleted user". 30 days later all personal
-- data is erased and the email address can be used again.
--
-- Other rooms add triggers on profiles.deleted_at: projects are archived, talents leave their
-- teams.

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

  -- A concurrent deletion was first.
  if not found then
    raise sqlstate 'PT404' using
      message = 'User not found.',
      hint = 'NOT_FOUND';
  end if;

  delete from private.outbox where user_id = v_user_id and status <> 'sent';
  delete from private.email_changes where user_id = v_user_id;
  delete from private.password_resets where user_id = v_user_id;

  update auth.users
  set banned_until = now() + interval '100 years'
  where id = v_user_id;

  delete from auth.sessions where user_id = v_user_id;

  return true;
end;
$$;

-- Called by api.delete_me as the caller; deletes the caller's own account only.
grant execute on function private.delete_account(text, boolean) to authenticated;
