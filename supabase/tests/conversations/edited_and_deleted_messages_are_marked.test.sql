begin;
select plan(20);

create temporary table s as select * from tests.stage();
grant select on s to authenticated;
select tests.act_as((select creator from s));
create temporary table c as select (api.open_conversation(talent::text) ->> 'id')::uuid as id from s;
grant select on c to authenticated;
create temporary table m as
select n, (api.send_message(c.id::text, 'Nr. ' || n) ->> 'id')::uuid as id
from c, generate_series(1, 3) as n;
grant select on m to authenticated;

-- Acting as the sender
select is(
  api.edit_message(c.id::text, m.id::text, ' Better ') - '{id,conversationId,sender,sentAt,editedAt}'::text[],
  '{"content": "Better", "isEdited": true, "deletedAt": null, "clientMessageId": null}',
  'an edited message has its new content and is marked as edited'
) from c, m where n = 1;
select is(
  api.edit_message(c.id::text, m.id::text, 'Nr. 2') ->> 'isEdited', 'false',
  'editing without a change does not mark the message'
) from c, m where n = 2;
update public.messages set content = 'By the table' where id = (select id from m where n = 2);
select is(
  (select content || is_edited from public.messages where id = (select id from m where n = 2)),
  'By the tabletrue', 'a direct update edits the message and marks it'
);
select is(
  tests.error_of('select api.edit_message(c.id::text, m.id::text, '' '') from c, m where n = 1') -> 'fields',
  '["content"]', 'a message cannot be edited to be empty'
);
select is(
  tests.error_of('select api.edit_message(c.id::text, gen_random_uuid()::text, ''x'') from c') ->> 'code',
  'NOT_FOUND', 'an unknown message cannot be edited'
);

-- Sixteen minutes later
select tests.act_as_postgres();
update public.messages set sent_at = sent_at - interval '16 minutes';
select tests.act_as((select creator from s));
select is(
  tests.error_of('select api.edit_message(c.id::text, m.id::text, ''Late'') from c, m where n = 1') ->> 'code',
  'EDIT_WINDOW_OVER', 'a message cannot be edited after 15 minutes'
);
select is(
  tests.error_of('update public.messages set content = ''Late'' where id = (select id from m where n = 1)') ->> 'code',
  'EDIT_WINDOW_OVER', 'a direct update after 15 minutes is refused'
);
select is(
  (select content from public.messages where id = (select id from m where n = 1)), 'Better',
  'a refused edit changes nothing'
);

-- Deleting
select lives_ok(
  'select api.delete_message(c.id::text, m.id::text) from c, m where n = 3',
  'the sender can delete a message after 15 minutes'
);
select is(
  api.list_messages(id::text) #> '{messages,0}' -> 'content', 'null',
  'a deleted message stays in the list without content'
) from c;
select isnt(
  api.list_messages(id::text) #>> '{messages,0,deletedAt}', null, 'a deleted message has deletedAt'
) from c;
select is(
  api.get_conversation(id::text) #> '{lastMessage,content}', 'null',
  'a deleted last message has no content in the conversation'
) from c;
select is(
  (select content from public.messages where id = (select id from m where n = 3)), null,
  'the content of a deleted message is removed from the table'
);
select is(tests.error_of(statement) ->> 'code', 'NOT_FOUND', what)
from (
  values
    ('select api.delete_message(c.id::text, m.id::text) from c, m where n = 3', 'a deleted message cannot be deleted again'),
    ('select api.edit_message(c.id::text, m.id::text, ''x'') from c, m where n = 3', 'a deleted message cannot be edited')
) as v (statement, what);

-- Acting as the other participant
select tests.act_as((select talent from s));
select is(
  tests.error_of('select api.delete_message(c.id::text, m.id::text) from c, m where n = 1') ->> 'code',
  'FORBIDDEN', 'the other participant cannot delete the message'
);
select is(
  api.list_messages(c.id::text, m.id::text) -> 'messages', '[]', 'a message can be the cursor of a page'
) from c, m where n = 1;
select is(
  jsonb_array_length(api.list_messages(c.id::text, m.id::text) -> 'messages'), 2,
  'a deleted message can be the cursor of a page'
) from c, m where n = 3;

-- Acting as a stranger
select tests.act_as((select stranger from s));
select is(
  tests.error_of('select api.delete_message(c.id::text, m.id::text) from c, m where n = 1') ->> 'code',
  'FORBIDDEN', 'a stranger cannot delete the message'
);
select is(
  tests.error_of('select api.edit_message(c.id::text, m.id::text, ''x'') from c, m where n = 1') ->> 'code',
  'FORBIDDEN', 'a stranger cannot edit the message'
);

select * from finish();
rollback;
