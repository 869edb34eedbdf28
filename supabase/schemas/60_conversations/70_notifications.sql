-- Notifications about messages. A conversation has at most one unread notification per participant:
-- it follows the unread count, and is marked as read when the count is 0. It never contains the
-- content of a message, which may be deleted later.

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

-- Adds the notification of a new message, or updates the unread one. The usual case, an unread one, is an
-- update that cannot conflict; only without one is a row inserted.
create function private.notify_of_message(
  p_user_id uuid, p_sender_id uuid, p_sender_name text, p_conversation_id uuid,
  p_last_message_id uuid, p_count integer
)
  returns void
  language plpgsql
  security definer
  set search_path = ''
as $$
declare
  v_message constant text := private.message_sentence(p_sender_name, p_count);
begin
  perform private.settle_message_notification(p_user_id, p_conversation_id);

  if not private.wants(p_user_id, 'message_received', 'inApp') then
    return;
  end if;

  update private.notifications
  set
    message = v_message, entity_id = p_last_message_id, created_at = clock_timestamp(),
    transaction_id = default
  where user_id = p_user_id
    and type = 'message_received'
    and not is_read
    and metadata ->> 'conversationId' = p_conversation_id::text;

  if found then
    return;
  end if;

  insert into private.notifications as n (
    user_id, actor_id, type, title, message, entity_type, entity_id, metadata
  )
  values (
    p_user_id, p_sender_id, 'message_received', 'New Message', v_message, 'message',
    p_last_message_id, jsonb_build_object('conversationId', p_conversation_id)
  )
  on conflict (user_id, (metadata ->> 'conversationId'))
    where type = 'message_received' and not is_read
  do update
  set
    message = excluded.message, entity_id = excluded.entity_id, created_at = excluded.created_at,
    transaction_id = excluded.transaction_id;
end;
$$;

-- Updates the notification when fewer messages are unread, and marks it as read when none is.
create function private.tg_conversation_reads__notify()
  returns trigger
  language plpgsql
  security definer
  set search_path = ''
as $$
begin
  perform private.settle_message_notification(new.user_id, new.conversation_id);

  update private.notifications
  set
    is_read = new.unread_count = 0,
    message = case new.unread_count
      when 0 then message
      else private.message_sentence(
        private.card_name(private.other_participant(new.conversation_id, new.user_id)),
        new.unread_count
      )
    end
  where user_id = new.user_id
    and type = 'message_received'
    and not is_read
    and metadata ->> 'conversationId' = new.conversation_id::text;

  return null;
end;
$$;

create trigger _900_notify
  after update of unread_count on public.conversation_reads
  for each row
  when (new.unread_count < old.unread_count)
  execute function private.tg_conversation_reads__notify();
