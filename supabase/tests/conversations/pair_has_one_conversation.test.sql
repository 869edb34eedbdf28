begin;
select plan(19);

create temporary table s as select * from tests.stage();
grant select on s to authenticated;

-- Acting as the creator
select tests.act_as((select creator from s));
create temporary table c as select api.open_conversation(stranger) as document from s;
grant select on c to authenticated;

select is(document ->> 'created', 'true', 'opened') from c;
select is(
  document - '{id,createdAt}'::text[],
  jsonb_build_object(
    'creator', jsonb_build_object('id', creator, 'name', 'Iris', 'avatarUrl', null),
    'talent', jsonb_build_object('id', stranger, 'name', 'Cy', 'avatarUrl', null),
    'lastMessage', null, 'unreadCount', 0, 'lastMessageAt', null, 'created', true
  ),
  'with both cards and nothing said'
) from c, s;
select is(
  api.open_conversation(stranger) - 'created', (select document - 'created' from c),
  'asked for again, it is the same'
) from s;
select is(api.open_conversation(stranger) ->> 'created', 'false', 'and not new') from s;
select is(
  tests.error_of('select api.open_conversation(other_creator) from s') ->> 'code',
  'SAME_USER_TYPE', 'two creators have none'
);
select is(
  tests.error_of('select api.open_conversation(creator) from s') -> 'fields', '["participantId"]',
  'nobody talks to themselves'
);
select is(
  tests.error_of('select api.open_conversation(null)') -> 'fields', '["participantId"]',
  'somebody has to be named'
);
select is(
  tests.error_of('select api.open_conversation(gen_random_uuid())') ->> 'code', 'NOT_FOUND',
  'somebody who is there'
);

-- Acting as the talent
select tests.act_as((select stranger from s));
select is(
  api.open_conversation(creator) ->> 'id', (select document ->> 'id' from c), 'from both sides'
) from s;
select is(
  jsonb_path_query_array(api.list_conversations(), '$.conversations[*].id'),
  (select jsonb_build_array(document -> 'id') from c), 'it is in the talent''s list'
);
select is(
  api.get_conversation((document ->> 'id')::uuid), document - 'created', 'and can be looked up'
) from c;
select is(
  tests.error_of('select api.open_conversation(talent) from s') ->> 'code', 'SAME_USER_TYPE',
  'two talents have none'
);

-- Acting as another creator
select tests.act_as((select other_creator from s));
select is(api.list_conversations() #>> '{pagination,total}', '0', 'nobody else lists it');
select is(
  tests.error_of('select api.get_conversation((document ->> ''id'')::uuid) from c') ->> 'code',
  'FORBIDDEN', 'or reads it'
);
select is(
  tests.error_of('select api.get_conversation(gen_random_uuid())') ->> 'code', 'NOT_FOUND',
  'one that is not there is told apart'
);
select is_empty('select from public.conversations', 'the table says the same');
select is_empty('select from public.conversation_reads', 'also of what was read');
select throws_ok(
  $$insert into public.conversations (creator_id, talent_id) select other_creator, stranger from s$$,
  '42501', null, 'opening goes through the function'
);

-- Acting as a talent whose account is gone
select tests.act_as_postgres();
update public.profiles set deleted_at = now() where id = (select colleague from s);
select tests.act_as((select creator from s));
select is(
  tests.error_of('select api.open_conversation(colleague) from s') ->> 'code', 'NOT_FOUND',
  'a deleted account cannot be written to'
);

select * from finish();
rollback;
