-- Access tokens stay valid up to 15 minutes after sign-out. These checks end them at once: every
-- api function starts with `require_session`, and a restrictive policy on every table with user
-- data calls `session_is_live`. Users with a second factor need a session that was verified with it.

-- Both the token and the session must be verified: a token from before the verification stays weak, and
-- a session becomes weak again when its factor is removed. p_before_second_factor: accept a session
-- that still has to be verified. Definer: reads Auth's tables of sessions and factors.
create function private.session_is_live(p_before_second_factor boolean default false)
  returns boolean
  language plpgsql
  stable
  security definer
  set search_path = ''
as $$
declare
  -- Read once: each call of auth.jwt() and auth.uid() parses the whole token.
  v_claims constant jsonb := auth.jwt();
  v_user_id constant uuid := auth.uid();
  v_session_id constant uuid := private.try_uuid(v_claims ->> 'session_id');
begin
  return exists (
    select
    from auth.sessions as s
    join public.profiles as p on p.id = s.user_id
    where s.id = v_session_id
      and s.user_id = v_user_id
      and (s.not_after is null or s.not_after > now())
      and p.deleted_at is null
      and (
        p_before_second_factor
        or (s.aal = 'aal2' and v_claims ->> 'aal' = 'aal2')
        or not exists (
          select
          from auth.mfa_factors as f
          where f.user_id = s.user_id and f.status = 'verified'
        )
      )
  );
end;
$$;

-- Policies run it as the caller; it returns the state of the caller's own session only.
grant execute on function private.session_is_live(boolean) to authenticated;

create function private.require_session(p_before_second_factor boolean default false)
  returns uuid
  language plpgsql
  stable
  set search_path = ''
as $$
declare
  v_user_id constant uuid := auth.uid();
begin
  if v_user_id is null then
    raise sqlstate 'PT401' using
      message = 'Sign in to continue.',
      hint = 'NOT_AUTHENTICATED';
  end if;

  if not private.session_is_live(p_before_second_factor) then
    if not p_before_second_factor and private.session_is_live(true) then
      raise sqlstate 'PT403' using
        message = 'Verify a code of your second factor to continue.',
        hint = 'MFA_REQUIRED';
    end if;

    raise sqlstate 'PT401' using
      message = 'This session has ended. Sign in again.',
      hint = 'SESSION_REVOKED';
  end if;

  -- For responses of PostgREST: they are data of one user, not to be stored or run as a page.
  perform set_config(
    'response.headers',
    '[{"Cache-Control": "no-store"}, {"X-Content-Type-Options": "nosniff"}]',
    true
  );

  return v_user_id;
end;
$$;

grant execute on function private.require_session(boolean) to authenticated;
