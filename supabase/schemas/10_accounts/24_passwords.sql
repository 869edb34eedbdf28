-- Passwords that users change through the operations of this database. Auth stores them; it demands a
-- code for a direct change, and its mail hook sends none, so these operations are the only way.

-- Auth demands the code only in sessions that are older than 24 hours. So every session is stored as
-- 25 hours older than it is. `my_sessions` shows the real time; [auth.sessions] timebox includes the
-- 25 hours.
create function private.session_head_start()
  returns interval
  language sql
  immutable
  parallel safe
  set search_path = ''
as $$
  select interval '25 hours'
$$;

create function private.tg_sessions__backdate()
  returns trigger
  language plpgsql
  security definer
  set search_path = ''
as $$
begin
  new.created_at := coalesce(new.created_at, now()) - private.session_head_start();
  return new;
end;
$$;

create trigger onswift_100_backdate
  before insert on auth.sessions
  for each row
  execute function private.tg_sessions__backdate();

-- Returns whether a password is the one with this bcrypt hash. Bcrypt's variants 2a, 2b and 2y differ
-- in name only; pgcrypto supports 2a.
create function private.password_matches(p_password text, p_hash text)
  returns boolean
  language plpgsql
  immutable
  set search_path = ''
as $$
declare
  v_hash constant text := regexp_replace(p_hash, '^\$2[by]\$', '$2a$');
begin
  return coalesce(v_hash ~ '^\$2a\$' and extensions.crypt(p_password, v_hash) = v_hash, false);
end;
$$;

-- Stores a new password, hashed as Auth does. Auth's own codes end with the old password.
create function private.store_password(p_user_id uuid, p_password text)
  returns void
  language plpgsql
  security definer
  set search_path = ''
as $$
declare
  v_old text;
begin
  select u.encrypted_password into v_old from auth.users as u where u.id = p_user_id for update;

  if private.password_matches(p_password, v_old) then
    perform private.raise_field_errors(private.field_error(
      'newPassword', 'New password must differ from the current password.'
    ));
  end if;

  update auth.users
  set
    encrypted_password = extensions.crypt(p_password, extensions.gen_salt('bf', 10)),
    confirmation_token = '', recovery_token = '', email_change = '', email_change_token_new = '',
    email_change_token_current = '', reauthentication_token = '', updated_at = now()
  where id = p_user_id;

  delete from auth.one_time_tokens where user_id = p_user_id;
end;
$$;

-- Returns whether a password is the caller's. Wrong passwords are counted for each session, so that a
-- stolen token cannot guess, and failed sign-ins of strangers do not stop the user. It returns false
-- instead of raising: an error would roll back the count. Definer: reads the hash from Auth's table.
create function private.password_is_correct(p_password text)
  returns boolean
  language plpgsql
  volatile
  security definer
  set search_path = ''
as $$
declare
  v_session constant text := 'session:' || (auth.jwt() ->> 'session_id');
  v_hash text;
begin
  perform private.lock_attempts(v_session);
  perform private.raise_rate_limited(
    'Too many failed attempts. Try again later.', private.failures_wait(v_session, null)
  );

  select u.encrypted_password into v_hash from auth.users as u where u.id = auth.uid();
  if private.password_matches(p_password, v_hash) then
    return true;
  end if;

  insert into private.login_failures (account) values (v_session);
  return false;
end;
$$;

-- The error of an operation that got a wrong password. It is returned in PostgREST's format, with the
-- status set, instead of raised: the transaction must commit, because it counted the attempt.
create function private.wrong_password()
  returns jsonb
  language plpgsql
  set search_path = ''
as $$
begin
  perform set_config('response.status', '403', true);
  return jsonb_build_object(
    'code', 'PT403', 'message', 'The password is wrong.', 'details', null, 'hint', 'WRONG_PASSWORD'
  );
end;
$$;

-- Runs as the caller, in api functions.
grant execute on function private.wrong_password() to authenticated;

-- Ends all sessions of the caller except the current one.
create function private.end_other_sessions(p_user_id uuid, p_session_id uuid)
  returns void
  language sql
  security definer
  set search_path = ''
as $$
  delete from auth.sessions where user_id = p_user_id and id is distinct from p_session_id
$$;
