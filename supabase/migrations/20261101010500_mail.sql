-- Release 0.2.0, from supabase/schemas/15_mail. A later change is made there and in a migration of its own.


-- ── 15_mail/10_outbox.sql ───────────────────────────────────────────────────────────────────────

-- Mails to send. A row is written in the transaction that causes the mail, so neither exists
-- without the other. A worker claims rows, sends them and reports the result. If a worker stops,
-- its rows can be claimed again after 2 minutes; the mail provider drops duplicates by their
-- idempotency key.

create table private.outbox (
  id uuid primary key default gen_random_uuid(),
  kind text not null,
  user_id uuid references public.profiles (id) on delete cascade,
  sender_id uuid references public.profiles (id) on delete set null,
  recipient text not null,
  payload jsonb not null default '{}',
  idempotency_key text not null,
  status text not null default 'pending',
  attempts integer not null default 0,
  next_attempt_at timestamptz not null default now(),
  last_error text,
  created_at timestamptz not null default clock_timestamp(),
  sent_at timestamptz,

  constraint status_is_known check (
    status in ('pending', 'sending', 'sent', 'suppressed', 'dead')
  ),
  constraint sent_at_only_when_sent check ((status = 'sent') = (sent_at is not null))
);

comment on table private.outbox is
  'Mails by status: pending, sending, sent, suppressed (no longer wanted) or dead (given up).';
comment on column private.outbox.kind is
  'The template: verify_email, auth_ and Auth''s action, or a notification type.';
comment on column private.outbox.sender_id is
  'The user whose action caused a notification mail.';
comment on column private.outbox.payload is
  'Values for the template; a path becomes a link when the mail is claimed. Cleared when the mail is
sent or suppressed, because it can contain secrets.';
comment on column private.outbox.next_attempt_at is
  'When the mail can be sent, or retried. While sending: when it can be claimed again.';

create unique index outbox_idempotency_key_key on private.outbox (idempotency_key);
create index outbox_due_idx
  on private.outbox (next_attempt_at) where status in ('pending', 'sending');
create index outbox_user_id_idx on private.outbox (user_id);
create index outbox_sender_id_idx on private.outbox (sender_id);

-- Returns the URL of the REST API for links in mails; null if the vault does not contain the URL of
-- the project.
create function private.api_url()
  returns text
  language plpgsql
  stable
  security definer
  set search_path = ''
as $$
begin
  return (
    select s.decrypted_secret || '/functions/v1/api'
    from vault.decrypted_secrets as s
    where s.name = 'project_url' and s.decrypted_secret ~ '^https?://'
  );
end;
$$;

-- Claims up to p_limit mails that are due. Concurrent workers get different mails; they prepare them
-- one after another, because mails are merged and counted.
create function private.claim_mail(p_limit integer)
  returns table (
    id uuid, kind text, user_id uuid, recipient text, payload jsonb, idempotency_key text,
    attempts integer
  )
  language plpgsql
  security definer
  set search_path = ''
as $$
begin
  perform pg_advisory_xact_lock(hashtextextended('outbox', 0));
  perform private.drop_unknown_reset_mails();
  perform private.suppress_unwanted_mail(p_limit);
  perform private.merge_mails();
  perform private.postpone_mails();

  return query
    update private.outbox as o
    set
      status = 'sending',
      attempts = o.attempts + 1,
      next_attempt_at = now() + interval '2 minutes'
    where o.id in (
      select due.id
      from private.outbox as due
      where due.status in ('pending', 'sending') and due.next_attempt_at <= now()
      order by due.next_attempt_at
      limit least(greatest(p_limit, 1), 100)
      for update skip locked
    )
    returning
      o.id, o.kind, o.user_id, o.recipient,
      case
        when o.kind in ('auth_recovery', 'auth_invite') then private.reset_mail_payload(o)
        when o.payload ? 'path'
          then o.payload - 'path'
            || jsonb_build_object('link', private.api_url() || (o.payload ->> 'path'))
        else o.payload || private.unsubscribe_links(o) || private.app_link(o.payload)
      end,
      o.idempotency_key, o.attempts;
