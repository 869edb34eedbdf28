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
