-- Notifications about messages. A conversation has at most one unread notification per participant:
-- it follows the unread count, and is marked as read when the count is 0. It never contains the
-- content of a message, which may be deleted later.

-- Returns the text of the notification.
create function private.message_sentence(p_sender_id uuid, p_count integer)
  returns text
  language plpgsql
  stable
  security definer
  set search_path = ''
as $$
begin
  return case p_count
    when 1 then private.card_name(p_sender_id) || ' sent you a message'
    else format('%s sent you %s messages', private.card_name(p_sender_id), p_count)
  end;
end;
$$;

-- Adds or updates the notification when the unread count changes.
create function private.tg_conversation_reads__notify()
  returns trigger
  language plpgsql
  security definer
  set search_path = ''
as $$
declare
  v_conversation public.conversations;
  v_sender_id uuid;
begin
  perform private.settle_message_notification(new.user_id, new.conversation_id);

  if new.unread_count = 0 then
    update private.notifications
    set is_read = true
    where user_id = new.user_id
      and type = 'message_received'
      and not is_read
      and metadata ->> 'conversationId' = new.conversation_id::text;
    return null;
  end if;

  select c.*
  into strict v_conversation
  from public.conversations as c
  where c.id = new.conversation_id;

  v_sender_id := case new.user_id
    when v_conversation.creator_id then v_conversation.talent_id
    else v_conversation.creator_id
  end;

  if new.unread_count < old.unread_count then
    update private.notifications
    set message = private.message_sentence(v_sender_id, new.unread_count)
    where user_id = new.user_id
      and type = 'message_received'
      and not is_read
      and metadata ->> 'conversationId' = new.conversation_id::text;
  elsif private.wants(new.user_id, 'message_received', 'inApp') then
    insert into private.notifications as n (
      user_id, actor_id, type, title, message, entity_type, entity_id, metadata
    )
    values (
      new.user_id, v_sender_id, 'message_received', 'New Message',
      private.message_sentence(v_sender_id, new.unread_count),
      'message', v_conversation.last_message_id,
      jsonb_build_object('conversationId', new.conversation_id)
    )
    on conflict (user_id, (metadata ->> 'conversationId'))
      where type = 'message_received' and not is_read
    do update
    set
      message = excluded.message, entity_id = excluded.entity_id, created_at = excluded.created_at,
      transaction_id = excluded.transaction_id;
  end if;

  return null;
end;
$$;

create trigger _900_notify
  after update of unread_count on public.conversation_reads
  for each row
  when (old.unread_count <> new.unread_count)
  execute function private.tg_conversation_reads__notify();
