-- Realtime event of a new notification: sends notification:new to the notified user.

create function private.tg_notifications__broadcast()
  returns trigger
  language plpgsql
  security definer
  set search_path = ''
as $$
begin
  perform private.send_event(
    array[new.user_id], 'notification:new', jsonb_build_object('notification', d.document)
  )
  from private.notification_documents as d
  where d.id = new.id;

  return null;
end;
$$;

create trigger _700_broadcast
  after insert on private.notifications
  for each row
  execute function private.tg_notifications__broadcast();
