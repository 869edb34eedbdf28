begin;
select plan(24);

create temporary table s as select * from tests.stage();
grant select on s to authenticated;
select tests.act_as((select creator from s));
create temporary table c as
select (api.open_conversation(talent::text) ->> 'id')::uuid as id,
  (api.open_conversation(colleague::text) ->> 'id')::uuid as other from s;
grant select on c to authenticated;
create temporary table m as
select n, (api.send_message(c.id::text, 'Nr. ' || n) ->> 'id')::uuid as id
from c, generate_series(1, 5) as n;
grant select on m to authenticated;

create function pg_temp.unread()
  returns integer
  language sql
as $$
  select (api.get_conversation((select id from c)::text) ->> 'unreadCount')::integer
$$;
create function pg_temp.last_read()
  returns jsonb
  language sql
as $$
  select nullif(api.get_conversation((select id from c)::text) -> 'lastRead', 'null')
$$;
create function pg_temp.read_to(p_number integer)
  returns void
  language sql
as $$
  select api.mark_conversation_read(c.id::text, m.id::text) from c, m where n = p_number
$$;

select is(pg_temp.unread(), 0, 'a sender''s own messages are not unread');

-- Acting as the talent
select tests.act_as((select talent from s));
select is(pg_temp.unread(), 5, 'messages of the other participant are unread');
select pg_temp.read_to(2);
select is(pg_temp.unread(), 3, 'reading up to the second of five messages leaves three unread');
select is(pg_temp.last_read(), null, 'nobody has read the talent''s messages');
select tests.act_as((select creator from s));
select is(
  pg_temp.last_read() ->> 'messageId', (select id::text from m where n = 2),
  'the sender sees how far the other participant has read'
);
select tests.act_as((select talent from s));
select pg_temp.read_to(1);
select is(pg_temp.unread(), 3, 'reading an earlier message does not change the count');
select is(
  (select last_read_message_id from public.conversation_reads where user_id = (select talent from s)),
  (select id from m where n = 2), 'reading an earlier message does not move the read pointer'
);
select tests.act_as((select creator from s));
select is(
  pg_temp.last_read() ->> 'messageId', (select id::text from m where n = 2),
  'and the sender still sees the later one'
);
select is(
  (
    select one -> 'lastRead'
    from jsonb_array_elements(api.list_conversations() -> 'conversations') as one
    where one ->> 'id' = (select id::text from c)
  ),
  pg_temp.last_read(), 'the list has the same read pointer'
);
select tests.act_as((select talent from s));
select api.send_message(id::text, 'And I say') from c;
select is(pg_temp.unread(), 3, 'sending a message does not mark others as read');

-- Deleting what is unread and what is not
select tests.act_as((select creator from s));
select is(pg_temp.unread(), 1, 'the talent''s message is unread for the creator');
select api.delete_message(c.id::text, m.id::text) from c, m where n in (1, 4);
select tests.act_as((select talent from s));
select is(pg_temp.unread(), 2, 'a deleted unread message is not counted');
select pg_temp.read_to(3);
select is(pg_temp.unread(), 1, 'moving the mark counts only messages that are not deleted');
select pg_temp.read_to(4);
select is(pg_temp.unread(), 1, 'a deleted message can be the read pointer');
select pg_temp.read_to(5);
select is(pg_temp.unread(), 0, 'reading the last message leaves nothing unread');
select is(
  (select string_agg(unread_count::text, ',' order by unread_count) from public.conversation_reads),
  '0,1', 'the table holds the same counts'
);

-- A user's own message as the read pointer
select tests.act_as((select creator from s));
select api.mark_conversation_read(
  id::text, api.send_message(id::text, 'Last') ->> 'id'
) from c;
select is(
  pg_temp.unread(), 0, 'marking a user''s own message as read includes the messages before it'
);

-- Invalid read pointers
select is(tests.error_of(statement) -> 'fields', '["messageId"]', what)
from (
  values
    ('select api.mark_conversation_read(other::text, m.id::text) from c, m where n = 1', 'a message of another conversation cannot be the read pointer'),
    ('select api.mark_conversation_read(id::text, gen_random_uuid()::text) from c', 'an unknown message cannot be the read pointer'),
    ('select api.mark_conversation_read(id::text, null) from c', 'a read pointer needs a message')
) as v (statement, what);
select throws_ok(
  'update public.conversation_reads set unread_count = 0 where true', '42501', null,
  'users cannot write unread counts'
);

-- Acting as a stranger
select tests.act_as((select stranger from s));
select is(
  tests.error_of('select api.mark_conversation_read(c.id::text, m.id::text) from c, m where n = 5') ->> 'code',
  'FORBIDDEN', 'a stranger cannot mark the conversation as read'
);

-- A message back-dated by an operator
select tests.act_as_postgres();
insert into public.messages (conversation_id, sender_id, content, sent_at)
select id, creator, 'Once', now() - interval '1 year' from c, s;
select is(
  (select last_message_at > now() - interval '1 hour' from public.conversations where id = (select id from c)),
  true, 'a back-dated message does not become the last message'
);
select tests.act_as((select talent from s));
select is(pg_temp.unread(), 1, 'a back-dated message is not counted as unread');

select * from finish();
rollback;
