-- Realtime events of conversations, sent to the other participant.

-- Returns the other participant of a conversation.
create function private.other_participant(p_conversation_id uuid, p_user_id uuid)
  returns uuid
  language plpgsql
  stable
  security definer
  set search_path = ''
as $$
begin
  return (
    select case p_user_id when c.creator_id then c.talent_id else c.creator_id end
    from public.conversations as c
    where c.id = p_conversation_id
  );
end;
$$;

-- Sends message:updated with the current message. message:received is sent in 75_delivery.sql.
create function private.tg_messages__broadcast_edit()
  returns trigger
  language plpgsql
  security definer
  set search_path = ''
as $$
begin
  perform private.send_event(
    array[private.other_participant(new.conversation_id, new.sender_id)],
    'message:updated',
    jsonb_build_object('message', d.document, 'conversationId', new.conversation_id)
  )
  from private.message_documents as d
  where d.id = new.id;

  return null;
end;
$$;

create trigger _701_broadcast_edit
  after update of content on public.messages
  for each row
  when (old.content is distinct from new.content and new.deleted_at is null)
  execute function private.tg_messages__broadcast_edit();

-- Sends message:deleted.
create function private.tg_messages__broadcast_deletion()
  returns trigger
  language plpgsql
  security definer
  set search_path = ''
as $$
begin
  perform private.send_event(
    array[private.other_participant(new.conversation_id, new.sender_id)], 'message:deleted',
    jsonb_build_object('messageId', new.id, 'conversationId', new.conversation_id)
  );

  return null;
end;
$$;

create trigger _702_broadcast_deletion
  after update of deleted_at on public.messages
  for each row
  when (old.deleted_at is null and new.deleted_at is not null)
  execute function private.tg_messages__broadcast_deletion();

-- Sends conversation:read.
create function private.tg_conversation_reads__broadcast()
  returns trigger
  language plpgsql
  security definer
  set search_path = ''
as $$
begin
  perform private.send_event(
    array[private.other_participant(new.conversation_id, new.user_id)], 'conversation:read',
    jsonb_build_object(
      'conversationId', new.conversation_id,
      'userId', new.user_id,
      'messageId', new.last_read_message_id,
      'readAt', private.iso(new.last_read_at)
    )
  );

  return null;
end;
$$;

create trigger _700_broadcast
  after update of last_read_message_id on public.conversation_reads
  for each row
  when (old.last_read_message_id is distinct from new.last_read_message_id)
  execute function private.tg_conversation_reads__broadcast();
