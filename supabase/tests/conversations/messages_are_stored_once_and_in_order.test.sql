begin;
select plan(30);

create temporary table s as select * from tests.stage();
grant select on s to authenticated;
select tests.act_as((select creator from s));
create temporary table c as
select (api.open_conversation(talent::text) ->> 'id')::uuid as id, gen_random_uuid() as name from s;
grant select on c to authenticated;

-- Acting as the creator
create temporary table first as
select api.send_message(id::text, e'  Hello \u0007there  ', name::text) as document from c;
grant select on first to authenticated;
select is(
  document ->> 'content', 'Hello there',
  'content is trimmed, stripped of control characters and otherwise kept'
) from first;
select is(
  document - '{id,sentAt,clientMessageId,conversationId}'::text[],
  jsonb_build_object(
    'sender', jsonb_build_object('id', creator, 'name', 'Iris', 'avatarUrl', null),
    'content', 'Hello there', 'isEdited', false, 'editedAt', null, 'deletedAt', null
  ),
  'the response has the documented shape'
) from first, s;
select is(
  api.send_message(id::text, 'Hello there', name::text), (select document from first),
  'sending with the same client id stores one message'
) from c;
select is(
  tests.error_of(format('select api.send_message(id::text, %L) from c', bad)) -> 'fields', '["content"]',
  what || ' is refused as content'
)
from (
  values ('', 'empty text'), (e' \n\t\u00a0', 'white space'), (repeat('x', 5001), 'a text of 5001 characters')
) as v (bad, what);
select is(
  tests.error_of('select api.send_message(id::text) from c') -> 'fields', '["content"]',
  'a message without content is refused'
);
select is(
  length(api.send_message(id::text, repeat('ü', 5000)) ->> 'content'), 5000,
  'a message can have 5000 characters'
) from c;

-- Plain supabase-js
insert into public.messages (conversation_id, content) select id, ' <3 ' from c;
select is(
  (select content from public.messages order by sent_at desc limit 1), '<3',
  'a message can be inserted directly'
);
select is(
  tests.error_of(statement) ->> 'state', '42501', 'a user cannot ' || what
)
from (
  values
    ('insert into public.messages (conversation_id, content, sent_at) select id, ''x'', ''2020-01-01'' from c', 'set the time of a message'),
    ('insert into public.messages (conversation_id, content, is_edited) select id, ''x'', false from c', 'set the edit mark'),
    ('insert into public.messages (conversation_id, content, sender_id) select id, ''x'', talent from c, s', 'insert a message of another sender'),
    ('update public.messages set deleted_at = now() where true', 'mark messages as deleted directly'),
    ('delete from public.messages where true', 'delete messages directly')
) as v (statement, what);
select is(
  (select count(distinct sent_at) from public.messages), 3::bigint,
  'no two messages of a conversation have the same time'
);
select ok(
  (select bool_and(sent_at = date_trunc('milliseconds', sent_at)) from public.messages),
  'message times are whole milliseconds'
);

-- Acting as the talent
select tests.act_as((select talent from s));
select is(
  tests.error_of('select api.edit_message(c.id::text, m.id::text, ''mine'') from c, public.messages as m limit 1') ->> 'code',
  'FORBIDDEN', 'the other participant cannot edit a message'
);
update public.messages set content = 'mine' where true;
select is_empty(
  'select from public.messages where content = ''mine''',
  'the other participant cannot edit a message by direct update'
);
select is(
  jsonb_path_query_array(api.list_messages(id::text), '$.messages[*].sender.name'), '["Iris", "Iris", "Iris"]',
  'the other participant reads the messages'
) from c;

-- Acting as a stranger
select tests.act_as((select stranger from s));
select is_empty('select from public.messages', 'a stranger reads no message from the table');
select is(tests.error_of(statement) ->> 'code', 'FORBIDDEN', what)
from (
  values
    ('select api.list_messages(id::text) from c', 'a stranger cannot list the messages'),
    ('select api.send_message(id::text, ''x'') from c', 'a stranger cannot send a message'),
    ('insert into public.messages (conversation_id, content) select id, ''x'' from c', 'a stranger cannot insert a message')
) as v (statement, what);

-- The limit
select tests.act_as((select talent from s));
select count(api.send_message(id::text, 'Nr. ' || n)) from c, generate_series(1, 10) as n;
select is(
  tests.error_of('select api.send_message(id::text, ''Nr. 11'') from c') ->> 'code', 'RATE_LIMITED',
  'the eleventh message within a minute is refused'
);
select is(
  tests.error_of('insert into public.messages (conversation_id, content) select id, ''Nr. 11'' from c') ->> 'code',
  'RATE_LIMITED', 'an eleventh message by direct insert is refused'
);
select tests.act_as_postgres();
update public.messages set sent_at = sent_at - interval '1 minute';
select tests.act_as((select talent from s));
select is(
  api.send_message(id::text, 'Nr. 11') ->> 'content', 'Nr. 11', 'a minute later the message can be sent'
) from c;

-- A client id belongs to one conversation.
select tests.act_as((select creator from s));
select is(
  tests.error_of('select api.send_message(api.open_conversation(colleague::text) ->> ''id'', ''x'', name::text) from c, s') ->> 'code',
  'CONFLICT', 'a client id used in another conversation is a conflict'
);
select is(
  tests.error_of('select api.send_message(gen_random_uuid()::text, ''x'')') ->> 'code', 'NOT_FOUND',
  'a message to an unknown conversation is not found'
);

-- With the token of an ended session
select tests.act_as_postgres();
delete from auth.sessions where user_id = (select creator from s);
select tests.act_as((select creator from s));
select is(tests.error_of(statement) ->> 'code', 'SESSION_REVOKED', what)
from (
  values
    ('select api.send_message(id::text, ''x'') from c', 'an ended session cannot send a message'),
    ('insert into public.messages (conversation_id, content) select id, ''x'' from c', 'an ended session cannot insert a message')
) as v (statement, what);

select * from finish();
rollback;
