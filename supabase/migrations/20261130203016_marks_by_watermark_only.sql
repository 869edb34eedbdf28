-- Why: marking the notifications of conversations one by one was slow for users who have many. Sending and reading settle those that a
-- watermark has read, with the number of messages that were unread then, so that the watermark is enough.

create or replace function private.mark_all_notifications_read()
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
