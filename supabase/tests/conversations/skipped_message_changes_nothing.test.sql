begin;
select plan(8);

create temporary table s as select * from tests.stage();
grant select on s to authenticated;
create function pg_temp.state()
  returns jsonb
  language sql
  security definer
as $$
  select jsonb_build_object(
    'conversation', (select to_jsonb(v) from public.conversations as v, s where v.talent_id = s.talent),
    'unread', (
      select jsonb_agg(r.unread_count order by r.unread_count)
      from public.conversation_reads as r
      join public.conversations as v on v.id = r.conversation_id
      join s on s.talent = v.talent_id
    ),
    'events', (select count(*) from realtime.messages where event = 'message:received')
  )
$$;
grant execute on function pg_temp.state() to authenticated;
select tests.act_as((select creator from s));
create temporary table c as
select (api.open_conversation(talent::text) ->> 'id')::uuid as id, gen_random_uuid() as name from s;
grant select on c to authenticated;
select api.send_message(id::text, 'First', name::text) from c;

create temporary table before as select pg_temp.state() as state;
grant select on before to authenticated;

-- Acting as the creator
insert into public.messages (conversation_id, content, client_message_id)
select id, 'Again', name from c
on conflict do nothing;
select is(
  pg_temp.state(), (select state from before),
  'a message that is skipped because it is stored changes no counter, no time and sends no event'
);
select is(
  tests.error_of('insert into public.messages (conversation_id, content, client_message_id) select id, ''Again'', name from c') ->> 'state',
  '23505', 'without "on conflict" it is refused'
);
select is(pg_temp.state(), (select state from before), 'a refused message changes nothing either');

-- Acting as an operator
select tests.act_as_postgres();
insert into public.messages (id, conversation_id, sender_id, content)
select m.id, m.conversation_id, m.sender_id, 'Again' from public.messages as m, c
where m.conversation_id = c.id
on conflict do nothing;
select is(
  pg_temp.state(), (select state from before), 'the same holds for a message with a stored id'
);

-- Several at once
select tests.act_as((select talent from s));
insert into public.messages (conversation_id, content)
select id, 'Nr. ' || n from c, generate_series(1, 5) as n;
select is(
  (
    select array_agg(m.content order by m.sent_at)
    from public.messages as m, c where m.conversation_id = c.id
  ),
  array['First', 'Nr. 1', 'Nr. 2', 'Nr. 3', 'Nr. 4', 'Nr. 5'],
  'messages of one insert are in its order'
);
select is(
  (
    select count(distinct m.sent_at) from public.messages as m, c where m.conversation_id = c.id
  ),
  6::bigint, 'they have different times'
);
select is(
  (
    select m.content
    from public.conversations as v join public.messages as m on m.id = v.last_message_id
    where v.id = (select id from c) and v.last_message_at = m.sent_at
  ),
  'Nr. 5', 'the last one is the last message of the conversation'
);
select is(
  pg_temp.state() -> 'unread', '[1, 5]', 'each is counted as unread'
);

select * from finish();
rollback;
