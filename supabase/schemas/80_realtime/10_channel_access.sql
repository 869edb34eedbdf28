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