end;
$$;

create function private.mail_sent(p_id uuid)
  returns void
  language sql
  security definer
  set search_path = ''
as $$
  update private.outbox
  set status = 'sent', sent_at = now(), payload = '{}', last_error = null
  where id = p_id and status = 'sending';
$$;

-- Retries after 30 seconds, then with a doubled delay each time; gives up after 8 attempts.
create function private.mail_failed(p_id uuid, p_error text)
  returns void
  language sql
  security definer
  set search_path = ''
as $$
  update private.outbox
  set
    status = case when attempts >= 8 then 'dead' else 'pending' end,
    next_attempt_at = now() + interval '30 seconds' * power(2, least(attempts, 8) - 1),
    last_error = left(p_error, 1000)
  where id = p_id and status = 'sending';
$$;

grant execute on function
  private.claim_mail(integer),
  private.mail_sent(uuid),
  private.mail_failed(uuid, text)
to service_role;


-- ── 15_mail/12_app_pages.sql ────────────────────────────────────────────────────────────────────

-- The pages of the app that links in mails lead to. Operators change a path with an update; the address
-- of the app is `site_url` in the vault. A word in braces is a value of the mail.

create table private.app_pages (
  thing text primary key,
  path text not null,

  constraint path_starts_with_a_slash check (path ~ '^/')
);

comment on table private.app_pages is
  'Paths of the app by what a notification is about. Without a row, its mails have no button.';

insert into private.app_pages (thing, path)
values
  ('project', '/projects/{projectId}'),
  ('team', '/projects/{projectId}'),
  ('task', '/projects/{projectId}/tasks/{taskId}'),
  ('deliverable', '/deliverables/{entityId}'),
  ('conversation', '/conversations/{conversationId}'),
  ('review', '/reviews/{entityId}');

-- Returns {appUrl} for the payload of a notification mail; {} if the app's address, the page or one of
-- its values is not known.
create function private.app_link(p_payload jsonb)
  returns jsonb
  language plpgsql
  stable
  security definer
  set search_path = ''
as $$
declare
  v_path text;
  v_key text;
begin
  select g.path into v_path from private.app_pages as g where g.thing = p_payload ->> 'entityType';

  foreach v_key in array array['projectId', 'taskId', 'conversationId', 'entityId'] loop
    v_path := replace(v_path, '{' || v_key || '}', coalesce(p_payload ->> v_key, '{}'));
  end loop;

  return case
    when v_path is null or v_path ~ '[{}]' or private.site_url() is null then '{}'
    else jsonb_build_object('appUrl', private.site_url() || v_path)
  end;
end;
$$;


-- ── 15_mail/20_outbox_worker.sql ────────────────────────────────────────────────────────────────

-- The worker that sends the mails: an edge function, called after each commit that queues mails,
-- and once a minute for retries.

create function private.tg_outbox__wake()
  returns trigger
  language plpgsql
  security definer
  set search_path = ''
as $$
begin
  perform private.wake_worker('outbox');
  return null;
end;
$$;

create trigger _900_wake
  after insert on private.outbox
  for each statement
  execute function private.tg_outbox__wake();

-- Run by a job every minute; calls the worker only if mails are due. Gives up mails whose worker
-- stopped too often.
create function private.wake_outbox_worker()
  returns void
  language plpgsql
  security definer
  set search_path = ''
as $$
begin
  update private.outbox
  set
    status = 'dead',
    last_error = coalesce(last_error, 'The worker stopped while sending this mail.')
  where status = 'sending' and attempts >= 8 and next_attempt_at <= now();

  if exists (
    select from private.outbox where status in ('pending', 'sending') and next_attempt_at <= now()
  ) then
    perform private.wake_worker('outbox');
  end if;
end;
$$;

-- Deletes sent and suppressed mails after 30 days. Mails that were given up are kept for 90 days,
-- so that operators can inspect them.
create function private.purge_outbox()
  returns void
  language sql
  security definer
  set search_path = ''
