begin;
select plan(22);

create temporary table s as select * from tests.stage();
grant select on s to authenticated;
select tests.act_as((select creator from s));
create temporary table c as select (api.open_conversation(talent) ->> 'id')::uuid as id from s;
grant select on c to authenticated;
create temporary table m as select (api.send_message(id, 'Hello') ->> 'id')::uuid as id from c;
grant select on m to authenticated;

-- Acting as the talent, who wants peace
select tests.act_as((select talent from s));
select lives_ok('select api.block_user(creator) from s', 'blocked');
select lives_ok('select api.block_user(creator) from s', 'twice is once');
select is(
  api.list_blocks(),
  jsonb_build_object(
    'users', jsonb_build_array(jsonb_build_object('id', creator, 'name', 'Iris', 'avatarUrl', null))
  ),
  'and listed'
) from s;
select is(
  tests.error_of('select api.block_user(talent) from s') -> 'fields', '["userId"]', 'not oneself'
);
select is(
  tests.error_of('select api.block_user(gen_random_uuid())') ->> 'code', 'NOT_FOUND', 'not nobody'
);
select is(
  tests.error_of('select api.send_message(id, ''x'') from c') ->> 'code', 'BLOCKED',
  'who blocks does not write either'
);

-- Acting as the creator
select tests.act_as((select creator from s));
select is(tests.error_of(statement) ->> 'code', 'BLOCKED', what)
from (
  values
    ('select api.send_message(id, ''x'') from c', 'no message'),
    ('insert into public.messages (conversation_id, content) select id, ''x'' from c', 'no row'),
    ('select api.update_message(c.id, m.id, ''x'') from c, m', 'no edit')
) as v (statement, what);
select is(api.list_blocks(), '{"users": []}', 'who blocked whom is not told');
select is_empty('select from public.user_blocks', 'nor by the table');
select is(
  api.open_conversation(talent) ->> 'created', 'false', 'what was said stays readable'
) from s;
select is(jsonb_array_length(api.list_messages(id) -> 'messages'), 1, 'all of it') from c;
select lives_ok('select api.delete_message(c.id, m.id) from c, m', 'and may be taken back');

-- A new conversation
select tests.act_as((select stranger from s));
select api.block_user(creator) from s;
select tests.act_as((select creator from s));
select is(
  tests.error_of('select api.open_conversation(stranger) from s') ->> 'code', 'BLOCKED',
  'none is opened'
);
select throws_ok(
  'delete from public.user_blocks where true', '42501', null, 'a block is not the blocked one''s to end'
);

-- Peace again
select tests.act_as((select talent from s));
select lives_ok('select api.unblock_user(creator) from s', 'taken back');
select lives_ok('select api.unblock_user(creator) from s', 'twice is once');
select is(api.send_message(id, 'Sorry') ->> 'content', 'Sorry', 'they talk again') from c;

-- One of them leaves
select tests.act_as_postgres();
update public.profiles set deleted_at = now() where id = (select talent from s);
select tests.act_as((select creator from s));
select is(
  tests.error_of('select api.send_message(id, ''x'') from c') ->> 'code', 'CONVERSATION_CLOSED',
  'nobody is there to read'
);
select is(
  api.list_conversations() #>> '{conversations,0,talent,name}', 'Deleted user', 'a name no more'
);
select is(api.list_messages(id) #>> '{messages,0,content}', 'Sorry', 'what was said stays') from c;

select * from finish();
rollback;
