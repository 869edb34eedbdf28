begin;
select plan(14);

create temporary table s as select * from tests.stage();
grant select on s to authenticated;
select tests.act_as((select creator from s));
create temporary table c as select (api.open_conversation(talent::text) ->> 'id')::uuid as id from s;
grant select on c to authenticated;
select tests.forget_events();

-- Sent
create temporary table m as select api.send_message(id::text, 'Hello') as document from c;
grant select on m to authenticated;
select is(
  tests.event_names(talent), '{message:received,notification:new}',
  'the other participant gets an event for a message'
) from s;
select is(
  e.payload, jsonb_build_object('message', m.document, 'conversationId', c.id),
  'the event holds the same message as the sender''s response'
) from s, c, m, tests.events(talent) as e where e.event = 'message:received';
select is(tests.event_names(creator), '{}', 'the sender gets no event') from s;
select is(tests.event_names(stranger), '{}', 'other users get no event') from s;

-- Edited
select tests.forget_events();
select api.edit_message(id::text, m.document ->> 'id', 'Hi') from c, m;
select is(
  tests.event_names(talent), '{message:updated}', 'the other participant gets an event for an edit'
) from s;
select is(
  e.payload #>> '{message,content}', 'Hi', 'the event holds the edited content'
) from s, tests.events(talent) as e;

-- Read
select tests.forget_events();
select tests.act_as((select talent from s));
select api.mark_conversation_read(id::text, m.document ->> 'id') from c, m;
select api.mark_conversation_read(id::text, m.document ->> 'id') from c, m;
select is(
  tests.event_names(creator), '{conversation:read}',
  'the other participant gets one event for reading, also when it is repeated'
) from s;
select is(
  e.payload - 'readAt',
  jsonb_build_object('conversationId', c.id, 'userId', talent, 'messageId', m.document -> 'id'),
  'the event names the reader and the last message read'
) from s, c, m, tests.events(creator) as e;
select is(tests.event_names(talent), '{}', 'the reader gets no event') from s;

-- Deleted
select tests.forget_events();
select tests.act_as((select creator from s));
select api.delete_message(id::text, m.document ->> 'id') from c, m;
select results_eq(
  'select event, payload from s, tests.events(talent)',
  $$select 'message:deleted', jsonb_build_object('messageId', document -> 'id', 'conversationId', id) from c, m$$,
  'the other participant gets an event for a deletion'
);

-- By a plain insert
select tests.forget_events();
insert into public.messages (conversation_id, content) select id, 'Plain' from c;
select is(
  tests.event_names(talent), '{message:received,notification:new}',
  'a plain insert sends the same events'
) from s;

-- Refused
select tests.forget_events();
select tests.error_of('select api.send_message(id::text, ''  '') from c');
select is(tests.event_names(talent), '{}', 'a refused message sends no event') from s;

select ok(
  not exists (
    select from s, tests.events(talent) as e where e.payload::text like '%@%'
  ), 'no payload contains an email address'
);

-- A deleted account
select tests.act_as_postgres();
update public.profiles set deleted_at = now() where id = (select talent from s);
select tests.forget_events();
select private.send_event(array[talent, creator], 'test', '{}') from s;
select is(
  (select tests.event_names(talent) || tests.event_names(creator) from s), '{test}',
  'a deleted account gets no events'
);

select * from finish();
rollback;