as $$
  delete from private.outbox
  where (status = 'sent' and sent_at < now() - interval '30 days')
    or (status = 'suppressed' and created_at < now() - interval '30 days')
    or (status = 'dead' and created_at < now() - interval '90 days');
$$;


-- ── 15_mail/30_email_verification.sql ───────────────────────────────────────────────────────────

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


-- ── 15_mail/35_password_resets.sql ──────────────────────────────────────────────────────────────

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


-- ── 15_mail/36_email_changes.sql ────────────────────────────────────────────────────────────────

-- Changes of the email address. The caller enters the password, the new address confirms with a mailed
-- token of 256 random bits, and the old address is notified. Nothing changes before the confirmation.

create table private.email_changes (
  user_id uuid primary key references public.profiles (id) on delete cascade,
  session_id uuid,
  new_email text not null,
  token_hash text not null,
  expires_at timestamptz not null,
  confirmed_at timestamptz
);

comment on table private.email_changes is 'The latest change of address that each account requested.';
comment on column private.email_changes.session_id is
  'The session that requested the change. It stays when the others end.';
comment on column private.email_changes.token_hash is 'SHA-256 of the mailed token.';

create unique index email_changes_token_hash_key on private.email_changes (token_hash);

-- Mails a confirmation to the new address; returns false if the password is wrong. Limits: 3 per hour
-- for each account, and for each new address. Definer: reads and changes Auth's tables.
create function private.request_email_change(p_password text, p_new_email text)
  returns boolean
  language plpgsql
  security definer
  set search_path = ''
as $$
declare
  v_token constant text := encode(extensions.gen_random_bytes(32), 'hex');
  v_by_user record;
  v_by_email record;
begin
  if not private.password_is_correct(p_password) then
    return false;
  end if;

  if exists (select from auth.users as u where u.id = auth.uid() and u.email = p_new_email) then
    perform private.raise_field_errors(private.field_error(
      'newEmail', 'New email address must differ from the current address.'
    ));
  end if;

  if exists (select from auth.users as u where u.email = p_new_email) then
    raise sqlstate 'PT409' using
      message = 'This email address already has an account.',
      hint = 'EMAIL_EXISTS';
  end if;

  v_by_user := private.count_request('email_change:user:' || auth.uid(), 3, 3600);
  v_by_email := private.count_request(
    'email_change:email:' || private.mailbox_fingerprint(p_new_email), 3, 3600
  );
  perform private.raise_rate_limited(
    'You can request at most 3 changes of the email address per hour.',
    greatest(
      case when not v_by_user.allowed then v_by_user.reset_seconds end,
      case when not v_by_email.allowed then v_by_email.reset_seconds end
    )
  );

  insert into private.email_changes as c (user_id, session_id, new_email, token_hash, expires_at)
  values (
    auth.uid(), private.try_uuid(auth.jwt() ->> 'session_id'), p_new_email,
    private.token_hash(v_token), now() + interval '24 hours'
  )
  on conflict (user_id) do update
  set
    session_id = excluded.session_id, new_email = excluded.new_email,
    token_hash = excluded.token_hash, expires_at = excluded.expires_at, confirmed_at = null;

  insert into private.outbox (kind, user_id, recipient, payload, idempotency_key)
  select
    'confirm_new_email', p.id, p_new_email,
    jsonb_build_object('name', p.name, 'path', '/auth/verify-email?token=' || v_token),
    'confirm_new_email:' || private.token_hash(v_token)
  from public.profiles as p
  where p.id = auth.uid();

  return true;
end;
$$;

-- Called by api.change_email as the caller; changes the caller's own account only.
grant execute on function private.request_email_change(text, text) to authenticated;

-- Changes the address; returns whether the token is one of a change. The link can be opened several
-- times, as mail scanners do.
create function private.confirm_email_change(p_token text)
  returns boolean
  language plpgsql
  security definer
  set search_path = ''
