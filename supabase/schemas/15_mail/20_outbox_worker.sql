-- Who empties the outbox: an edge function, called after the commit of what put mail there, and once a
-- minute for what is due again.

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

-- The minute's call, made only when there is something to do. Mail whose worker was lost too often
-- is given up here.
create function private.wake_outbox_worker()
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
    perform private.wake_worker('outbox');
  end if;
end;
$$;

-- Mail that was sent or suppressed is of no use after a month; what was given up is kept three, for
-- somebody to look at.
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
