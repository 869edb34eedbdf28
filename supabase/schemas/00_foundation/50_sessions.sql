-- Access tokens stay valid up to 15 minutes after sign-out. These checks end them at once: every
-- api function starts with `require_session`, and a restrictive policy on every table with user
-- data calls `session_is_live`.

-- Definer: reads Auth's table of sessions.
create function private.session_is_live()
  returns boolean
  language plpgsql
  stable
  security definer
  set search_path = ''
as $$
begin
  return exists (
    select
    from auth.sessions as s
    join public.profiles as p on p.id = s.user_id
    where s.id = private.try_uuid(auth.jwt() ->> 'session_id')
      and s.user_id = auth.uid()
      and (s.not_after is null or s.not_after > now())
      and p.deleted_at is null
  );
end;
$$;

-- Policies run it as the caller; it returns the state of the caller's own session only.
grant execute on function private.session_is_live() to authenticated;

create function private.require_session()
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

  if not private.session_is_live() then
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

grant execute on function private.require_session() to authenticated;
