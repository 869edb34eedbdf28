-- "Mark all as read" writes one row, however many notifications there are: a watermark, which says what
-- the user could see at that moment. What is before it counts as read. A job then marks the rows
-- themselves, in pieces, and deletes the watermark.
--
-- The watermark is a snapshot, not a time: a notification whose transaction had not committed yet was seen
-- by nobody, although its time is earlier. It stays unread, as after a plain update.

create table private.notification_watermarks (
  user_id uuid primary key references public.profiles (id) on delete cascade,
  snapshot pg_snapshot not null default pg_current_snapshot(),
  transaction_id xid8 not null default pg_current_xact_id(),
  created_at timestamptz not null default now()
);

comment on table private.notification_watermarks is
  'Users who marked all notifications as read, until a job has marked the rows.';
comment on column private.notification_watermarks.snapshot is
  'Notifications of transactions that it sees are read.';
comment on column private.notification_watermarks.transaction_id is
  'Transaction that marked them. A snapshot does not tell what is before and after within it.';

create index notification_watermarks_created_at_idx
  on private.notification_watermarks (created_at);

alter table private.notification_watermarks enable row level security;

create policy select_self on private.notification_watermarks
  for select to authenticated
  using (user_id = (select auth.uid()));

-- For the view of notifications, which runs with the caller's rights.
grant select on private.notification_watermarks to authenticated, service_role;

-- Returns the unread notifications after the user's watermark, and null for a user without one. They are
-- few: the job comes every ten seconds.
create function private.unread_after_watermark(p_user_id uuid)
  returns uuid[]
  language plpgsql
  stable
  set search_path = ''
as $$
declare
  v_watermark private.notification_watermarks;
begin
  select w.*
  into v_watermark
  from private.notification_watermarks as w
  where w.user_id = p_user_id;

  if not found then
    return null;
  end if;

  return array(
    select n.id
    from private.notifications as n
    where n.user_id = p_user_id
      and not n.is_read
      -- Every transaction before this one is seen by the snapshot.
      and n.transaction_id >= pg_snapshot_xmin(v_watermark.snapshot)
      and (
        n.transaction_id = v_watermark.transaction_id
        or not pg_visible_in_snapshot(n.transaction_id, v_watermark.snapshot)
      )
  );
end;
$$;

-- Marks all notifications of the caller as read. Definer: no policy allows to write a watermark.
create function private.mark_all_notifications_read()
  returns void
  language plpgsql
  security definer
  set search_path = ''
as $$
declare
  v_user_id constant uuid := auth.uid();
begin
  insert into private.notification_watermarks (user_id)
  select v_user_id
  where exists (
    select from private.notifications as n where n.user_id = v_user_id and not n.is_read
  )
  on conflict do nothing;

  -- What came after an earlier watermark that still stands. Also what the snapshot cannot see although it is
  -- there: added by this very transaction, or by a database that this one was restored from.
  update private.notifications
  set is_read = true, read_at = now()
  where id = any (private.unread_after_watermark(v_user_id));
end;
$$;

-- Called by api.mark_all_notifications_read as the caller; it changes the caller's own only.
grant execute on function private.mark_all_notifications_read() to authenticated;

-- Returns when a watermark has read a notification; null if none has.
create function private.read_by_watermark_at(p_user_id uuid, p_transaction_id xid8)
  returns timestamptz
  language plpgsql
  stable
  security definer
  set search_path = ''
as $$
begin
  return (
    select w.created_at
    from private.notification_watermarks as w
    where w.user_id = p_user_id
      and w.transaction_id <> p_transaction_id
      and pg_visible_in_snapshot(p_transaction_id, w.snapshot)
  );
end;
$$;

-- Marks the rows before watermarks, at most p_most of them, and deletes watermarks that are done. A job runs
-- it every ten seconds. Returns the number of rows.
create function private.settle_watermarks(p_most integer default 20000)
  returns integer
  language plpgsql
  security definer
  set search_path = ''
as $$
declare
  v_watermark private.notification_watermarks;
  v_left integer := p_most;
  v_marked integer;
begin
  for v_watermark in
    select w.*
    from private.notification_watermarks as w
    order by w.created_at
    limit 1000
    for update skip locked
  loop
    -- Rows that others hold are left for the next run: waiting for them could end in a circle.
    update private.notifications
    set is_read = true, read_at = v_watermark.created_at
    where id in (
      select n.id
      from private.notifications as n
      where n.user_id = v_watermark.user_id
        and not n.is_read
        and n.transaction_id <> v_watermark.transaction_id
        and pg_visible_in_snapshot(n.transaction_id, v_watermark.snapshot)
      limit v_left
      for update skip locked
    );
    get diagnostics v_marked = row_count;
    v_left := v_left - v_marked;

    exit when v_left <= 0;

    delete from private.notification_watermarks as w
    where w.user_id = v_watermark.user_id
      and not exists (
        select
        from private.notifications as n
        where n.user_id = v_watermark.user_id
          and not n.is_read
          and n.transaction_id <> v_watermark.transaction_id
          and pg_visible_in_snapshot(n.transaction_id, v_watermark.snapshot)
      );
  end loop;

  return p_most - v_left;
end;
$$;