as $$
declare
  v_change private.email_changes;
begin
  select c.*
  into v_change
  from private.email_changes as c
  join public.profiles as p on p.id = c.user_id
  where c.token_hash = private.token_hash(p_token)
    and c.expires_at > now()
    and p.deleted_at is null
  for update of c;

  if not found then
    return false;
  end if;

  if v_change.confirmed_at is not null then
    return true;
  end if;

  -- First, because the trigger of the update below looks for it.
  update private.email_changes set confirmed_at = now() where user_id = v_change.user_id;

  update auth.users
  set
    email = v_change.new_email, email_confirmed_at = coalesce(email_confirmed_at, now()),
    email_change = '', email_change_token_new = '', email_change_token_current = '',
    updated_at = now()
  where id = v_change.user_id;

  update auth.identities
  set
    identity_data = identity_data
      || jsonb_build_object('email', v_change.new_email, 'email_verified', true),
    updated_at = now()
  where user_id = v_change.user_id and provider = 'email';

  perform private.end_other_sessions(v_change.user_id, v_change.session_id);
  return true;
exception when unique_violation then
  raise sqlstate 'PT409' using
    message = 'This email address already has an account.',
    hint = 'EMAIL_EXISTS';
end;
$$;

-- After a change of the address, by the user or an administrator: tokens mailed to the old address
-- end, the old address is notified, and the new one is verified unless a confirmation has just
-- proved it.
create function private.tg_users__email_changed()
  returns trigger
  language plpgsql
  security definer
  set search_path = ''
as $$
begin
  delete from private.password_resets where user_id = new.id;
  perform private.queue_account_mail('email_changed', new.id, old.email);
  perform private.log_security(new.id, 'email_changed');

  update private.email_verifications as v
  set verified_at = c.confirmed_at, token_hash = c.token_hash
  from private.email_changes as c
  where v.user_id = new.id
    and c.user_id = new.id
    and c.new_email = new.email
    and c.confirmed_at is not null;

  if not found then
    perform private.send_verification(new.id, new.email);
  end if;

  return null;
end;
$$;

create trigger onswift_701_email_changed
  after update of email on auth.users
  for each row
  when (new.email <> '' and new.email is distinct from old.email)
  execute function private.tg_users__email_changed();

-- After a change of the password, by the user or an administrator.
create function private.tg_users__password_changed()
  returns trigger
  language plpgsql
  security definer
  set search_path = ''
as $$
begin
  delete from private.password_resets where user_id = new.id;
  delete from private.email_changes where user_id = new.id and confirmed_at is null;
  perform private.queue_account_mail('password_changed', new.id, new.email);
  perform private.log_security(new.id, 'password_changed');
  return null;
end;
$$;

create trigger onswift_702_password_changed
  after update of encrypted_password on auth.users
  for each row
  when (
    new.encrypted_password <> '' and new.encrypted_password is distinct from old.encrypted_password
  )
  execute function private.tg_users__password_changed();

-- Queues a mail that notifies a user of a change of the account.
create function private.queue_account_mail(p_kind text, p_user_id uuid, p_email text)
  returns void
  language sql
  security definer
  set search_path = ''
as $$
  insert into private.outbox (kind, user_id, recipient, payload, idempotency_key)
  select
    p_kind, p.id, p_email, jsonb_build_object('name', p.name), p_kind || ':' || gen_random_uuid()
  from public.profiles as p
  where p.id = p_user_id and p.deleted_at is null and p_email <> ''
$$;

-- Changes the caller's password and ends all other sessions; returns false if the current password is
-- wrong. Limit: 5 per hour, because each one sends a mail.
create function private.change_password(p_current text, p_new text)
  returns boolean
  language plpgsql
  security definer
  set search_path = ''
as $$
declare
  v_count record;
