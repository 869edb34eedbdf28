-- Who empties the outbox: an edge function, called after the commit of what put mail there, and once a
-- minute for what is due again.

-- Calls the worker, once the transaction is committed, where the vault knows its address and key.
-- Failing to call must not fail what caused the mail: the next minute's call will find it.
create function private.wake_outbox()
  returns void
  language plpgsql
  security definer
  set search_path = ''
as $$
declare
  v_url text;
  v_key text;
begin
  select
    max(s.decrypted_secret) filter (where s.name = 'project_url'),
    max(s.decrypted_secret) filter (where s.name = 'service_key')
  into v_url, v_key
  from vault.decrypted_secrets as s
  where s.name in ('project_url', 'service_key');

  if v_url ~ '^https?://' and v_key <> '' then
    perform net.http_post(
      url => v_url || '/functions/v1/outbox',
      headers => jsonb_build_object(
        'content-type', 'application/json', 'authorization', 'Bearer ' || v_key
      )
    );
  end if;
exception
  when others then
    raise warning 'The mail worker could not be called: %', sqlerrm;
end;
$$;

create function private.tg_outbox__wake()
  returns trigger
  language plpgsql
  security definer
  set search_path = ''
as $$
begin
  perform private.wake_outbox();
  return null;
end;
$$;

create trigger _900_wake
  after insert on private.outbox
  for each statement
  execute function private.tg_outbox__wake();

-- The minute's call, made only when there is something to do. Mail whose worker was lost too often
-- is given up here.
create function private.work_outbox()
  returns void
  language plpgsql
  security definer
  set search_path = ''
as $$
begin
  update private.outbox
  set status = 'dead', last_error = coalesce(last_error, 'The worker was lost while sending it.')
  where status = 'sending' and attempts >= 8 and next_attempt_at <= now();

  if exists (
    select from private.outbox where status in ('pending', 'sending') and next_attempt_at <= now()
  ) then
    perform private.wake_outbox();
  end if;
end;
$$;

-- Sent mail is of no use after a month; what was given up is kept three, for somebody to look at.
create function private.purge_outbox()
  returns void
  language sql
  security definer
  set search_path = ''
as $$
  delete from private.outbox
  where (status = 'sent' and sent_at < now() - interval '30 days')
    or (status = 'dead' and created_at < now() - interval '90 days');
$$;
