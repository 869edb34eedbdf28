begin;
select plan(20);

create temporary table s as select * from tests.stage();
grant select on s to authenticated;
select tests.act_as((select creator from s));
create temporary table c as select (api.open_conversation(talent) ->> 'id')::uuid as id from s;
grant select on c to authenticated;
create temporary table m as
select n, (api.send_message(c.id, 'Nr. ' || n) ->> 'id')::uuid as id
from c, generate_series(1, 3) as n;
grant select on m to authenticated;

-- Acting as the sender
select is(
  api.update_message(c.id, m.id, ' Better ') - '{id,conversationId,sender,sentAt,editedAt}'::text[],
  '{"content": "Better", "isEdited": true, "deletedAt": null, "clientMessageId": null}', 'edited'
) from c, m where n = 1;
select is(
  api.update_message(c.id, m.id, 'Nr. 2') ->> 'isEdited', 'false', 'the same again is no edit'
) from c, m where n = 2;
update public.messages set content = 'By the table' where id = (select id from m where n = 2);
select is(
  (select content || is_edited from public.messages where id = (select id from m where n = 2)),
  'By the tabletrue', 'the table edits as well'
);
select is(
  tests.error_of('select api.update_message(c.id, m.id, '' '') from c, m where n = 1') -> 'fields',
  '["content"]', 'into something'
);
select is(
  tests.error_of('select api.update_message(c.id, gen_random_uuid(), ''x'') from c') ->> 'code',
  'NOT_FOUND', 'something that is there'
);

-- Sixteen minutes later
select tests.act_as_postgres();
update public.messages set sent_at = sent_at - interval '16 minutes';
select tests.act_as((select creator from s));
select is(
  tests.error_of('select api.update_message(c.id, m.id, ''Late'') from c, m where n = 1') ->> 'code',
  'EDIT_WINDOW_OVER', 'too late'
);
select is(
  tests.error_of('update public.messages set content = ''Late'' where id = (select id from m where n = 1)') ->> 'code',
  'EDIT_WINDOW_OVER', 'by the table too'
);
select is(
  (select content from public.messages where id = (select id from m where n = 1)), 'Better',
  'and nothing has changed'
);

-- Deleting
select lives_ok('select api.delete_message(c.id, m.id) from c, m where n = 3', 'deleted at any time');
select is(
  api.list_messages(id) #> '{messages,0}' -> 'content', 'null', 'its place stays, empty'
) from c;
select isnt(api.list_messages(id) #>> '{messages,0,deletedAt}', null, 'and says when') from c;
select is(
  api.get_conversation(id) #> '{lastMessage,content}', 'null', 'the list shows it as well'
) from c;
select is(
  (select content from public.messages where id = (select id from m where n = 3)), null,
  'nobody reads it any more, not even from the table'
);
select is(tests.error_of(statement) ->> 'code', 'NOT_FOUND', what)
from (
  values
    ('select api.delete_message(c.id, m.id) from c, m where n = 3', 'it cannot be deleted twice'),
    ('select api.update_message(c.id, m.id, ''x'') from c, m where n = 3', 'or edited')
) as v (statement, what);

-- Acting as the other side
select tests.act_as((select talent from s));
select is(
  tests.error_of('select api.delete_message(c.id, m.id) from c, m where n = 1') ->> 'code',
  'FORBIDDEN', 'the other side deletes nothing'
);
select is(
  api.list_messages(c.id, m.id) -> 'messages', '[]', 'paging by what is there'
) from c, m where n = 1;
select is(
  jsonb_array_length(api.list_messages(c.id, m.id) -> 'messages'), 2, 'and by what was deleted'
) from c, m where n = 3;

-- Acting as a stranger
select tests.act_as((select stranger from s));
select is(
  tests.error_of('select api.delete_message(c.id, m.id) from c, m where n = 1') ->> 'code',
  'FORBIDDEN', 'a stranger less'
);
select is(
  tests.error_of('select api.update_message(c.id, m.id, ''x'') from c, m where n = 1') ->> 'code',
  'FORBIDDEN', 'and edits nothing'
);

select * from finish();
rollback;
