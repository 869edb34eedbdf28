begin;
select plan(14);

create temporary table s as select * from tests.stage();
grant select on s to authenticated;
select tests.act_as((select creator from s));
create temporary table c as select (api.open_conversation(talent) ->> 'id')::uuid as id from s;
grant select on c to authenticated;
select tests.forget_events();

-- Sent
create temporary table m as select api.send_message(id, 'Hello') as document from c;
grant select on m to authenticated;
select is(
  tests.event_names(talent), '{message:received,notification:new}', 'the other side hears of it'
) from s;
select is(
  e.payload, jsonb_build_object('message', m.document, 'conversationId', c.id),
  'exactly what the sender got'
) from s, c, m, tests.events(talent) as e where e.event = 'message:received';
select is(tests.event_names(creator), '{}', 'the sender hears nothing') from s;
select is(tests.event_names(stranger), '{}', 'nor does anybody else') from s;

-- Edited
select tests.forget_events();
select api.update_message(id, (m.document ->> 'id')::uuid, 'Hi') from c, m;
select is(tests.event_names(talent), '{message:updated}', 'edited') from s;
select is(
  e.payload #>> '{message,content}', 'Hi', 'as it reads now'
) from s, tests.events(talent) as e;

-- Read
select tests.forget_events();
select tests.act_as((select talent from s));
select api.mark_conversation_read(id, (m.document ->> 'id')::uuid) from c, m;
select api.mark_conversation_read(id, (m.document ->> 'id')::uuid) from c, m;
select is(tests.event_names(creator), '{conversation:read}', 'read, told once') from s;
select is(
  e.payload - 'readAt',
  jsonb_build_object('conversationId', c.id, 'userId', talent, 'messageId', m.document -> 'id'),
  'by whom and up to where'
) from s, c, m, tests.events(creator) as e;
select is(tests.event_names(talent), '{}', 'not told to the reader') from s;

-- Deleted
select tests.forget_events();
select tests.act_as((select creator from s));
select api.delete_message(id, (m.document ->> 'id')::uuid) from c, m;
select results_eq(
  'select event, payload from s, tests.events(talent)',
  $$select 'message:deleted', jsonb_build_object('messageId', document -> 'id', 'conversationId', id) from c, m$$,
  'deleted'
);

-- By a plain insert
select tests.forget_events();
insert into public.messages (conversation_id, content) select id, 'Plain' from c;
select is(
  tests.event_names(talent), '{message:received,notification:new}', 'a plain insert is told the same'
) from s;

-- Refused
select tests.forget_events();
select tests.error_of('select api.send_message(id, ''  '') from c');
select is(tests.event_names(talent), '{}', 'what is refused is not told') from s;

select ok(
  not exists (
    select from s, tests.events(talent) as e where e.payload::text like '%@%'
  ), 'no address anywhere'
);

-- An account that is gone
select tests.act_as_postgres();
update public.profiles set deleted_at = now() where id = (select talent from s);
select tests.forget_events();
select private.send_event(array[talent, creator], 'test', '{}') from s;
select is(
  (select tests.event_names(talent) || tests.event_names(creator) from s), '{test}',
  'nobody talks to the dead'
);

select * from finish();
rollback;
