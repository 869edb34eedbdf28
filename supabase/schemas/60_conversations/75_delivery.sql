-- What follows a new message: unread count, notification, mail and event.

-- Called under the conversation's lock, by the trigger that sends. The message is not stored yet.
create function private.deliver_message(
  p_message public.messages, p_recipient_id uuid, p_sender_name text, p_sender_avatar_url text,
  p_is_newest boolean
)
  returns void
  language plpgsql
  security definer
  set search_path = ''
  set plan_cache_mode = force_generic_plan
as $$
declare
  v_is_notified boolean;
  v_awaits_mail boolean;
begin
  -- A pointer is never beyond the newest message; only back-dated ones can be read already.
  update public.conversation_reads as r
  set unread_count = r.unread_count + 1
  where r.conversation_id = p_message.conversation_id
    and r.user_id = p_recipient_id
    and p_message.deleted_at is null
    and (p_is_newest or private.is_unread(r, p_message))
  returning
    exists (
      select
      from private.notifications as n
      where n.user_id = p_recipient_id
        and n.type = 'message_received'
        and not n.is_read
        and n.metadata ->> 'conversationId' = p_message.conversation_id::text
        and not exists (
          select
          from private.notification_watermarks as w
          where w.user_id = p_recipient_id
            and w.transaction_id <> n.transaction_id
            and pg_visible_in_snapshot(n.transaction_id, w.snapshot)
        )
    ),
    exists (
      select
      from private.message_mails as m
      where m.conversation_id = p_message.conversation_id
        and m.user_id = p_recipient_id
        and m.waiting
    )
  into v_is_notified, v_awaits_mail;

  if not v_is_notified then
    perform private.notify_of_message(
      p_recipient_id, p_message.sender_id, p_sender_name, p_message.conversation_id, p_message.id
    );
  end if;

  if not v_awaits_mail then
    perform private.await_message_mail(p_message.conversation_id, p_recipient_id);
  end if;

  perform private.send_event(
    array[p_recipient_id], 'message:received',
    jsonb_build_object(
      'message',
      private.message_document(p_message, p_sender_name, p_sender_avatar_url),
      'conversationId', p_message.conversation_id
    )
  );
end;
$$;
