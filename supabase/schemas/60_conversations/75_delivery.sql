-- What follows a new message, in one function of few statements, because a message is the most frequent
-- write: last message, unread count, notification, mail and event. Each trigger of its own would look up
-- the conversation, the sender and the message again.

create function private.tg_messages__deliver()
  returns trigger
  language plpgsql
  security definer
  set search_path = ''
  set plan_cache_mode = force_generic_plan
as $$
declare
  v_conversation record;
  v_is_newest boolean;
  v_unread integer;
begin
  select
    c.last_message_id, c.last_message_at,
    case new.sender_id when c.creator_id then c.talent_id else c.creator_id end as recipient_id,
    d.document
  into strict v_conversation
  from public.conversations as c
  join private.message_documents as d on d.id = new.id
  where c.id = new.conversation_id;

  v_is_newest := v_conversation.last_message_id is null
    or (v_conversation.last_message_at, v_conversation.last_message_id) < (new.sent_at, new.id);

  if v_is_newest then
    update public.conversations
    set last_message_id = new.id, last_message_at = new.sent_at
    where id = new.conversation_id;
  end if;

  -- A pointer is never beyond the newest message; only back-dated ones can be read already.
  update public.conversation_reads as r
  set unread_count = r.unread_count + 1
  where r.conversation_id = new.conversation_id
    and r.user_id = v_conversation.recipient_id
    and new.deleted_at is null
    and (v_is_newest or private.is_unread(r, new))
  returning r.unread_count
  into v_unread;

  if v_unread is not null then
    perform private.notify_of_message(
      v_conversation.recipient_id, new.sender_id, v_conversation.document #>> '{sender,name}',
      new.conversation_id,
      case when v_is_newest then new.id else v_conversation.last_message_id end, v_unread
    );
    perform private.await_message_mail(new.conversation_id, v_conversation.recipient_id);
  end if;

  perform private.send_event(
    array[v_conversation.recipient_id], 'message:received',
    jsonb_build_object(
      'message', v_conversation.document, 'conversationId', new.conversation_id
    )
  );

  return null;
end;
$$;

create trigger _500_deliver
  after insert on public.messages
  for each row
  execute function private.tg_messages__deliver();
