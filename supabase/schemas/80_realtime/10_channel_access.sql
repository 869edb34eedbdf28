-- Who may join which Realtime channel. There are two kinds, both private:
--
--   user:<id>          everything that happens to one person. Only they listen; nobody speaks there
--                      but the database, so an event on it is true.
--   conversation:<id>  typing and presence. Its two participants listen and speak.
--
-- Realtime asks with rows that hold nothing but topic and extension, when a channel is joined and
-- when its token changes: projects, whose teams change, have no channel.

-- Whether this is the topic of a conversation of the caller's in which neither has blocked the
-- other. Definer: blocks are told to nobody.
create function private.is_my_conversation_topic(p_topic text)
  returns boolean
  language sql
  stable
  security definer
  set search_path = ''
as $$
  select exists (
    select
    from public.conversations as c
    where c.id = private.try_uuid(substr(p_topic, 14))
      and 'conversation:' || c.id = p_topic
      and auth.uid() in (c.creator_id, c.talent_id)
      and not private.is_blocked(c.creator_id, c.talent_id)
  )
$$;

-- Policies run it as the caller. It tells people about their own conversations only.
grant execute on function private.is_my_conversation_topic(text) to authenticated;

-- Policies on the platform's tables lock several of them for a moment: short, and not at any price.
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
