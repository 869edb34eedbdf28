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

-- Acting as the talent, who exports the data
select tests.act_as((select talent from s));
create temporary table kept as select api.export_me() as document;
select is(
  jsonb_path_query_array(document, '$.messages[*].content'), '["Hello"]', 'the export contains the messages that the user sent'
) from kept;
select is(
  document #>> '{conversations,0,id}', id::text, 'the export contains the conversations'
) from kept, c;
select is(
  jsonb_path_query_array(document, '$.notifications[*].type'),
  '["team_added", "task_assigned", "message_received"]', 'the export contains the notifications'
) from kept;
select is(
  document #>> '{notificationPreferences,mentioned,email}', 'true', 'the export contains the notification preferences'
) from kept;
select is(document #>> '{blockedUsers,0,name}', 'Otto', 'the export contains the blocked users') from kept;

-- The talent deletes the account
select api.delete_me('Right-1!', 'true');
select tests.act_as((select creator from s));
select is(
  jsonb_path_query_array(api.list_messages(id::text), '$.messages[*].sender.name'),
  '["Iris", "Deleted user"]', 'messages of a deleted account stay, under "Deleted user"'
) from c;
select is(
  tests.error_of('select api.send_message(id::text, ''Are you there?'') from c') ->> 'code',
  'CONVERSATION_CLOSED', 'a conversation with a deleted account is closed'
);
select is(
  (api.get_conversation(id::text) ->> 'unreadCount')::integer, 1, 'a closed conversation can be read'
) from c;
select lives_ok(
  $$
    select api.mark_conversation_read(id::text, api.get_conversation(id::text) #>> '{lastMessage,id}')
    from c
  $$,
  'messages of a closed conversation can be marked as read'
);

-- 30 days later
select tests.act_as_postgres();
update public.profiles set deleted_at = now() - interval '31 days' where id = (select talent from s);
select private.anonymise_accounts();
select is_empty(
  $$
    select n.id from public.notifications as n, s
    where s.talent in (n.user_id, n.actor_id) or n.message like '%Ada%' and n.user_id = s.creator
  $$,
  'anonymising deletes notifications to and about the account'
);
select is_empty(
  'select p.type from public.notification_preferences as p, s where p.user_id = s.talent', 'anonymising deletes the notification preferences'
);
select is_empty(
  'select b.blocker_id from public.user_blocks as b, s where s.talent in (b.blocker_id, b.blocked_id)',
  'anonymising deletes the blocks'
);
select is(
  (select count(*) from public.messages where conversation_id = (select id from c)), 2::bigint,
  'anonymising keeps the messages'
);

select * from finish();
rollback;
