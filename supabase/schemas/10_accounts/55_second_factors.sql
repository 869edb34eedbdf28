-- Second factors: codes of an authenticator app. Auth enrols and verifies them, and `session_is_live`
-- demands them. This file adds what Auth does not do: a new factor needs a recent sign-in or the
-- password, and guesses are limited.

create table private.password_confirmations (
  session_id uuid primary key references auth.sessions (id) on delete cascade,
  confirmed_at timestamptz not null default clock_timestamp()
);

comment on table private.password_confirmations is
  'Sessions whose user has just entered the password again.';

create table private.second_factors (
  factor_id uuid primary key references auth.mfa_factors (id) on delete cascade,
  added_at timestamptz not null default now()
);

comment on table private.second_factors is
  'Factors that were verified in a session that may add one. Others are only enrolled.';

-- How long a session can add a factor after it was signed in or has confirmed the password.
create function private.confirmation_lifetime()
  returns interval
  language sql
  immutable
  parallel safe
  set search_path = ''
as $$
  select interval '15 minutes'
$$;

-- Returns whether a session has just proved who its user is: it was signed in a short time ago, or has
-- confirmed the password. Auth notes the time of the sign-in, and renewing tokens does not change it.
create function private.session_is_confirmed(p_session_id uuid)
  returns boolean
  language sql
  stable
  security definer
  set search_path = ''
as $$
  select exists (
    select
    from auth.mfa_amr_claims as a
    where a.session_id = p_session_id
      and a.authentication_method not in ('totp', 'mfa/phone', 'mfa/webauthn')
      and a.created_at > clock_timestamp() - private.confirmation_lifetime()
  ) or exists (
    select
    from private.password_confirmations as c
    where c.session_id = p_session_id
      and c.confirmed_at > clock_timestamp() - private.confirmation_lifetime()
  )
$$;

-- Notes that this session has confirmed the password; returns false if it is wrong. Wrong passwords are
-- counted as in every operation that asks for one. Definer: callers have no grant on the table.
create function private.confirm_password(p_password text)
  returns boolean
  language plpgsql
  volatile
  security definer
  set search_path = ''
as $$
begin
  if not private.password_is_correct(p_password) then
    return false;
  end if;

  insert into private.password_confirmations as c (session_id)
  values (private.try_uuid(auth.jwt() ->> 'session_id'))
  on conflict (session_id) do update set confirmed_at = excluded.confirmed_at;

  return true;
end;
$$;

-- Called by api.confirm_password as the caller; notes the caller's own session only.
grant execute on function private.confirm_password(text) to authenticated;

-- Returns the seconds until a user can try another code: after 5 wrong ones in 15 minutes, or 20 in a
-- day. Codes are guessed by those who know the password, so nothing but time ends the limit.
create function private.code_wait(p_user_id uuid)
  returns integer
  language plpgsql
  volatile
  security definer
  set search_path = ''
as $$
declare
  v_failed constant timestamptz[] := array(
    select e.created_at
    from private.security_events as e
    where e.user_id = p_user_id
      and e.type = 'factor_failed'
      and e.created_at > clock_timestamp() - interval '1 day'
    order by e.id desc
    limit private.scaled_limit(20)
  );
begin
  return greatest(
    private.wait_for_window(
      v_failed[:private.scaled_limit(5)], private.scaled_limit(5), '15 minutes'
    ),
    private.wait_for_window(v_failed, private.scaled_limit(20), '1 day')
  );
end;
$$;

-- Returns whether a factor is known, or a session of its user may add it.
create function private.can_add_factor(p_user_id uuid, p_factor_id uuid)
  returns boolean
  language sql
  stable
  security definer
  set search_path = ''
as $$
  select exists (
    select from private.second_factors as f where f.factor_id = p_factor_id
  ) or exists (
    select
    from auth.sessions as s
    where s.user_id = p_user_id and private.session_is_confirmed(s.id)
  )
$$;

-- Auth's hook after every check of a code, in a transaction of its own, so that counted attempts stay
-- counted. It answers with an error instead of a rejection, because a rejection would end all sessions
-- of the user. While codes wait, the response is the same for right and wrong ones.
create function private.mfa_attempt(event jsonb)
  returns jsonb
  language plpgsql
  security definer
  set search_path = ''
as $$
declare
  v_user_id constant uuid := (event ->> 'user_id')::uuid;
begin
  perform private.lock_attempts('factor:' || v_user_id);

  -- Only for a clear error: the trigger below decides, and knows the session.
  if not private.can_add_factor(v_user_id, (event ->> 'factor_id')::uuid) then
    return jsonb_build_object('error', jsonb_build_object(
      'http_code', 403, 'message', 'Sign in again, or confirm the password, before you add a second factor.'
    ));
  end if;

  if private.code_wait(v_user_id) is not null then
    return jsonb_build_object('error', jsonb_build_object(
      'http_code', 429, 'message', 'Too many wrong codes. Try again later.'
    ));
  end if;

  if not (event ->> 'valid')::boolean then
    perform private.log_security(v_user_id, 'factor_failed');
    if private.code_wait(v_user_id) is not null then
      perform private.queue_account_mail('factor_failed', u.id, u.email)
      from auth.users as u
      where u.id = v_user_id;
    end if;
  end if;

  return '{"decision": "continue"}';
end;
$$;

grant execute on function private.mfa_attempt(jsonb) to supabase_auth_admin;

-- A new factor needs a session that has just proved who its user is, because it could keep the owner out:
-- a token that was stolen later does not add one. Auth raises the session in the transaction that
-- verifies the factor.
create function private.tg_sessions__add_factor()
  returns trigger
  language plpgsql
  security definer
  set search_path = ''
as $$
begin
  insert into private.second_factors (factor_id)
  values (new.factor_id)
  on conflict (factor_id) do nothing;

  -- A known factor.
  if not found then
    return new;
  end if;

  if not private.session_is_confirmed(new.id) then
    raise sqlstate 'PT403' using
      message = 'Sign in again, or confirm the password, before you add a second factor.',
      hint = 'FORBIDDEN';
  end if;

  delete from private.password_confirmations where session_id = new.id;

  insert into private.security_events (user_id, type, user_agent, ip)
  select p.id, 'factor_added', private.device_of(new.user_agent), host(new.ip)
  from public.profiles as p
  where p.id = new.user_id;

  perform private.queue_account_mail('factor_added', u.id, u.email)
  from auth.users as u
  where u.id = new.user_id;

  return new;
end;
$$;

create trigger onswift_200_add_factor
  before update of aal, factor_id on auth.sessions
  for each row
  when (new.aal = 'aal2' and new.factor_id is not null)
  execute function private.tg_sessions__add_factor();

-- Whoever removes it, the owner or an administrator. Abandoned enrolments are no news.
create function private.tg_mfa_factors__log_removal()
  returns trigger
  language plpgsql
  security definer
  set search_path = ''
as $$
begin
  perform private.log_security(old.user_id, 'factor_removed');
  perform private.queue_account_mail('factor_removed', u.id, u.email)
  from auth.users as u
  where u.id = old.user_id;

  return null;
end;
$$;

create trigger onswift_700_log_removal
  after delete on auth.mfa_factors
  for each row
  when (old.status = 'verified')
  execute function private.tg_mfa_factors__log_removal();
