-- Verification of email addresses. Users can work without it; notification mails are sent only to
-- verified addresses. A changed address must be verified again.

create table private.email_verifications (
  user_id uuid primary key references public.profiles (id) on delete cascade,
  token_hash text not null,
  expires_at timestamptz not null default now() + interval '7 days',
  verified_at timestamptz
);

comment on table private.email_verifications is
  'Verification state of each account''s current email address.';
comment on column private.email_verifications.token_hash is
  'SHA-256 of the token in the mailed link.';

create unique index email_verifications_token_hash_key on private.email_verifications (token_hash);

create function private.token_hash(p_token text)
  returns text
  language sql
  immutable
  parallel safe
  set search_path = ''
as $$
  select encode(sha256(convert_to(p_token, 'UTF8')), 'hex')
$$;

-- Returns the key under which mails to a mailbox are counted: one mailbox has many addresses, such as
-- ada+1@example.com.
create function private.mailbox_fingerprint(p_email text)
  returns text
  language sql
  immutable
  parallel safe
  set search_path = ''
as $$
  select private.fingerprint(regexp_replace(p_email, '\+.*@', '@'))
$$;

-- Queues a verification mail. A mailbox gets at most 5 per hour and 10 per day, for all accounts
-- together; the account works without, and its user can request the mail again.
create function private.send_verification(p_user_id uuid, p_email text)
  returns void
  language plpgsql
  security definer
  set search_path = ''
as $$
declare
  v_token constant text := encode(extensions.gen_random_bytes(32), 'hex');
  v_mailbox constant text := private.mailbox_fingerprint(p_email);
  v_per_hour record;
  v_per_day record;
begin
  v_per_hour := private.count_request('verify:hour:' || v_mailbox, 5, 3600);
  v_per_day := private.count_request('verify:day:' || v_mailbox, 10, 86400);

  insert into private.email_verifications as v (user_id, token_hash)
  select p.id, private.token_hash(v_token)
  from public.profiles as p
  where p.id = p_user_id and p.deleted_at is null
  on conflict (user_id) do update
  set token_hash = excluded.token_hash, expires_at = excluded.expires_at, verified_at = null;

  insert into private.outbox (kind, user_id, recipient, payload, idempotency_key)
  select
    'verify_email',
    p_user_id,
    p_email,
    jsonb_build_object('name', p.name, 'path', '/auth/verify-email?token=' || v_token),
    'verify_email:' || private.token_hash(v_token)
  from public.profiles as p
  where p.id = p_user_id and p.deleted_at is null and v_per_hour.allowed and v_per_day.allowed;
end;
$$;

create function private.tg_users__verify_email()
  returns trigger
  language plpgsql
  security definer
  set search_path = ''
as $$
begin
  perform private.send_verification(new.id, new.email);
  return null;
end;
$$;

create trigger onswift_700_verify_email
  after insert on auth.users
  for each row
  when (new.email <> '' and new.email_confirmed_at is null)
  execute function private.tg_users__verify_email();

-- Accounts created with a confirmed address are imported ones: Auth itself confirms addresses
-- later.
create function private.tg_users__accept_email()
  returns trigger
  language plpgsql
  security definer
  set search_path = ''
as $$
begin
  insert into private.email_verifications (user_id, token_hash, verified_at)
  values (new.id, private.token_hash(gen_random_uuid()::text), new.email_confirmed_at);

  return null;
end;
$$;

create trigger onswift_700_accept_email
  after insert on auth.users
  for each row
  when (new.email_confirmed_at is not null)
  execute function private.tg_users__accept_email();

-- Sends another verification mail, at most 3 per hour, counted from the queued mails. Definer:
-- callers have no grant on addresses and mails.
create function private.resend_verification()
  returns void
  language plpgsql
  security definer
  set search_path = ''
as $$
declare
  v_state private.email_verifications;
  v_email text;
begin
  -- Locked, so that concurrent requests are counted one after another.
  select v.*
  into v_state
  from private.email_verifications as v
  where v.user_id = auth.uid()
  for update;

  select u.email into v_email from auth.users as u where u.id = auth.uid();

  if v_state.verified_at is not null or v_email is null then
    raise sqlstate 'PT409' using
      message = 'This email address is already verified.',
      hint = 'INVALID_STATE';
  end if;

  perform private.raise_rate_limited(
    'You can request at most 3 verification emails per hour. Check your spam folder.',
    private.wait_for_window(
      array(
        select o.created_at
        from private.outbox as o
        where o.user_id = auth.uid() and o.kind = 'verify_email'
        order by o.created_at desc
        limit private.scaled_limit(3)
      ),
      private.scaled_limit(3),
      '1 hour'
    )
  );

  perform private.send_verification(auth.uid(), v_email);
end;
$$;

-- Called by api.resend_verification as the caller; sends to the caller's own address only.
grant execute on function private.resend_verification() to authenticated;

-- Marks the address of a sign-up as verified; returns whether the token is one of a sign-up.
create function private.verify_sign_up(p_token text)
  returns boolean
  language plpgsql
  security definer
  set search_path = ''
as $$
begin
  update private.email_verifications as v
  set verified_at = coalesce(v.verified_at, now())
  from public.profiles as p
  where v.token_hash = private.token_hash(p_token)
    and (v.expires_at > now() or v.verified_at is not null)
    and p.id = v.user_id
    and p.deleted_at is null;

  return found;
end;
$$;

-- Definer: the token proves access to the address, with or without a session. The link can be
-- opened several times, as mail scanners do.
create function private.verify_email(p_token text)
  returns void
  language plpgsql
  security definer
  set search_path = ''
as $$
begin
  perform private.raise_field_errors(
    private.check_text(jsonb_build_object('token', p_token), 'token', 'Token', 1, 512)
  );

  if not private.verify_sign_up(p_token) and not private.confirm_email_change(p_token) then
    raise sqlstate 'PT400' using
      message = 'This verification link is invalid or expired. Request a new one.',
      hint = 'INVALID_VERIFICATION_TOKEN';
  end if;
end;
$$;

comment on function private.verify_email(text) is
  'Open to anon: the mailed link is opened without a session. Its token has 256 random bits.';

grant execute on function private.verify_email(text) to anon, authenticated, service_role;

-- Definer: returns the caller's email address and whether it is verified; no exposed table contains
-- them.
create function private.my_email(out email text, out verified boolean)
  language sql
  stable
  security definer
  set search_path = ''
as $$
  select u.email, v.verified_at is not null
  from auth.users as u
  left join private.email_verifications as v on v.user_id = u.id
  where u.id = auth.uid()
$$;

-- Called by api.get_me as the caller; returns the caller's own address only.
grant execute on function private.my_email() to authenticated;
