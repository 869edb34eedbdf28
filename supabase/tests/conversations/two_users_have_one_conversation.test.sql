begin;
select plan(19);

create temporary table s as select * from tests.stage();
grant select on s to authenticated;

-- Acting as the creator
select tests.act_as((select creator from s));
create temporary table c as select api.open_conversation(stranger::text) as document from s;
grant select on c to authenticated;

select is(document ->> 'created', 'true', 'a creator opens a conversation with a talent') from c;
select is(
  document - '{id,createdAt}'::text[],
  jsonb_build_object(
    'creator', jsonb_build_object('id', creator, 'name', 'Iris', 'avatarUrl', null),
    'talent', jsonb_build_object('id', stranger, 'name', 'Cy', 'avatarUrl', null),
    'lastMessage', null, 'unreadCount', 0, 'lastRead', null, 'lastMessageAt', null, 'created', true
  ),
  'a new conversation has both cards and no message'
) from c, s;
select is(
  api.open_conversation(stranger::text) - 'created', (select document - 'created' from c),
  'opening it again returns the same conversation'
) from s;
select is(
  api.open_conversation(stranger::text) ->> 'created', 'false', 'opening it again reports that it existed'
) from s;
select is(
  tests.error_of('select api.open_conversation(other_creator::text) from s') ->> 'code',
  'SAME_USER_TYPE', 'two creators cannot have a conversation'
);
select is(
  tests.error_of('select api.open_conversation(creator::text) from s') -> 'fields', '["participantId"]',
  'a user cannot open a conversation with themselves'
);
select is(
  tests.error_of('select api.open_conversation(null)') -> 'fields', '["participantId"]',
  'a conversation needs a participant'
);
select is(
  tests.error_of('select api.open_conversation(gen_random_uuid()::text)') ->> 'code', 'NOT_FOUND',
  'a conversation with an unknown user is not found'
);

-- Acting as the talent
select tests.act_as((select stranger from s));
select is(
  api.open_conversation(creator::text) ->> 'id', (select document ->> 'id' from c),
  'the talent opens the same conversation'
) from s;
select is(
  jsonb_path_query_array(api.list_conversations(), '$.conversations[*].id'),
  (select jsonb_build_array(document -> 'id') from c), 'the conversation is in the talent''s list'
);
select is(
  api.get_conversation(document ->> 'id'), document - 'created',
  'the talent can get the conversation'
) from c;
select is(
  tests.error_of('select api.open_conversation(talent::text) from s') ->> 'code', 'SAME_USER_TYPE',
  'two talents cannot have a conversation'
);

-- Acting as another creator
select tests.act_as((select other_creator from s));
select is(
  api.list_conversations() #>> '{pagination,total}', '0',
  'another creator does not list the conversation'
);
select is(
  tests.error_of('select api.get_conversation(document ->> ''id'') from c') ->> 'code',
  'FORBIDDEN', 'another creator cannot get the conversation'
);
select is(
  tests.error_of('select api.get_conversation(gen_random_uuid()::text)') ->> 'code', 'NOT_FOUND',
  'an unknown conversation is not found'
);
select is_empty(
  'select from public.conversations', 'another creator sees no conversation in the table'
);
select is_empty('select from public.conversation_reads', 'another creator sees no read pointers');
select throws_ok(
  $$insert into public.conversations (creator_id, talent_id) select other_creator, stranger from s$$,
  '42501', null, 'users cannot insert conversations directly'
);

-- A deleted account
select tests.act_as_postgres();
update public.profiles set deleted_at = now() where id = (select colleague from s);
select tests.act_as((select creator from s));
select is(
  tests.error_of('select api.open_conversation(colleague::text) from s') ->> 'code', 'NOT_FOUND',
  'a conversation with a deleted account is not found'
);

select * from finish();
rollback;
