-- The security log of an account: sign-ins, failed ones, and changes of password, address and second
-- factors, however they were made. Its owner can read it. Kept for 90 days.

create table private.security_events (
  id bigint generated always as identity primary key,
  user_id uuid not null references public.profiles (id) on delete cascade,
  type text not null,
  new_device boolean not null default false,
  user_agent text,
  ip text,
  created_at timestamptz not null default clock_timestamp(),

  constraint type_is_known check (
    type in (
      'signed_in', 'sign_in_failed', 'session_ended', 'password_changed', 'email_changed',
      'factor_added', 'factor_removed', 'factor_failed'
    )
  )
);

comment on table private.security_events is 'What happened to the access to an account.';
comment on column private.security_events.new_device is
  'Whether the log had no earlier sign-in with this user agent.';

create index security_events_user_id_idx on private.security_events (user_id, id desc);
create index security_events_created_at_idx on private.security_events (created_at);

create function private.tg_sessions__log_sign_in()
  returns trigger
  language plpgsql
  security definer
  set search_path = ''
as $$
begin
  insert into private.security_events (user_id, type, new_device, user_agent, ip)
  select
    p.id,
    'signed_in',
    not exists (
      select
      from private.security_events as e
      where e.user_id = p.id
        and e.type = 'signed_in'
        and e.user_agent is not distinct from private.device_of(new.user_agent)
    ),
    private.device_of(new.user_agent),
    host(new.ip)
  from public.profiles as p
  where p.id = new.user_id;

  return null;
end;
$$;

create trigger onswift_700_log_sign_in
  after insert on auth.sessions
  for each row
  execute function private.tg_sessions__log_sign_in();

-- Logs an event of an account; the session's device is the caller's, if the caller is signed in.
create function private.log_security(p_user_id uuid, p_type text)
  returns void
  language sql
  security definer
  set search_path = ''
as $$
  insert into private.security_events (user_id, type, user_agent, ip)
  select p.id, p_type, private.device_of(s.user_agent), host(s.ip)
  from public.profiles as p
  left join auth.sessions as s
    on s.id = private.try_uuid(auth.jwt() ->> 'session_id') and s.user_id = p.id
  where p.id = p_user_id and p.deleted_at is null
$$;

create function private.security_event_document(p_event private.security_events)
  returns jsonb
  language plpgsql
  stable
  set search_path = ''
as $$
begin
  return jsonb_build_object(
    'id', p_event.id::text,
    'type', p_event.type,
    'newDevice', p_event.new_device,
    'userAgent', p_event.user_agent,
    'ipAddress', p_event.ip,
    'createdAt', private.iso(p_event.created_at)
  );
end;
$$;

-- Definer: returns the caller's own events only.
create function private.my_security_events(p_before bigint, p_limit integer)
  returns jsonb
  language sql
  stable
  security definer
  set search_path = ''
as $$
  select coalesce(jsonb_agg(private.security_event_document(e) order by e.id desc), '[]')
  from (
    select s.*
    from private.security_events as s
    where s.user_id = auth.uid() and (p_before is null or s.id < p_before)
    order by s.id desc
    limit p_limit
  ) as e
$$;

-- The same for the export, which reads all of them, piece by piece. Each document is made by the piece
-- that has it.
create function private.all_my_security_events()
  returns table (id bigint, created_at timestamptz, event private.security_events)
  language sql
  stable
  security definer
  set search_path = ''
as $$
  select s.id, s.created_at, s from private.security_events as s where s.user_id = auth.uid()
$$;

-- Called by api functions as the caller.
grant execute on function
  private.security_event_document(private.security_events),
  private.my_security_events(bigint, integer),
  private.all_my_security_events()
to authenticated;

create function api.list_security_events(before text default null, "limit" jsonb default null)
  returns jsonb
  language plpgsql
  stable
  set search_path = ''
as $$
declare
  v_input constant jsonb := private.input_of(
    'list_security_events', jsonb_build_object('before', before, 'limit', "limit")
  );
  v_limit constant integer := private.page_limit(v_input, 50);
  v_events jsonb;
begin
  perform private.require_session();
  perform private.raise_field_errors(
    private.check_page(v_input)
    || case
      when before !~ '^[0-9]{1,18}$'
        then private.field_error('before', 'Before must be the id of a security event.')
      else '[]'
    end
  );

  v_events := private.my_security_events(before::bigint, v_limit + 1);

  return jsonb_build_object(
    'events',
    case when jsonb_array_length(v_events) > v_limit then v_events - v_limit else v_events end,
    'hasMore', jsonb_array_length(v_events) > v_limit
  );
end;
$$;

comment on function api.list_security_events(text, jsonb) is
  'Returns the security log of the caller''s account, newest first. type: signed_in, sign_in_failed,
session_ended, password_changed, email_changed, factor_added, factor_removed or factor_failed (a wrong
code). newDevice: the first sign-in with this user agent in the log. Events are kept for 90 days.
before: the id of an event; only earlier ones are returned. limit: 50, at most 100.
Returns {events: [{id, type, newDevice, userAgent, ipAddress, createdAt}], hasMore}.
Requires: a signed-in user.
Errors: VALIDATION_ERROR, NOT_AUTHENTICATED, SESSION_REVOKED.';

grant execute on function api.list_security_events(text, jsonb) to authenticated;

create function private.purge_security_events()
  returns void
  language sql
  security definer
  set search_path = ''
as $$
  delete from private.security_events where created_at < now() - interval '90 days';
$$;
