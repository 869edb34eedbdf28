-- Unread counts of conversations. They change under the conversation's lock, in the transaction of the
-- messages they count. New messages are counted in 75_delivery.sql.

-- Returns whether a message comes after a read pointer. Messages are ordered by time, then id. If
-- the pointer's message has been removed, the time of reading is used instead.
create function private.is_unread(p_reads public.conversation_reads, p_message public.messages)
  returns boolean
  language plpgsql
  stable
  set search_path = ''
as $$
begin
  return coalesce(
    (
      select (p_message.sent_at, p_message.id) > (last.sent_at, last.id)
      from public.messages as last
      where last.id = p_reads.last_read_message_id
    ),
    p_message.sent_at > p_reads.last_read_at,
    true
  );
end;
$$;

-- Subtracts a deleted message that was unread.
create function private.tg_messages__uncount()
  returns trigger
  language plpgsql
  security definer
  set search_path = ''
as $$
begin
  update public.conversation_reads as r
  set unread_count = greatest(r.unread_count - 1, 0)
  where r.conversation_id = new.conversation_id
    and r.user_id <> new.sender_id
    and private.is_unread(r, new);

  return null;
end;
$$;

create trigger _501_uncount
  after update of deleted_at on public.messages
  for each row
  when (old.deleted_at is null and new.deleted_at is not null)
  execute function private.tg_messages__uncount();

-- Moves the caller's read pointer forwards to a message; an earlier message changes nothing. Counts
-- only the messages between the old and the new pointer, so that every message is counted once.
-- Reading the last message sets the count to 0 without counting.
create function private.mark_conversation_read(p_conversation_id uuid, p_message_id uuid)
  returns void
  language plpgsql
  security definer
  set search_path = ''
as $$
declare
  v_conversation public.conversations;
  v_message public.messages;
  v_user_id constant uuid := auth.uid();
  v_reads public.conversation_reads;
  v_last public.messages;
  v_read_count integer;
begin
  perform private.require_conversation(p_conversation_id);
  v_conversation := private.lock_conversation(p_conversation_id);

  select m.*
  into v_message
  from public.messages as m
  where m.id = p_message_id and m.conversation_id = p_conversation_id;

  if not found then
    perform private.raise_field_errors(
      private.field_error('messageId', 'Message must belong to this conversation.')
    );
  end if;

  select r.*
  into v_reads
  from public.conversation_reads as r
  where r.conversation_id = p_conversation_id and r.user_id = auth.uid();

  if not private.is_unread(v_reads, v_message) then
    return;
  end if;

  if v_message.id = v_conversation.last_message_id then
    v_read_count := v_reads.unread_count;
  else
    -- Two ends of one index, and nothing that must be looked up for each message.
    select m.* into v_last from public.messages as m where m.id = v_reads.last_read_message_id;

    select count(*)
    into v_read_count
    from public.messages as m
    where m.conversation_id = p_conversation_id
      and (m.sent_at, m.id) <= (v_message.sent_at, v_message.id)
      and (m.sent_at, m.id) > (
        coalesce(v_last.sent_at, v_reads.last_read_at, '-infinity'),
        coalesce(v_last.id, '00000000-0000-0000-0000-000000000000')
      )
      and m.sender_id <> v_user_id
      and m.deleted_at is null;
  end if;

  update public.conversation_reads
  set
    last_read_message_id = v_message.id,
    last_read_at = now(),
    unread_count = greatest(unread_count - v_read_count, 0)
  where conversation_id = p_conversation_id and user_id = auth.uid();
end;
$$;

-- Called by api.mark_conversation_read as the caller. It moves the caller's own pointer only.
grant execute on function private.mark_conversation_read(uuid, uuid) to authenticated;
