begin;
select plan(9);

create temporary table s as select * from tests.stage();
grant select on s to authenticated, service_role;
select tests.act_as((select creator from s));
create temporary table c as select (api.open_conversation(talent::text) ->> 'id')::uuid as id from s;
grant select on c to authenticated;
create temporary table m as
select n, (api.send_message(c.id::text, 'Nr. ' || n) ->> 'id')::uuid as id
from c, generate_series(1, 2) as n;
grant select on m to authenticated;

select tests.act_as_postgres();
create temporary table stored as
select n.ctid as place, n.created_at, n.transaction_id
from private.notifications as n, s where n.user_id = s.talent and n.type = 'message_received';
grant select on stored to authenticated;
select tests.act_as((select creator from s));
select api.send_message(id::text, 'Nr. 3') from c;
select tests.act_as_postgres();
select results_eq(
  $$
    select n.ctid, n.created_at, n.transaction_id
    from private.notifications as n, s where n.user_id = s.talent and n.type = 'message_received'
  $$,
  'select * from stored', 'another unread message does not write the notification'
);

-- Acting as the talent: every door shows the same
select tests.act_as((select talent from s));
create temporary table shown as
select n.message, n.entity_id
from public.notifications as n where n.type = 'message_received';
select is(message, 'Iris sent you 3 messages', 'the table shows the number of messages') from shown;
select is(
  (api.list_notifications() #>> '{notifications,0,message}'), 'Iris sent you 3 messages',
  'so does the list'
);
select is(
  (api.list_notifications() #>> '{notifications,0,entityId}')::uuid, entity_id,
  'both name the last message'
) from shown;

-- Read, then the talent answers and gets another
select api.mark_notification_read(n.id::text)
from public.notifications as n where n.type = 'message_received';
select tests.act_as((select creator from s));
select api.send_message(id::text, 'Nr. 4') from c;
select tests.act_as((select talent from s));
select results_eq(
  $$
    select n.is_read, n.message from public.notifications as n
    where n.type = 'message_received' order by n.created_at
  $$,
  $$ values (true, 'Iris sent you 3 messages'), (false, 'Iris sent you 4 messages') $$,
  'a notification that was read keeps its text; the next message adds one'
);

-- Marked by the watermark
select api.mark_all_notifications_read();
select api.mark_conversation_read(c.id::text, v.last_message_id::text)
from c join public.conversations as v on v.id = c.id;
select is(
  (select count(*) from public.notifications as n where n.type = 'message_received' and not n.is_read),
  0::bigint, 'reading the conversation after marking all leaves none unread'
);

-- Acting as others
select tests.act_as((select stranger from s));
select is(
  private.unread_sentence(talent, id), null, 'a stranger is told nothing about a conversation'
) from s, c;
select is(
  private.last_received_message(talent, id), null, 'nor its last message'
) from s, c;

-- Acting as a service
set local role service_role;
insert into public.notifications (user_id, type, title, message)
select talent, 'mentioned', 'From the system', 'A text' from s;
select results_eq(
  $$ select n.message, n.is_read, n.metadata from public.notifications as n where n.title = 'From the system' $$,
  $$ values ('A text', false, '{}'::jsonb) $$, 'a service can add a notification'
);

select * from finish();
rollback;
