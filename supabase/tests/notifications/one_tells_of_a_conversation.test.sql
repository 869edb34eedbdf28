begin;
select plan(16);

create temporary table s as select * from tests.stage();
grant select on s to authenticated;
create function pg_temp.told()
  returns setof public.notifications
  language sql
  security definer
as $$
  select * from public.notifications
  where user_id = (select talent from s) and type = 'message_received'
  order by created_at
$$;
grant execute on function pg_temp.told() to authenticated;

select tests.act_as((select creator from s));
create temporary table c as
select (api.open_conversation(talent) ->> 'id')::uuid as id,
  (api.open_conversation(stranger) ->> 'id')::uuid as other from s;
grant select on c to authenticated;
create temporary table m as
select n, (api.send_message(c.id, 'Secret ' || n) ->> 'id')::uuid as id
from c, generate_series(1, 8) as n;
grant select on m to authenticated;

-- Acting as the talent
select tests.act_as((select talent from s));
select is((select count(*) from pg_temp.told()), 1::bigint, 'eight messages are one notification');
select is(message, 'Iris sent you 8 messages', 'that counts them') from pg_temp.told();
select is(metadata, jsonb_build_object('conversationId', c.id), 'and says where') from c, pg_temp.told();
select is(
  array[entity_type, entity_id::text], array['message', m.id::text], 'leading to the last'
) from m, pg_temp.told() where n = 8;
select is(
  (select count(*) from s, tests.events(talent) where event = 'notification:new' and payload #>> '{notification,type}' = 'message_received'),
  1::bigint, 'and one event'
);

-- Read in part, then deleted in part
select api.mark_conversation_read(c.id, m.id) from c, m where n = 5;
select is(message, 'Iris sent you 3 messages', 'it follows what is left') from pg_temp.told();
select tests.act_as((select creator from s));
select api.delete_message(c.id, m.id) from c, m where n in (7, 8);
select is(message, 'Iris sent you a message', 'also when some are deleted') from pg_temp.told();
select is((select bool_or(is_read) from pg_temp.told()), false, 'and is unread');

-- Read
select tests.act_as((select talent from s));
select api.mark_conversation_read(c.id, m.id) from c, m where n = 6;
select is((select bool_and(is_read) from pg_temp.told()), true, 'read with the conversation');
select is(api.list_notifications(false) -> 'unreadCount', to_jsonb(
  (select count(*) from public.notifications where not is_read)
), 'the badge agrees');

-- The next message
select tests.act_as((select creator from s));
select api.send_message(id, 'One more') from c;
select is((select count(*) from pg_temp.told()), 2::bigint, 'after that a new one tells');
select is((select count(*) from pg_temp.told() where not is_read), 1::bigint, 'of which one is unread');

-- Read as a notification, not as a conversation
select tests.act_as((select talent from s));
select api.mark_notification_read(id) from pg_temp.told() where not is_read;
select is((select count(*) from pg_temp.told() where not is_read), 0::bigint, 'it can be ticked off');
select is(
  (api.get_conversation(id) ->> 'unreadCount')::integer, 1, 'which reads no message'
) from c;

-- Not wanted
select api.update_notification_preferences('{"message_received": {"inApp": false}}');
select tests.act_as_postgres();
update public.messages set sent_at = sent_at - interval '1 minute';
select tests.act_as((select creator from s));
select api.send_message(id, 'Two more') from c;
select is((select count(*) from pg_temp.told() where not is_read), 0::bigint, 'none where none is wanted');

select ok(
  not exists (select from pg_temp.told() where title || message || metadata::text like '%Secret%'),
  'what was said is in none'
);

select * from finish();
rollback;
