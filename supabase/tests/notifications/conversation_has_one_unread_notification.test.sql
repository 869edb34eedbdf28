begin;
select plan(16);

create temporary table s as select * from tests.stage();
grant select on s to authenticated;
create function pg_temp.notified()
  returns setof public.notifications
  language sql
  security definer
as $$
  select * from public.notifications
  where user_id = (select talent from s) and type = 'message_received'
  order by created_at
$$;
grant execute on function pg_temp.notified() to authenticated;

select tests.act_as((select creator from s));
create temporary table c as
select (api.open_conversation(talent::text) ->> 'id')::uuid as id,
  (api.open_conversation(stranger::text) ->> 'id')::uuid as other from s;
grant select on c to authenticated;
create temporary table m as
select n, (api.send_message(c.id::text, 'Secret ' || n) ->> 'id')::uuid as id
from c, generate_series(1, 8) as n;
grant select on m to authenticated;

-- Acting as the talent
select tests.act_as((select talent from s));
select is(
  (select count(*) from pg_temp.notified()), 1::bigint, 'eight messages are one notification'
);
select is(
  message, 'Iris sent you 8 messages', 'the notification counts the messages'
) from pg_temp.notified();
select is(
  metadata, jsonb_build_object('conversationId', c.id), 'the notification names the conversation'
) from c, pg_temp.notified();
select is(
  array[entity_type, entity_id::text], array['message', m.id::text],
  'the notification links to the last message'
) from m, pg_temp.notified() where n = 8;
select is(
  (select count(*) from s, tests.events(talent) where event = 'notification:new' and payload #>> '{notification,type}' = 'message_received'),
  1::bigint, 'eight messages send one notification event'
);

-- Read in part, then deleted in part
select api.mark_conversation_read(c.id::text, m.id::text) from c, m where n = 5;
select is(
  message, 'Iris sent you 3 messages', 'the notification counts only messages that are still unread'
) from pg_temp.notified();
select tests.act_as((select creator from s));
select api.delete_message(c.id::text, m.id::text) from c, m where n in (7, 8);
select is(
  message, 'Iris sent you a message', 'the notification does not count deleted messages'
) from pg_temp.notified();
select is(
  (select bool_or(is_read) from pg_temp.notified()), false,
  'the notification stays unread while a message is unread'
);

-- Read
select tests.act_as((select talent from s));
select api.mark_conversation_read(c.id::text, m.id::text) from c, m where n = 6;
select is(
  (select bool_and(is_read) from pg_temp.notified()), true,
  'reading the conversation marks the notification as read'
);
select is(api.list_notifications('false') -> 'unreadCount', to_jsonb(
  (select count(*) from public.notifications where not is_read)
), 'the unread count of the list agrees');

-- The next message
select tests.act_as((select creator from s));
select api.send_message(id::text, 'One more') from c;
select is(
  (select count(*) from pg_temp.notified()), 2::bigint,
  'a message after that creates a new notification'
);
select is(
  (select count(*) from pg_temp.notified() where not is_read), 1::bigint,
  'one of the two notifications is unread'
);

-- The notification is marked as read, the conversation is not
select tests.act_as((select talent from s));
select api.mark_notification_read(id::text) from pg_temp.notified() where not is_read;
select is(
  (select count(*) from pg_temp.notified() where not is_read), 0::bigint,
  'a user can mark the notification as read'
);
select is(
  (api.get_conversation(id::text) ->> 'unreadCount')::integer, 1,
  'marking the notification as read does not mark messages as read'
) from c;

-- Turned off
select api.update_notification_preferences('{"message_received": {"inApp": false}}');
select tests.act_as_postgres();
update public.messages set sent_at = sent_at - interval '1 minute';
select tests.act_as((select creator from s));
select api.send_message(id::text, 'Two more') from c;
select is(
  (select count(*) from pg_temp.notified() where not is_read), 0::bigint,
  'a user who turned messages off gets no notification'
);

select ok(
  not exists (select from pg_temp.notified() where title || message || metadata::text like '%Secret%'),
  'no notification contains the content of a message'
);

select * from finish();
rollback;
