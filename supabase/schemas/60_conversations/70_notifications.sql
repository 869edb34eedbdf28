-- Notifications about messages. A conversation has at most one unread notification per participant:
-- it follows the unread count, and is marked as read when the count is 0. It never contains the
-- content of a message, which may be deleted later.
--
-- The first unread message adds it; later ones do not write it. While it is unread, who reads it gets the
-- number of messages and the last one from the conversation (22_notification_view.sql). When it is marked
-- as read, they are written into it.

-- Returns the text of the notification.
create function private.message_sentence(p_sender_name text, p_count integer)
  returns text
  language plpgsql
  immutable
  set search_path = ''
as $$
begin
  return case p_count
    when 1 then p_sender_name || ' sent you a message'
    else format('%s sent you %s messages', p_sender_name, p_count)
  end;
end;
$$;

-- Returns the text of a user's unread notification, null without unread messages. Definer, for the view of
-- notifications: it answers for conversations of the caller, and to the system.
create function private.unread_sentence(p_user_id uuid, p_conversation_id uuid)
  returns text
  language plpgsql
  stable
  security definer
  set search_path = ''
as $$
begin
  return (
    select private.message_sentence(sender.name, r.unread_count)
    from public.conversations as c
    join public.conversation_reads as r on r.conversation_id = c.id and r.user_id = p_user_id
    join private.cards as sender
      on sender.id = case p_user_id when c.creator_id then c.talent_id else c.creator_id end
    where c.id = p_conversation_id
      and r.unread_count > 0
      and coalesce(auth.uid() in (c.creator_id, c.talent_id), true)
  );
end;
$$;

-- Returns the last message that a user has received. Definer, as above.
create function private.last_received_message(p_user_id uuid, p_conversation_id uuid)
  returns uuid
  language plpgsql
  stable
  security definer
  set search_path = ''
as $$
begin
  return (
    select m.id
    from public.messages as m
    where m.conversation_id = p_conversation_id
      and m.sender_id <> p_user_id
      and (auth.uid() is null or private.is_my_conversation(p_conversation_id))
    order by m.sent_at desc, m.id desc
    limit 1
  );
end;
$$;

-- The view of notifications runs them as the caller.
grant execute on function
  private.unread_sentence(uuid, uuid),
  private.last_received_message(uuid, uuid)
to authenticated, service_role;

-- Adds the notification of a new message, which is counted already. Called if there is none that is unread.
create function private.notify_of_message(
  p_user_id uuid, p_sender_id uuid, p_sender_name text, p_conversation_id uuid, p_message_id uuid
)
  returns void
  language plpgsql
  security definer
  set search_path = ''
as $$
declare
  v_read_id uuid;
begin
  -- One that only a watermark has read is marked itself, so that this message adds another instead of
  -- renewing it. Its text has the messages before this one.
  update private.notifications as n
  set is_read = true, read_at = private.read_by_watermark_at(n.user_id, n.transaction_id)
  where n.user_id = p_user_id
    and n.type = 'message_received'
    and not n.is_read
    and n.metadata ->> 'conversationId' = p_conversation_id::text
    and private.read_by_watermark_at(n.user_id, n.transaction_id) is not null
  returning n.id
  into v_read_id;

  if found then
    update private.notifications as n
    set message = private.message_sentence(p_sender_name, greatest(r.unread_count - 1, 1))
    from public.conversation_reads as r
    where n.id = v_read_id and r.conversation_id = p_conversation_id and r.user_id = p_user_id;
  end if;

  if private.wants(p_user_id, 'message_received', 'inApp') then
    insert into private.notifications (
      user_id, actor_id, type, title, message, entity_type, entity_id, metadata
    )
    values (
      p_user_id, p_sender_id, 'message_received', 'New Message',
      private.message_sentence(p_sender_name, 1), 'message', p_message_id,
      jsonb_build_object('conversationId', p_conversation_id)
    );
  end if;
end;
$$;

-- Marks the notification as read when no message is unread, with the number of messages that were.
create function private.tg_conversation_reads__notify()
  returns trigger
  language plpgsql
  security definer
  set search_path = ''
as $$
begin
  update private.notifications as n
  set
    is_read = true,
    read_at = private.read_by_watermark_at(n.user_id, n.transaction_id),
    message = private.message_sentence(
      private.card_name(private.other_participant(new.conversation_id, new.user_id)),
      old.unread_count
    )
  where n.user_id = new.user_id
    and n.type = 'message_received'
    and not n.is_read
    and n.metadata ->> 'conversationId' = new.conversation_id::text;

  return null;
end;
$$;

create trigger _900_notify
  after update of unread_count on public.conversation_reads
  for each row
  when (new.unread_count = 0 and old.unread_count > 0)
  execute function private.tg_conversation_reads__notify();
