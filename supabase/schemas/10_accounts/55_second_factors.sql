-- Second factors: codes of an authenticator app. Auth enrols and verifies them, and `session_is_live`
-- demands them. This file adds what Auth does not do: a new factor needs the password, a code works
-- once, and guesses are limited.

create table private.password_confirmations (
  session_id uuid primary key references auth.sessions (id) on delete cascade,
  confirmed_at timestamptz not null default clock_timestamp()
);

comment on table private.password_confirmations is
  'Sessions whose user has just entered the password again.';

create table private.second_factors (
  factor_id uuid primary key references auth.mfa_factors (id) on delete cascade,
  code_used_at timestamptz not null,
  added_at timestamptz
);

comment on table private.second_factors is 'What Auth does not store about a factor.';
comment on column private.second_factors.code_used_at is 'When Auth last accepted a code.';
comment on column private.second_factors.added_at is
  'When the factor was verified for the first time, in a session that had confirmed the password.';

-- How long a session can add a factor after it has confirmed the password.
create function private.confirmation_lifetime()
  returns interval
  language sql
  immutable
  parallel safe
  set search_path = ''
as $$
  select interval '15 minutes'
$$;

-- Auth accepts a code for up to 90 seconds: those of the current half minute, the one before and the
-- one after. It does not remember which one was used.
create function private.code_lifetime()
  returns interval
  language sql
  immutable
  parallel safe
  set search_path = ''
as $$
  select interval '90 seconds'
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

-- Returns whether a factor is known, or a session of its user has confirmed the password.
create function private.can_add_factor(p_user_id uuid, p_factor_id uuid)
  returns boolean
  language sql
  volatile
  security definer
  set search_path = ''
as $$
  select exists (
    select
    from private.second_factors as f
    where f.factor_id = p_factor_id and f.added_at is not null
  ) or exists (
    select
    from private.password_confirmations as c
    join auth.sessions as s on s.id = c.session_id
    where s.user_id = p_user_id
      and c.confirmed_at > clock_timestamp() - private.confirmation_lifetime()
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
      'http_code', 403, 'message', 'Confirm the password before you add a second factor.'
    ));
  end if;

  if private.code_wait(v_user_id) is not null then
    return jsonb_build_object('error', jsonb_build_object(
      'http_code', 429, 'message', 'Too many wrong codes. Try again later.'
    ));
  end if;

  if exists (
    select
    from private.second_factors as f
    where f.factor_id = (event ->> 'factor_id')::uuid
      and f.code_used_at > clock_timestamp() - private.code_lifetime()
  ) then
    return jsonb_build_object('error', jsonb_build_object(
      'http_code', 429, 'message', 'A code was used less than 90 seconds ago. Wait for a new one.'
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

-- A code works once. The hook has refused most codes that were used before; this refuses the others:
-- of two at once the later one, and all where the hook is not enabled.
create function private.tg_mfa_challenges__use_code_once()
  returns trigger
  language plpgsql
  security definer
  set search_path = ''
as $$
begin
  insert into private.second_factors as f (factor_id, code_used_at)
  values (new.factor_id, clock_timestamp())
  on conflict (factor_id) do update set code_used_at = excluded.code_used_at
  where f.code_used_at <= excluded.code_used_at - private.code_lifetime();

  if not found then
    perform private.raise_rate_limited(
      'A code was used less than 90 seconds ago. Wait for a new one.',
      extract(epoch from private.code_lifetime())::integer
    );
  end if;

  return new;
end;
$$;

create trigger onswift_300_use_code_once
  before update of verified_at on auth.mfa_challenges
  for each row
  when (old.verified_at is null and new.verified_at is not null)
  execute function private.tg_mfa_challenges__use_code_once();

-- A new factor needs the password, like everything that could keep the owner out: a stolen token alone
-- does not add one. Auth raises the session in the transaction that verifies the factor.
create function private.tg_sessions__add_factor()
  returns trigger
  language plpgsql
  security definer
  set search_path = ''
as $$
begin
  update private.second_factors
  set added_at = now()
  where factor_id = new.factor_id and added_at is null;

  -- A known factor.
  if not found then
    return new;
  end if;

  delete from private.password_confirmations
  where session_id = new.id
    and confirmed_at > clock_timestamp() - private.confirmation_lifetime();

  if not found then
    raise sqlstate 'PT403' using
      message = 'Confirm the password before you add a second factor.',
      hint = 'FORBIDDEN';
  end if;

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