begin
  if not private.password_is_correct(p_current) then
    return false;
  end if;

  v_count := private.count_request('password_change:user:' || auth.uid(), 5, 3600);
  perform private.raise_rate_limited(
    'You can change the password at most 5 times per hour.',
    case when not v_count.allowed then v_count.reset_seconds end
  );

  perform private.store_password(auth.uid(), p_new);
  perform private.end_other_sessions(auth.uid(), private.try_uuid(auth.jwt() ->> 'session_id'));
  return true;
end;
$$;

-- Called by api.change_password as the caller; changes the caller's own account only.
grant execute on function private.change_password(text, text) to authenticated;


-- ── 15_mail/40_auth_mails.sql ───────────────────────────────────────────────────────────────────

-- Auth's hook for mails. Auth's own tokens are six-digit codes and hashes of them, so none is ever
-- mailed: a password reset and an invitation get a token of 256 random bits instead, and everything
-- else is refused. `custom_access_token` refuses a session for a guessed code.

-- Returns what an app calls instead of a mail of Auth.
create function private.mail_alternative(p_action text)
  returns text
  language sql
  immutable
  set search_path = ''
as $$
  select case p_action
    when 'email_change' then 'Change the email address with api.change_email.'
    when 'reauthentication' then 'Change the password with api.change_password.'
    else 'Sign-in links and codes are not available. Sign in with the password.'
  end
$$;

-- Requests that go directly to Auth have a count of their own, so that they cannot use up the mails
-- that a user requests from OnSwift. Mails beyond 3 per hour are dropped without an error: the
-- response must be the same whether or not the address has an account.
create function private.send_auth_mail(event jsonb)
  returns jsonb
  language plpgsql
  security definer
  set search_path = ''
as $$
declare
  v_email constant text := event #>> '{user,email}';
  v_action constant text := event #>> '{email_data,email_action_type}';
  v_redirect_to constant text := event #>> '{email_data,redirect_to}';
  v_count record;
begin
  if v_action = 'recovery' then
    v_count := private.count_request('reset:mail:' || private.fingerprint(v_email), 3, 3600);
    if v_count.allowed then
      perform private.queue_reset_mail('auth_recovery', v_email, v_redirect_to);
    end if;
    return '{}';
  end if;

  if v_action = 'invite' then
    perform private.queue_reset_mail('auth_invite', v_email, v_redirect_to);
    return '{}';
  end if;

  return jsonb_build_object('error', jsonb_build_object(
    'http_code', 403, 'message', private.mail_alternative(v_action)
  ));
end;
$$;

grant execute on function private.send_auth_mail(jsonb) to supabase_auth_admin;


-- ── 15_mail/50_operations.sql ───────────────────────────────────────────────────────────────────

-- POST /auth/forgot-password, /auth/reset-password, /auth/change-password and /auth/change-email;
-- GET and DELETE /auth/sessions. And confirm_password, for second factors, which Auth itself enrols.

create function api.forgot_password(email text default null)
  returns void
  language plpgsql
  volatile
  set search_path = ''
as $$
begin
  perform private.request_password_reset(jsonb_build_object('email', email));
end;
$$;

comment on function api.forgot_password(text) is
  'Sends a token to reset the password. The result is the same, and takes the same time, whether or
not the address has an account. Earlier tokens stay valid: each works once, within one hour, until
the password changes.
Limits: 3 per hour and email address, 20 per hour and client address.
Requires: nothing; anonymous callers are allowed.
Errors: VALIDATION_ERROR, RATE_LIMITED.';

create function api.reset_password(token text default null, "newPassword" text default null)
  returns void
  language plpgsql
  volatile
  set search_path = ''
as $$
begin
  perform private.reset_password(
    jsonb_build_object('token', token, 'newPassword', "newPassword")
  );
end;
$$;

comment on function api.reset_password(text, text) is
  'Sets a new password with the mailed token, ends all sessions of the user and the calendar link,
marks the address as verified and ends a limit that failed sign-ins had reached. An invalid new
password does not use up the token. The user gets a mail about the change.
newPassword: 8 characters to 72 bytes, with an uppercase and a lowercase letter, a number and a
special character; not a common password and not the current one.
Requires: nothing; anonymous callers are allowed.
Errors: VALIDATION_ERROR, WEAK_PASSWORD (if only the strength of the password is insufficient),
INVALID_RESET_TOKEN.';

