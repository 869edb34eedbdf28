-- Notifications as clients see them: a row, and whether it or the watermark of its user says that it is
-- read. So every reader sees the same, also before the job has marked the rows.

create view public.notifications with (security_invoker = true) as
  select
    n.id,
    n.user_id,
    n.actor_id,
    n.type,
    n.title,
    n.message,
    n.entity_type,
    n.entity_id,
    n.metadata,
    n.is_read or exists (
      select
      from private.notification_watermarks as w
      where w.user_id = n.user_id
        and w.transaction_id <> n.transaction_id
        and pg_visible_in_snapshot(n.transaction_id, w.snapshot)
    ) as is_read,
    coalesce(n.read_at, (
      select w.created_at
      from private.notification_watermarks as w
      where w.user_id = n.user_id
        and w.transaction_id <> n.transaction_id
        and pg_visible_in_snapshot(n.transaction_id, w.snapshot)
    )) as read_at,
    n.created_at
  from private.notifications as n;

comment on view public.notifications is
  'Notifications. Read notifications are deleted after 90 days.';
comment on column public.notifications.actor_id is
  'User who caused the notification. Its text names them, so it is deleted with their account.';
comment on column public.notifications.metadata is
  'Related ids: projectId, taskId, conversationId, if they apply.';

grant select on public.notifications to authenticated;
grant update (is_read) on public.notifications to authenticated, service_role;
grant select, insert, delete on public.notifications to service_role;

-- Only is_read is granted. One that a watermark has read keeps the time of the watermark. Services can mark
-- one as unread, which takes it out from under the watermark; users have no grant for that.
create function private.tg_notifications__mark_read()
  returns trigger
  language plpgsql
  set search_path = ''
as $$
begin
  if not new.is_read then
    update private.notifications
    set is_read = false, transaction_id = default
    where id = old.id
    returning is_read, read_at
    into new.is_read, new.read_at;
  elsif not old.is_read then
    update private.notifications
    set is_read = true
    where id = old.id
    returning is_read, read_at
    into new.is_read, new.read_at;
  end if;

  return new;
end;
$$;

create trigger _500_mark_read
  instead of update on public.notifications
  for each row
  execute function private.tg_notifications__mark_read();
