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