create function api.change_password(
  "currentPassword" text default null, "newPassword" text default null
)
  returns jsonb
  language plpgsql
  volatile
  set search_path = ''
as $$
declare
  v_input constant jsonb := private.input_of(
    'change_password',
    jsonb_build_object('currentPassword', "currentPassword", 'newPassword', "newPassword")
  );
begin
  perform private.require_session();
  perform private.check_password_change(v_input);

  if not private.change_password("currentPassword", "newPassword") then
    return private.wrong_password();
  end if;

  perform set_config('response.status', '204', true);
  return null;
end;
$$;

comment on function api.change_password(text, text) is
  'Changes the caller''s password. All other sessions and the calendar link end, mailed reset tokens stop
working, and the user gets a mail about the change. newPassword: as for reset_password.
Returns null. A wrong password is returned instead of raised, as by delete_me.
Limits: 5 wrong passwords in 15 minutes and session, 5 changes per hour.
Requires: a signed-in user.
Errors: WRONG_PASSWORD (returned, not raised), WEAK_PASSWORD, RATE_LIMITED, VALIDATION_ERROR,
NOT_AUTHENTICATED, SESSION_REVOKED.';

create function api.change_email(password text default null, "newEmail" text default null)
  returns jsonb
  language plpgsql
  volatile
  set search_path = ''
as $$
declare
  v_input constant jsonb := private.input_of(
    'change_email', jsonb_build_object('password', password, 'newEmail', "newEmail")
  );
begin
  perform private.require_session();

  if not private.request_email_change(password, private.check_email_change(v_input)) then
    return private.wrong_password();
  end if;

  return null;
end;
$$;

comment on function api.change_email(text, text) is
  'Sends a link to the new address. Opening it within 24 hours (verify_email) changes the address,
ends all sessions except the one that requested the change, and sends a mail to the old address.
Until then nothing changes. A newer request replaces an earlier one.
Returns null. A wrong password is returned instead of raised, as by delete_me.
Limits: 5 wrong passwords in 15 minutes and session; 3 requests per hour, also for one new address.
Requires: a signed-in user.
Errors: WRONG_PASSWORD (returned, not raised), EMAIL_EXISTS, RATE_LIMITED, VALIDATION_ERROR,
NOT_AUTHENTICATED, SESSION_REVOKED.';

create function api.confirm_password(password text default null)
  returns jsonb
  language plpgsql
  volatile
  set search_path = ''
as $$
declare
  v_input constant jsonb := private.input_of(
    'confirm_password', jsonb_build_object('password', password)
  );
begin
  perform private.require_session();
  perform private.raise_field_errors(
    private.check_text('{"password": null}' || v_input, 'password', 'Password', 1, 1000)
  );

  if not private.confirm_password(password) then
    return private.wrong_password();
  end if;

  perform set_config('response.status', '204', true);
  return null;
end;
$$;

comment on function api.confirm_password(text) is
  'Confirms that the user knows the password: within 15 minutes, this session can add one second factor
(Auth''s enrol, challenge and verify).
Returns null. A wrong password is returned instead of raised, as by delete_me.
Limits: 5 wrong passwords in 15 minutes and session.
Requires: a signed-in user.
Errors: WRONG_PASSWORD (returned, not raised), RATE_LIMITED, VALIDATION_ERROR, NOT_AUTHENTICATED,
SESSION_REVOKED.';

-- Returns the user agent of a device. The REST API signs in for its clients and puts their user agent in
-- brackets.
create function private.device_of(p_user_agent text)
  returns text
  language sql
  immutable
  parallel safe
  set search_path = ''
as $$
  select left(regexp_replace(p_user_agent, '^onswift-api \((.*)\)$', '\1'), 500)
$$;

