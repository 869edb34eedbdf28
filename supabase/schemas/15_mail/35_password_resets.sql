-- Password resets. The mailed token has 256 random bits and is stored as a hash. Anyone can request a
-- reset for any address, so a new request leaves earlier tokens valid: a token ends when it is used,
-- after its time, or when the password or the address changes.

create table private.password_resets (
  token_hash text primary key,
  user_id uuid not null references public.profiles (id) on delete cascade,
  expires_at timestamptz not null
);

comment on table private.password_resets is 'Mailed tokens that can set a new password.';
comment on column private.password_resets.token_hash is 'SHA-256 of the mailed token.';

create index password_resets_user_id_idx on private.password_resets (user_id);
create index password_resets_expires_at_idx on private.password_resets (expires_at);

-- Tokens are created when their mail is sent, so the outbox stores none.
create function private.issue_reset_token(p_user_id uuid, p_valid interval)
  returns text
  language plpgsql
  security definer
  set search_path = ''
as $$
declare
  v_token constant text := encode(extensions.gen_random_bytes(32), 'hex');
begin
  insert into private.password_resets (token_hash, user_id, expires_at)
  values (private.token_hash(v_token), p_user_id, now() + p_valid);

  return v_token;
end;
$$;

-- Returns the address of the app, for links in mails; null if the vault does not contain it.
create function private.site_url()
  returns text
  language plpgsql
  stable
  security definer
  set search_path = ''
as $$
begin
  return (
    select rtrim(s.decrypted_secret, '/')
    from vault.decrypted_secrets as s
    where s.name = 'site_url' and s.decrypted_secret ~ '^https?://'
  );
end;
$$;

-- Returns the link of a reset mail. A bare origin gets the default path of the page.
create function private.reset_link(p_target text, p_token text)
  returns text
  language sql
  immutable
  set search_path = ''
as $$
  select case
    when p_target ~ '^https?://[^/?#]+/?$' then rtrim(p_target, '/') || '/reset-password?token='
    when strpos(p_target, '?') > 0 then p_target || '&token='
    else p_target || '?token='
  end || p_token
$$;

-- Removes queued reset mails whose address has no account. Requests queue a mail for every address,
-- so that the response takes the same time whether or not the address has an account.
create function private.drop_unknown_reset_mails()
  returns void
  language sql
  security definer
  set search_path = ''
as $$
  delete from private.outbox as o
  where o.kind in ('auth_recovery', 'auth_invite')
    and o.status in ('pending', 'sending')
    and not exists (
      select
      from auth.users as u
      join public.profiles as p on p.id = u.id
      where u.email = o.recipient and p.deleted_at is null
    )
$$;

-- Returns the payload of a reset mail with a new token.
create function private.reset_mail_payload(p_mail private.outbox)
  returns jsonb
  language plpgsql
  security definer
  set search_path = ''
as $$
declare
  v_target constant text := coalesce(p_mail.payload ->> 'target', private.site_url());
  v_user_id uuid;
  v_name text;
  v_token text;
begin
  select u.id, p.name
  into v_user_id, v_name
  from auth.users as u
  join public.profiles as p on p.id = u.id
  where u.email = p_mail.recipient and p.deleted_at is null;

  -- Deleted in this moment: the mail fails, and the next claim removes it.
  if not found then
    return '{}';
  end if;

  v_token := private.issue_reset_token(
    v_user_id, case p_mail.kind when 'auth_invite' then interval '7 days' else '1 hour' end
  );

  return jsonb_strip_nulls(jsonb_build_object(
    'name', v_name, 'token', v_token, 'link', private.reset_link(v_target, v_token)
  ));
end;
$$;

create function private.queue_reset_mail(p_kind text, p_email text, p_target text)
  returns void
  language sql
  security definer
  set search_path = ''
as $$
  insert into private.outbox (kind, recipient, payload, idempotency_key)
  values (
    p_kind, p_email, jsonb_strip_nulls(jsonb_build_object('target', p_target)),
    p_kind || ':' || gen_random_uuid()
  )
$$;

-- Queues a reset mail. Limits: 3 per hour and email address, whether or not it has an account; 20
-- per hour and client address. Definer: anon has no grant on mails.
create function private.request_password_reset(p_arguments jsonb)
  returns void
  language plpgsql
  security definer
  set search_path = ''
as $$
declare
  v_input constant jsonb := private.input_of('forgot_password', p_arguments);
  v_email constant text := private.check_forgot_password(v_input) ->> 'email';
  v_by_email record;
  v_by_ip record;
begin
  v_by_email := private.count_request('reset:email:' || private.fingerprint(v_email), 3, 3600);
  v_by_ip := private.count_request('reset:ip:' || private.client_address(), 20, 3600);
  perform private.raise_rate_limited(
    'Too many reset emails. Try again later.',
    greatest(
      case when not v_by_email.allowed then v_by_email.reset_seconds end,
      case when not v_by_ip.allowed then v_by_ip.reset_seconds end
    )
  );

  perform private.queue_reset_mail('auth_recovery', v_email, null);
end;
$$;

comment on function private.request_password_reset(jsonb) is
  'Open to anon: users request a reset without a session. Sends only to the address of an account.';

-- Sets a new password with a mailed token. Everything that the old password opened ends: sessions,
-- other tokens, and a limit that failed sign-ins had reached. The token also proves the address.
-- Definer: changes Auth's tables.
create function private.reset_password(p_arguments jsonb)
  returns void
  language plpgsql
  security definer
  set search_path = ''
as $$
declare
  v_input constant jsonb := private.input_of('reset_password', p_arguments);
  v_user_id uuid;
begin
  perform private.check_password_reset(v_input);

  select r.user_id
  into v_user_id
  from private.password_resets as r
  join public.profiles as p on p.id = r.user_id
  where r.token_hash = private.token_hash(v_input ->> 'token')
    and r.expires_at > now()
    and p.deleted_at is null
  for update of r;

  if not found then
    raise sqlstate 'PT400' using
      message = 'The reset token is invalid, used or expired. Request a new one.',
      hint = 'INVALID_RESET_TOKEN';
  end if;

  perform private.store_password(v_user_id, v_input ->> 'newPassword');
  delete from auth.sessions where user_id = v_user_id;

  -- An invited user has not confirmed the address at Auth yet, which therefore refuses the sign-in.
  update auth.users
  set email_confirmed_at = now()
  where id = v_user_id and email_confirmed_at is null;

  delete from private.login_failures as f
  using auth.users as u
  where u.id = v_user_id and f.account = private.fingerprint(u.email);

  update private.email_verifications
  set verified_at = now()
  where user_id = v_user_id and verified_at is null;
end;
$$;

comment on function private.reset_password(jsonb) is
  'Open to anon: the user has no session. The token has 256 random bits.';

grant execute on function
  private.request_password_reset(jsonb),
  private.reset_password(jsonb)
to anon, authenticated, service_role;

create function private.purge_password_resets()
  returns void
  language sql
  security definer
  set search_path = ''
as $$
  delete from private.password_resets where expires_at < now();
$$;
