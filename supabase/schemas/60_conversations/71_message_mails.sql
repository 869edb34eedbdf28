-- Mails about messages are batched: a mail is queued when a message has been unread for 10 minutes,
-- at most one mail per conversation in 30 minutes. Messages that were read meanwhile cause no mail.

create table private.message_mails (
  conversation_id uuid not null references public.conversations (id) on delete cascade,
  user_id uuid not null references public.profiles (id) on delete cascade,
  waiting boolean not null default true,
  mailed_at timestamptz,

  primary key (conversation_id, user_id)
);

comment on table private.message_mails is
  'Per participant and conversation: whether messages wait for a mail, and when the last one was
queued.';

create index message_mails_user_id_idx on private.message_mails (user_id);
create index message_mails_waiting_idx
  on private.message_mails (conversation_id, user_id) where waiting;

-- Marks the conversation as waiting for a mail. Written once per batch, not once per message: who sends
-- looks at `waiting` first, under the lock of the conversation.
create function private.await_message_mail(p_conversation_id uuid, p_user_id uuid)
  returns void
  language plpgsql
  security definer
  set search_path = ''
as $$
begin
  insert into private.message_mails as m (conversation_id, user_id)
  values (p_conversation_id, p_user_id)
  on conflict (conversation_id, user_id) do update
  set waiting = true
  where not m.waiting;
end;
$$;

-- Returns the oldest unread message about which no mail was queued.
create function private.first_unmailed_message(p_mail private.message_mails)
  returns public.messages
  language sql
  stable
  security definer
  set search_path = ''
as $$
  select m.*
  from public.conversation_reads as r
  left join public.messages as last on last.id = r.last_read_message_id
  join public.messages as m on m.conversation_id = r.conversation_id
  where r.conversation_id = p_mail.conversation_id
    and r.user_id = p_mail.user_id
    and r.unread_count > 0
    and m.sender_id <> r.user_id
    and m.deleted_at is null
    and m.sent_at > coalesce(p_mail.mailed_at, '-infinity')
    and m.sent_at >= coalesce(last.sent_at, '-infinity')
    and (last.id is null or (m.sent_at, m.id) > (last.sent_at, last.id))
  order by m.sent_at
  limit 1
$$;

-- Queues the mails that are due, and stops waiting where no unread message is left. A job runs it
-- every minute, for at most 1,000 conversations.
create function private.queue_message_mails()
  returns integer
  language plpgsql
  security definer
  set search_path = ''
as $$
declare
  v_mail private.message_mails;
  v_first public.messages;
  v_count integer := 0;
begin
  for v_mail in
    select m.*
    from private.message_mails as m
    where m.waiting and (m.mailed_at is null or m.mailed_at <= now() - interval '30 minutes')
    limit 1000
    for update skip locked
  loop
    v_first := private.first_unmailed_message(v_mail);
    continue when v_first.sent_at > now() - interval '10 minutes';

    -- A message that is being sent relies on `waiting`. The next run looks at its conversation again.
    perform
    from public.conversations as c
    where c.id = v_mail.conversation_id
    for no key update skip locked;

    continue when not found;

    v_first := private.first_unmailed_message(v_mail);
    continue when v_first.sent_at > now() - interval '10 minutes';

    if v_first.id is not null then
      perform private.mail_unread_messages(v_mail, v_first.id);
      v_count := v_count + 1;
    end if;

    update private.message_mails
    set waiting = false, mailed_at = case when v_first.id is null then mailed_at else now() end
    where conversation_id = v_mail.conversation_id and user_id = v_mail.user_id;
  end loop;

  return v_count;
end;
$$;

-- Queues one mail about the unread messages of a conversation.
create function private.mail_unread_messages(p_mail private.message_mails, p_first_id uuid)
  returns void
  language plpgsql
  security definer
  set search_path = ''
as $$
declare
  v_sender_id constant uuid := private.other_participant(p_mail.conversation_id, p_mail.user_id);
begin
  perform private.queue_notification_mail(
    format('message_received:%s:%s', p_mail.user_id, p_first_id),
    p_mail.user_id, v_sender_id, 'message_received',
    jsonb_build_object(
      'title', 'New Message',
      'message', private.message_sentence(private.card_name(v_sender_id), r.unread_count),
      'entityType', 'conversation',
      'entityId', r.conversation_id,
      'conversationId', r.conversation_id,
      'actorName', private.card_name(v_sender_id),
      'messageCount', r.unread_count
    )
  )
  from public.conversation_reads as r
  where r.conversation_id = p_mail.conversation_id and r.user_id = p_mail.user_id;
end;
$$;
