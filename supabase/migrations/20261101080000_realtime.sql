-- Release 0.2.0, from supabase/schemas/80_realtime. A later change is made there and in a migration of its own.


-- ── 80_realtime/10_channel_access.sql ───────────────────────────────────────────────────────────

-- Who may join which Realtime channel. There are two kinds of channels, both private:
--
--   user:<id>          events for one user. That user listens; only the database sends, so clients
--                      can trust the events.
--   conversation:<id>  typing and presence. Both participants listen and send.
--
-- Projects have no channel, because their teams change.
--
-- Realtime checks these policies when a client joins a channel and when its token changes. It does
-- so with rows that have a topic and an extension and nothing else.

-- Returns whether the topic is one of the caller's conversations, and neither participant has
-- blocked the other. Definer: users cannot read other users' blocks.
create function private.is_my_conversation_topic(p_topic text)
  returns boolean
  language plpgsql
  stable
  security definer
  set search_path = ''
as $$
begin
  return exists (
    select
    from public.conversations as c
    where c.id = private.try_uuid(substr(p_topic, 14))
      and 'conversation:' || c.id = p_topic
      and auth.uid() in (c.creator_id, c.talent_id)
      and not private.is_blocked(c.creator_id, c.talent_id)
  );
end;
$$;

-- Policies run it as the caller. It answers for the caller's own conversations only.
grant execute on function private.is_my_conversation_topic(text) to authenticated;

-- Creating a policy briefly locks several tables of the platform. Fail after five seconds instead
-- of blocking them.
set local lock_timeout = '5s';

create policy select_self on realtime.messages
  for select to authenticated
  using (
    extension = 'broadcast'
    and (select realtime.topic()) = 'user:' || (select auth.uid())
    and (select private.session_is_live())
  );

create policy select_participant on realtime.messages
  for select to authenticated
  using (
    extension in ('broadcast', 'presence')
    and (select private.is_my_conversation_topic(realtime.topic()))
    and (select private.session_is_live())
  );

create policy insert_participant on realtime.messages
  for insert to authenticated
  with check (
    extension in ('broadcast', 'presence')
    and (select private.is_my_conversation_topic(realtime.topic()))
    and (select private.session_is_live())
  );


-- ── 80_realtime/20_send_events.sql ──────────────────────────────────────────────────────────────

-- Sending events. Triggers send an event to each recipient's own channel, in the transaction of the
-- change: a change that is rolled back sends nothing. Users appear in payloads as public cards.
--
--   message:received, message:updated        {message, conversationId}
--   message:deleted                          {messageId, conversationId}
--   conversation:read                        {conversationId, userId, messageId, readAt}
--   task:assigned                            {task, assignedBy}
--   task:status_changed                      {taskId, projectId, status, updatedBy}
--   deliverable:submitted                    {deliverable, projectId}
--   deliverable:approved                     {deliverableId, projectId, taskId, approvedBy}
--   deliverable:revision_requested           {deliverableId, projectId, taskId, feedback,
--                                             requestedBy}
--   notification:new                         {notification}
--
-- Every payload also has actorId, the user who made the change (null for the system).

-- Sends an event once to each of the users, and to the user who made the change, for their other tabs
-- and devices; only their copy has the sessionId of the change, so that a client can ignore its
-- own. Notifications go to their recipient only. Deleted accounts get nothing. Definer: clients must not
-- send on these channels.
--
-- One insert for all recipients, in the form that realtime.send writes: it would be an insert and a
-- sub-transaction for each. As there, an event that cannot be written is a warning: it never undoes the
-- change.
create function private.send_event(p_user_ids uuid[], p_event text, p_payload jsonb)
  returns void
  language plpgsql
  security definer
  set search_path = ''
  set plan_cache_mode = force_generic_plan
as $$
declare
  v_actor_id constant uuid := auth.uid();
  v_user_ids constant uuid[] := case p_event
    when 'notification:new' then array_remove(p_user_ids, v_actor_id)
    else p_user_ids || v_actor_id
  end;
  v_payload constant jsonb := p_payload || jsonb_build_object('actorId', v_actor_id);
  v_own_payload constant jsonb := v_payload || jsonb_build_object(
    'sessionId', private.try_uuid(auth.jwt() ->> 'session_id')
  );
begin
  insert into realtime.messages (id, topic, extension, event, private, payload)
  select
    recipient.message_id, 'user:' || recipient.id, 'broadcast', p_event, true,
    case recipient.id when v_actor_id then v_own_payload else v_payload end
      || jsonb_build_object('id', recipient.message_id)
  from (
    select p.id, gen_random_uuid() as message_id
    from public.profiles as p
    where p.id = any (v_user_ids) and p.deleted_at is null
  ) as recipient;
exception
  when others then
    raise warning 'The event % was not sent: %', p_event, sqlerrm;
end;
$$;


-- ── 80_realtime/30_closed_conversations.sql ─────────────────────────────────────────────────────

-- Realtime checks who may use a channel when a client joins it. After a block, both participants are
-- told on the channel of their conversation to join again; the policy then refuses them.

create function private.tg_user_blocks__close_conversation()
  returns trigger
  language plpgsql
  security definer
  set search_path = ''
as $$
begin
  perform realtime.send(
    jsonb_build_object('conversationId', c.id), 'conversation:closed', 'conversation:' || c.id, true
  )
  from public.conversations as c
  where (c.creator_id, c.talent_id) in (
    (new.blocker_id, new.blocked_id), (new.blocked_id, new.blocker_id)
  );

  return null;
end;
$$;

create trigger _700_close_conversation
  after insert on public.user_blocks
  for each row
  execute function private.tg_user_blocks__close_conversation();
