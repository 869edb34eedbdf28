begin;
select plan(22);

create temporary table s as select * from tests.stage();
grant select on s to authenticated;
select tests.act_as((select creator from s));
create temporary table c as select (api.open_conversation(talent::text) ->> 'id')::uuid as id from s;
grant select on c to authenticated;
create temporary table m as select (api.send_message(id::text, 'Hello') ->> 'id')::uuid as id from c;
grant select on m to authenticated;

-- Acting as the talent, who blocks the creator
select tests.act_as((select talent from s));
select lives_ok('select api.block_user(creator::text) from s', 'a user can block another user');
select lives_ok('select api.block_user(creator::text) from s', 'blocking again changes nothing');
select is(
  api.list_blocks(),
  jsonb_build_object(
    'users', jsonb_build_array(jsonb_build_object('id', creator, 'name', 'Iris', 'avatarUrl', null))
  ),
  'blocked users are listed as cards'
) from s;
select is(
  tests.error_of('select api.block_user(talent::text) from s') -> 'fields', '["userId"]',
  'a user cannot block themselves'
);
select is(
  tests.error_of('select api.block_user(gen_random_uuid()::text)') ->> 'code', 'NOT_FOUND',
  'an unknown user cannot be blocked'
);
select is(
  tests.error_of('select api.send_message(id::text, ''x'') from c') ->> 'code', 'BLOCKED',
  'the user who blocks cannot send messages either'
);

-- Acting as the creator
select tests.act_as((select creator from s));
select is(tests.error_of(statement) ->> 'code', 'BLOCKED', what)
from (
  values
    ('select api.send_message(id::text, ''x'') from c', 'a blocked user cannot send a message'),
    ('insert into public.messages (conversation_id, content) select id, ''x'' from c', 'a blocked user cannot insert a message'),
    ('select api.edit_message(c.id::text, m.id::text, ''x'') from c, m', 'a blocked user cannot edit a message')
) as v (statement, what);
select is(api.list_blocks(), '{"users": []}', 'a blocked user does not see the block in the list');
select is_empty(
  'select from public.user_blocks', 'a blocked user does not see the block in the table'
);
select is(
  api.open_conversation(talent::text) ->> 'created', 'false',
  'a blocked user can still open the conversation'
) from s;
select is(
  jsonb_array_length(api.list_messages(id::text) -> 'messages'), 1,
  'a blocked user can still read the messages'
) from c;
select lives_ok(
  'select api.delete_message(c.id::text, m.id::text) from c, m',
  'a blocked user can still delete their own message'
);

-- A new conversation
select tests.act_as((select stranger from s));
select api.block_user(creator::text) from s;
select tests.act_as((select creator from s));
select is(
  tests.error_of('select api.open_conversation(stranger::text) from s') ->> 'code', 'BLOCKED',
  'a blocked user cannot open a conversation with the user who blocked them'
);
select throws_ok(
  'delete from public.user_blocks where true', '42501', null,
  'a blocked user cannot delete the block'
);

-- Unblocked
select tests.act_as((select talent from s));
select lives_ok('select api.unblock_user(creator::text) from s', 'a user can unblock another user');
select lives_ok('select api.unblock_user(creator::text) from s', 'unblocking again changes nothing');
select is(
  api.send_message(id::text, 'Sorry') ->> 'content', 'Sorry',
  'after unblocking both can send messages again'
) from c;

-- One account is deleted
select tests.act_as_postgres();
update public.profiles set deleted_at = now() where id = (select talent from s);
select tests.act_as((select creator from s));
select is(
  tests.error_of('select api.send_message(id::text, ''x'') from c') ->> 'code', 'CONVERSATION_CLOSED',
  'no message can be sent to a deleted account'
);
select is(
  api.list_conversations() #>> '{conversations,0,talent,name}', 'Deleted user',
  'a deleted account is shown as "Deleted user"'
);
select is(
  api.list_messages(id::text) #>> '{messages,0,content}', 'Sorry',
  'the messages of the conversation stay readable'
) from c;

select * from finish();
rollback;
