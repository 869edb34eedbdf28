begin;
select plan(13);

create temporary table s as select * from tests.stage();
grant select on s to authenticated;
update auth.users set encrypted_password = extensions.crypt('Right-1!', extensions.gen_salt('bf', 4))
where id = (select talent from s);
select tests.act_as((select talent from s));
create temporary table c as select (api.open_conversation(creator::text) ->> 'id')::uuid as id from s;
grant select on c to authenticated;
select api.send_message(id::text, 'Hello') from c;
select api.block_user(other_creator::text) from s;
select api.update_notification_preferences('{"mentioned": {"email": true}}');
select tests.act_as((select creator from s));
select api.send_message(id::text, 'Hi') from c;
select api.block_user(stranger::text) from s;

-- Acting as the talent, who wants to know what is kept
select tests.act_as((select talent from s));
create temporary table kept as select api.export_me() as document;
select is(
  jsonb_path_query_array(document, '$.messages[*].content'), '["Hello"]', 'what they wrote'
) from kept;
select is(
  document #>> '{conversations,0,id}', id::text, 'with whom'
) from kept, c;
select is(
  jsonb_path_query_array(document, '$.notifications[*].type'),
  '["team_added", "task_assigned", "message_received"]', 'what they were told'
) from kept;
select is(
  document #>> '{notificationPreferences,mentioned,email}', 'true', 'what they chose'
) from kept;
select is(document #>> '{blockedUsers,0,name}', 'Otto', 'and whom they blocked') from kept;

-- They go
select api.delete_me('Right-1!', true);
select tests.act_as((select creator from s));
select is(
  jsonb_path_query_array(api.list_messages(id::text), '$.messages[*].sender.name'),
  '["Iris", "Deleted user"]', 'what was said stays, without the name'
) from c;
select is(
  tests.error_of('select api.send_message(id::text, ''Anybody?'') from c') ->> 'code',
  'CONVERSATION_CLOSED', 'and nothing can be added'
);
select is(
  (api.get_conversation(id::text) ->> 'unreadCount')::integer, 1, 'though it can be read'
) from c;
select lives_ok(
  $$
    select api.mark_conversation_read(id::text, api.get_conversation(id::text) #>> '{lastMessage,id}')
    from c
  $$,
  'to the end'
);

-- Thirty days later
select tests.act_as_postgres();
update public.profiles set deleted_at = now() - interval '31 days' where id = (select talent from s);
select private.anonymise_accounts();
select is_empty(
  $$
    select n.id from public.notifications as n, s
    where s.talent in (n.user_id, n.actor_id) or n.message like '%Ada%' and n.user_id = s.creator
  $$,
  'nothing that was told to them or about them'
);
select is_empty(
  'select p.type from public.notification_preferences as p, s where p.user_id = s.talent', 'no choices'
);
select is_empty(
  'select b.blocker_id from public.user_blocks as b, s where s.talent in (b.blocker_id, b.blocked_id)',
  'no blocks'
);
select is(
  (select count(*) from public.messages where conversation_id = (select id from c)), 2::bigint,
  'only what was said'
);

select * from finish();
rollback;
