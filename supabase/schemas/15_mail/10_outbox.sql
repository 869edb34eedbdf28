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
