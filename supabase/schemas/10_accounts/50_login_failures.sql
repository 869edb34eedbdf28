-- Failed sign-ins. After 5 wrong passwords in 15 minutes, for one account or from one client
-- address, even the correct password is refused. A row is one failed attempt. Auth's hook reports
-- every wrong password; the REST API also knows the client address, and attempts for accounts that
-- do not exist. When both report the same attempt, the second report updates the row of the first.

create table private.login_failures (
  id bigint generated always as identity primary key,
  account text not null,
  ip text,
  by_hook boolean not null default false,
  failed_at timestamptz not null default clock_timestamp()
);

comment on table private.login_failures is 'Failed sign-ins of the last 15 minutes.';
comment on column private.login_failures.account is
  'Hash of the email address, which may have no account; session: and its id for the password that
confirms a change.';
comment on column private.login_failures.by_hook is
  'Reported by Auth''s hook, and not yet by the REST API.';

create index login_failures_account_idx on private.login_failures (account, failed_at);
create index login_failures_ip_idx on private.login_failures (ip, failed_at);

-- Returns the seconds until both the account and the client address have fewer than 5 failures in
-- 15 minutes; null when they do.
create function private.failures_wait(p_account text, p_ip text)
  returns integer
  language sql
  volatile
  security definer
  set search_path = ''
as $$
  select greatest(
    private.wait_for_window(
      array(
        select f.failed_at
        from private.login_failures as f
        where f.account = p_account
        order by f.failed_at desc
        limit private.scaled_limit(5)
      ),
      private.scaled_limit(5),
      '15 minutes'
    ),
    private.wait_for_window(
      array(
        select f.failed_at
        from private.login_failures as f
        where f.ip = p_ip
        order by f.failed_at desc
        limit private.scaled_limit(5)
      ),
      private.scaled_limit(5),
      '15 minutes'
    )
  )
$$;

create function private.login_wait(p_email text, p_ip text)
  returns integer
  language sql
  volatile
  security definer
  set search_path = ''
as $$
  select private.failures_wait(private.fingerprint(p_email), p_ip)
$$;

comment on function private.login_wait(text, text) is
  'Returns the seconds to wait before a sign-in, or null. Call it before sending a password to
Auth.';

create function private.note_login_failure(p_email text, p_ip text)
  returns void
  language plpgsql
  security definer
  set search_path = ''
as $$
declare
  v_account constant text := private.fingerprint(p_email);
begin
  update private.login_failures
  set ip = p_ip, by_hook = false
  where id = (
    select f.id
    from private.login_failures as f
    where f.account = v_account
      and f.by_hook
      and f.failed_at > clock_timestamp() - interval '1 minute'
    order by f.id
    limit 1
    for update skip locked
  );

  if not found then
    insert into private.login_failures (account, ip) values (v_account, p_ip);
  end if;
end;
$$;

comment on function private.note_login_failure(text, text) is
  'Records that Auth refused a password. Call it in a transaction of its own.';

grant execute on function
  private.login_wait(text, text),
  private.note_login_failure(text, text)
to service_role;

-- Lets attempts for one account run one after another, so that concurrent attempts cannot exceed
-- the limit. The lock is held until the commit.
create function private.lock_attempts(p_account text)
  returns void
  language sql
  volatile
  set search_path = ''
as $$
  select pg_advisory_xact_lock(hashtextextended('login:' || p_account, 0))
$$;

-- Auth's hook after every password check, in a transaction of its own, so that counted attempts
-- stay counted. It counts per account only: many users can share one client address, and the REST
-- API counts those. When the limit is reached, the response is the same for correct and wrong
-- passwords.
create function private.password_attempt(event jsonb)
  returns jsonb
  language plpgsql
  security definer
  set search_path = ''
as $$
declare
  v_account text;
begin
  select private.fingerprint(u.email)
  into v_account
  from auth.users as u
  where u.id = (event ->> 'user_id')::uuid;

  perform private.lock_attempts(v_account);

  if private.failures_wait(v_account, null) is not null then
    return jsonb_build_object(
      'error', jsonb_build_object(
        'http_code', 429,
        'message', 'Too many failed attempts. Try again in 15 minutes, or reset your password.'
      )
    );
  end if;

  if not (event ->> 'valid')::boolean then
    insert into private.login_failures (account, by_hook) values (v_account, true);
    perform private.log_security((event ->> 'user_id')::uuid, 'sign_in_failed');
  end if;

  return '{"decision": "continue"}';
end;
$$;

grant execute on function private.password_attempt(jsonb) to supabase_auth_admin;

create function private.purge_login_failures()
  returns void
  language sql
  security definer
  set search_path = ''
as $$
  delete from private.login_failures where failed_at < now() - interval '15 minutes';
$$;
