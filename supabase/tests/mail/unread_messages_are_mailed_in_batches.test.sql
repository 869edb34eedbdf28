begin;
select plan(14);

create temporary table s as select * from tests.stage();
grant select on s to authenticated;
select tests.act_as((select creator from s));
create temporary table c as select (api.open_conversation(talent::text) ->> 'id')::uuid as id from s;
grant select on c to authenticated;
select tests.act_as_postgres();
update private.email_verifications set verified_at = now()
where user_id in (select unnest(array[creator, talent]) from s);
delete from private.outbox;
delete from private.message_mails;

create function pg_temp.send(p_count integer)
  returns void
  language plpgsql
as $$
begin
  perform tests.act_as((select creator from s));
  perform api.send_message(id::text, 'Secret ' || n) from c, generate_series(1, p_count) as n;
  perform tests.act_as_postgres();
end;
$$;
-- Back-dates all messages and mails, then queues the mails that are due.
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

select pg_temp.send(10);
select pg_temp.wait(0);
select is(pg_temp.mails(), 0::bigint, 'no mail is queued for a new message');
select pg_temp.wait(9);
select is(pg_temp.mails(), 0::bigint, 'no mail is queued after 9 minutes');
select pg_temp.wait(2);
select is(pg_temp.mails(), 1::bigint, 'after 10 minutes one mail is queued for all ten messages');
select results_eq(
  'select recipient, payload from private.outbox',
  $$
    select talent || '@example.com', jsonb_build_object(
      'recipientName', 'Ada', 'title', 'New Message', 'message', 'Iris sent you 10 messages',
      'entityType', 'conversation', 'entityId', id, 'conversationId', id, 'actorName', 'Iris',
      'messageCount', 10
    ) from s, c
  $$,
  'the mail names the sender and the number of messages, not their content'
);
select pg_temp.wait(60);
select is(pg_temp.mails(), 1::bigint, 'no second mail is queued for the same messages');

-- More messages
select pg_temp.send(1);
select pg_temp.wait(11);
select is(pg_temp.mails(), 2::bigint, 'a mail is queued for newer messages after 10 minutes');
select pg_temp.send(1);
select pg_temp.wait(15);
select is(pg_temp.mails(), 2::bigint, 'no second mail is queued within 30 minutes');
select pg_temp.wait(20);
select is(pg_temp.mails(), 3::bigint, 'the next mail is queued after 30 minutes');
select is_empty(
  'select from private.message_mails where waiting', 'no conversation waits for a mail after that'
);

-- Read before the mail is queued
select pg_temp.send(1);
select tests.act_as((select talent from s));
select api.mark_conversation_read(id::text, api.get_conversation(id::text) #>> '{lastMessage,id}') from c;
select tests.act_as_postgres();
select pg_temp.wait(60);
select is(pg_temp.mails(), 3::bigint, 'no mail is queued for messages that were read');
select is_empty(
  'select from private.message_mails where waiting',
  'a conversation that was read does not wait for a mail'
);

-- Read after the mail was queued
delete from private.outbox;
select pg_temp.send(1);
select pg_temp.wait(60);
select is(pg_temp.mails(), 1::bigint, 'a mail is queued for an unread message');
select tests.act_as((select talent from s));
select api.mark_conversation_read(id::text, api.get_conversation(id::text) #>> '{lastMessage,id}') from c;
select tests.act_as_postgres();
update private.outbox set next_attempt_at = now() where status = 'pending';
select is_empty(
  'select * from private.claim_mail(10)', 'a queued mail is not sent after the messages were read'
);

-- Turned off
select private.set_preferences(talent, '{"message_received": {"email": false}}') from s;
delete from private.outbox;
select pg_temp.send(1);
select pg_temp.wait(60);
select is(pg_temp.mails(), 0::bigint, 'no mail is queued for a user who turned it off');

select * from finish();
rollback;
