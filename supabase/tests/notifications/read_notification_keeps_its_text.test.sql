begin;
select plan(11);

create temporary table s as select * from tests.stage();
grant select on s to authenticated, service_role;
select tests.act_as((select creator from s));
create temporary table c as select (api.open_conversation(talent::text) ->> 'id')::uuid as id from s;
grant select on c to authenticated;
select tests.act_as_postgres();

-- Texts of the talent's notifications about messages, oldest first. They are those of earlier
-- transactions then, which a watermark sees.
create function pg_temp.texts()
  returns text[]
  language plpgsql
  security definer
as $$
declare
  v_texts constant text[] := array(
    select n.message || case when n.is_read then '' else ' (unread)' end
    from public.notifications as n
    where n.user_id = (select talent from s) and n.type = 'message_received'
    order by n.created_at
  );
begin
  update private.notifications set transaction_id = '3' where user_id = (select talent from s);
  return v_texts;
end;
$$;

create function pg_temp.send(p_messages integer)
  returns void
  language plpgsql
as $$
begin
  perform tests.act_as((select creator from s));
  perform api.send_message(c.id::text, 'Hello') from c, generate_series(1, p_messages);
  perform tests.act_as_postgres();
end;
$$;

create function pg_temp.read_conversation()
  returns void
  language plpgsql
as $$
begin
  perform tests.act_as((select talent from s));
  perform api.mark_conversation_read(c.id::text, v.last_message_id::text)
  from c join public.conversations as v on v.id = c.id;
  perform tests.act_as_postgres();
end;
$$;

-- All are marked as read, and the next message comes before the job
select pg_temp.send(2);
select is(pg_temp.texts(), '{Iris sent you 2 messages (unread)}', 'two messages are unread');
select tests.act_as((select talent from s));
select api.mark_all_notifications_read();
select tests.act_as_postgres();
select pg_temp.send(1);
select is(
  pg_temp.texts(), '{Iris sent you 2 messages,Iris sent you 3 messages (unread)}',
  'the next message does not change the text of the notification that was read'
);

-- All are marked as read, and the conversation is read before the job
select tests.act_as((select talent from s));
select api.mark_all_notifications_read();
select tests.act_as_postgres();
select pg_temp.read_conversation();
select is(
  pg_temp.texts(), '{Iris sent you 2 messages,Iris sent you 3 messages}',
  'nor does reading the conversation'
);

-- The same with a watermark of an earlier time
select pg_temp.send(2);
select is(
  (pg_temp.texts())[3], 'Iris sent you 2 messages (unread)', 'two more messages are unread'
);
delete from private.notification_watermarks;
insert into private.notification_watermarks (user_id, created_at)
select talent, '2026-01-02' from s;
select pg_temp.send(1);
select is(
  (pg_temp.texts())[3:4], '{Iris sent you 2 messages,Iris sent you 3 messages (unread)}',
  'the next message leaves the text of one that a watermark has read'
);
select pg_temp.read_conversation();
select is(
  (pg_temp.texts())[3:4], '{Iris sent you 2 messages,Iris sent you 3 messages}',
  'and so does reading the conversation'
);
select is(
  (select max(n.read_at) filter (where n.read_at < '2026-01-03') from public.notifications as n, s where n.user_id = s.talent),
  '2026-01-02'::timestamptz, 'it was read when all were'
);

-- As a service
set local role service_role;
insert into public.notifications (user_id, type, title, message, is_read, read_at)
select talent, 'mentioned', 'Imported', 'x', true, '2026-01-01' from s;
insert into public.notifications (user_id, type, title, message, is_read, read_at)
select talent, 'mentioned', 'Unread', 'x', false, '2026-01-01' from s;
select is(
  (select row(is_read, read_at)::text from public.notifications where title = 'Imported'),
  row(true, '2026-01-01'::timestamptz)::text, 'a service can add one that was read'
);
select is(
  (select row(is_read, read_at)::text from public.notifications where title = 'Unread'), '(f,)',
  'and one that is unread, which has no time of reading'
);
select throws_ok(
  $$update public.notifications set is_read = null where title = 'Unread'$$, '23502',
  'is_read must be true or false.', 'null is neither'
);
select is(
  (select is_read from public.notifications where title = 'Unread'), false, 'and changes nothing'
);

select * from finish();
rollback;
