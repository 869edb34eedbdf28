begin;
select plan(14);

create temporary table s as select * from tests.stage();
grant select on s to authenticated;
select tests.act_as((select creator from s));
create temporary table c as select (api.open_conversation(talent) ->> 'id')::uuid as id from s;
grant select on c to authenticated;
select tests.act_as_postgres();
update private.email_verifications set verified_at = now()
where user_id in (select unnest(array[creator, talent]) from s);
delete from private.outbox;
delete from private.message_mails;

create function pg_temp.say(p_count integer)
  returns void
  language plpgsql
as $$
begin
  perform tests.act_as((select creator from s));
  perform api.send_message(id, 'Secret ' || n) from c, generate_series(1, p_count) as n;
  perform tests.act_as_postgres();
end;
$$;
-- Moves everything that was said and mailed into the past.
create function pg_temp.wait(p_minutes integer)
  returns void
  language plpgsql
as $$
begin
  update public.messages set sent_at = sent_at - make_interval(mins => p_minutes)
  where conversation_id = (select id from c);
  update private.message_mails set mailed_at = mailed_at - make_interval(mins => p_minutes)
  where conversation_id = (select id from c);
  perform private.queue_message_mails();
end;
$$;
create function pg_temp.mails()
  returns bigint
  language sql
as $$
  select count(*) from private.outbox where kind = 'message_received'
$$;

select pg_temp.say(10);
select pg_temp.wait(0);
select is(pg_temp.mails(), 0::bigint, 'no mail at once');
select pg_temp.wait(9);
select is(pg_temp.mails(), 0::bigint, 'nor after nine minutes');
select pg_temp.wait(2);
select is(pg_temp.mails(), 1::bigint, 'after ten unread minutes one, for all ten');
select results_eq(
  'select recipient, payload from private.outbox',
  $$
    select talent || '@example.com', jsonb_build_object(
      'recipientName', 'Ada', 'title', 'New Message', 'message', 'Iris sent you 10 messages',
      'entityType', 'conversation', 'entityId', id, 'conversationId', id, 'actorName', 'Iris',
      'messageCount', 10
    ) from s, c
  $$,
  'with who and how many, never with what'
);
select pg_temp.wait(60);
select is(pg_temp.mails(), 1::bigint, 'unread for long, it is not told again');

-- More of it
select pg_temp.say(1);
select pg_temp.wait(11);
select is(pg_temp.mails(), 2::bigint, 'new ones are, ten minutes later');
select pg_temp.say(1);
select pg_temp.wait(15);
select is(pg_temp.mails(), 2::bigint, 'but not twice in half an hour');
select pg_temp.wait(20);
select is(pg_temp.mails(), 3::bigint, 'after it');
select is_empty('select from private.message_mails where waiting', 'then nothing waits');

-- Read in time
select pg_temp.say(1);
select tests.act_as((select talent from s));
select api.mark_conversation_read(id, (api.get_conversation(id) #>> '{lastMessage,id}')::uuid) from c;
select tests.act_as_postgres();
select pg_temp.wait(60);
select is(pg_temp.mails(), 3::bigint, 'what was read needs no mail');
select is_empty('select from private.message_mails where waiting', 'and waits for none');

-- Read while the mail was on its way
delete from private.outbox;
select pg_temp.say(1);
select pg_temp.wait(60);
select is(pg_temp.mails(), 1::bigint, 'queued');
select tests.act_as((select talent from s));
select api.mark_conversation_read(id, (api.get_conversation(id) #>> '{lastMessage,id}')::uuid) from c;
select tests.act_as_postgres();
select is_empty('select * from private.claim_mail(10)', 'it does not leave any more');

-- Unwanted
select private.set_preferences(talent, '{"message_received": {"email": false}}') from s;
delete from private.outbox;
select pg_temp.say(1);
select pg_temp.wait(60);
select is(pg_temp.mails(), 0::bigint, 'none where none is wanted');

select * from finish();
rollback;