-- Definer: reads Auth's table of sessions, the caller's own only.
create function private.my_sessions()
  returns jsonb
  language sql
  stable
  security definer
  set search_path = ''
as $$
  select coalesce(
    jsonb_agg(
      jsonb_build_object(
        'id', s.id,
        'createdAt', private.iso(s.created_at + private.session_head_start()),
        'lastUsedAt', private.iso(
          greatest(s.created_at + private.session_head_start(), s.refreshed_at at time zone 'UTC')
        ),
        'userAgent', private.device_of(s.user_agent),
        'ipAddress', host(s.ip),
        'current', s.id = private.try_uuid(auth.jwt() ->> 'session_id')
      )
      order by s.created_at desc, s.id
    ),
    '[]'
  )
  from auth.sessions as s
  where s.user_id = auth.uid() and (s.not_after is null or s.not_after > now())
$$;

-- Definer: deletes a session of the caller; returns whether there is one with this id.
create function private.revoke_my_session(p_session_id uuid)
  returns boolean
  language plpgsql
  security definer
  set search_path = ''
as $$
begin
  delete from auth.sessions where id = p_session_id and user_id = auth.uid();
  if not found then
    return false;
  end if;

  perform private.log_security(auth.uid(), 'session_ended');
  return true;
end;
$$;

-- Called by api functions as the caller.
grant execute on function
  private.my_sessions(),
  private.revoke_my_session(uuid)
to authenticated;

create function api.list_sessions()
  returns jsonb
  language plpgsql
  stable
  set search_path = ''
as $$
begin
  perform private.require_session();
  return jsonb_build_object('sessions', private.my_sessions());
end;
$$;

comment on function api.list_sessions() is
  'Returns the caller''s sessions, newest first: {sessions: [{id, createdAt, lastUsedAt, userAgent,
ipAddress, current}]}. lastUsedAt: the last time its tokens were renewed.
Requires: a signed-in user.
Errors: NOT_AUTHENTICATED, SESSION_REVOKED.';

create function api.revoke_session("sessionId" text default null)
  returns void
  language plpgsql
  volatile
  set search_path = ''
as $$
begin
  perform private.require_session();
  perform private.require_ids(jsonb_build_object('sessionId', "sessionId"));

  if not private.revoke_my_session("sessionId"::uuid) then
    raise sqlstate 'PT404' using
      message = 'Session not found.',
      hint = 'NOT_FOUND';
  end if;
end;
$$;

comment on function api.revoke_session(text) is
  'Ends one of the caller''s sessions at once. It can be the current one.
Requires: a signed-in user.
Errors: VALIDATION_ERROR, NOT_FOUND, NOT_AUTHENTICATED, SESSION_REVOKED.';

grant execute on function
  api.change_password(text, text),
  api.change_email(text, text),
  api.confirm_password(text),
  api.list_sessions(),
  api.revoke_session(text)
to authenticated;

-- A password is reset without a session.
grant execute on function
  api.forgot_password(text),
  api.reset_password(text, text)
to anon, authenticated, service_role;


-- ── 15_mail/60_security_log.sql ─────────────────────────────────────────────────────────────────

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

-- Definer: returns the caller's own events only.
create function private.my_security_events(p_before bigint, p_limit integer)
  returns jsonb
  language sql
  stable
  security definer
  set search_path = ''
as $$
  select coalesce(
    jsonb_agg(
      jsonb_build_object(
        'id', e.id::text,
        'type', e.type,
        'newDevice', e.new_device,
        'userAgent', e.user_agent,
        'ipAddress', e.ip,
        'createdAt', private.iso(e.created_at)
      )
      order by e.id desc
    ),
    '[]'
  )
  from (
    select s.*
    from private.security_events as s
    where s.user_id = auth.uid() and (p_before is null or s.id < p_before)
    order by s.id desc
    limit p_limit
  ) as e
$$;

-- Called by api functions as the caller.
grant execute on function private.my_security_events(bigint, integer) to authenticated;

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
      when before !~ '^\d{1,18}$'
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
