-- Messages. A row is never removed: deleting a message clears its content and keeps the row, so
-- that pages and read pointers stay valid.

create table public.messages (
  id uuid primary key default gen_random_uuid(),
  conversation_id uuid not null references public.conversations (id) on delete cascade,
  sender_id uuid not null default auth.uid() references public.profiles (id) on delete cascade,
  content text,
  sent_at timestamptz not null default now(),
  is_edited boolean not null default false,
  edited_at timestamptz,
  deleted_at timestamptz,
  client_message_id uuid,

  constraint content_has_1_to_5000_characters check (char_length(content) between 1 and 5000),
  constraint content_is_null_only_when_deleted check ((content is null) = (deleted_at is not null)),
  constraint edited_at_only_when_edited check (is_edited = (edited_at is not null))
);

comment on table public.messages is
  'Messages. Within a conversation, sent_at (whole milliseconds) strictly increases in the order of
commits: a client that asks for messages after the last one it has misses none.';
comment on column public.messages.id is 'Primary key, set by the database.';
comment on column public.messages.conversation_id is 'Conversation in which it was sent.';
comment on column public.messages.sender_id is
  'Sender: one of the two participants, and the caller by default.';
comment on column public.messages.content is 'Text of the message; null after deletion.';
comment on column public.messages.sent_at is
  'When it was sent, in whole milliseconds. Set by the database.';
comment on column public.messages.is_edited is
  'Whether the sender has changed the content. Set by the database.';
comment on column public.messages.edited_at is
  'When the content changed last; null if it never did. Users can edit for 15 minutes.';
comment on column public.messages.deleted_at is
  'When the sender deleted it; null otherwise. The row stays, without its content.';
comment on column public.messages.client_message_id is
  'Client-generated id. Resending with the same id has no effect.';

-- Includes what counting unread messages needs, so that the messages are not visited.
create index messages_conversation_id_sent_at_idx
  on public.messages (conversation_id, sent_at desc, id desc) include (sender_id, deleted_at);
create index messages_sender_id_idx on public.messages (sender_id, sent_at desc);
create unique index messages_client_message_id_key
  on public.messages (sender_id, client_message_id) where client_message_id is not null;

alter table public.conversation_reads
  add foreign key (last_read_message_id) references public.messages (id) on delete set null;

create index conversation_reads_last_read_message_id_idx
  on public.conversation_reads (last_read_message_id);

alter table public.messages enable row level security;

create policy all_live_session on public.messages
  as restrictive for all to authenticated
  using ((select private.session_is_live()))
  with check ((select private.session_is_live()));

create policy select_participant on public.messages
  for select to authenticated
  using (conversation_id = any (array(select private.my_conversation_ids())));

-- A trigger lets nobody but participants send: it has read the conversation anyway.
create policy insert_participant on public.messages
  for insert to authenticated
  with check (sender_id = (select auth.uid()));

create policy update_sender on public.messages
  for update to authenticated
  using (
    deleted_at is null
    and sender_id = (select auth.uid())
    and conversation_id = any (array(select private.my_conversation_ids()))
  )
  with check (sender_id = (select auth.uid()));

-- Triggers apply limits and set times, for direct inserts and for api.send_message. No delete is
-- granted: api.delete_message.
grant select on public.messages to authenticated;
grant insert (conversation_id, sender_id, content, client_message_id)
  on public.messages to authenticated;
grant update (content) on public.messages to authenticated;
grant select, insert, update, delete on public.messages to service_role;

-- Returns a message that the caller has sent. Raises NOT_FOUND if it does not exist or was deleted,
-- FORBIDDEN if the caller is not its sender.
create function private.require_own_message(p_conversation_id uuid, p_message_id uuid)
  returns public.messages
  language plpgsql
  stable
  security definer
  set search_path = ''
as $$
declare
  v_message public.messages;
begin
  perform private.require_conversation(p_conversation_id);

  select m.*
  into v_message
  from public.messages as m
  where m.id = p_message_id and m.conversation_id = p_conversation_id and m.deleted_at is null;

  if not found then
    raise sqlstate 'PT404' using
      message = 'Message not found.',
      hint = 'NOT_FOUND';
  end if;

  if v_message.sender_id is distinct from auth.uid() then
    raise sqlstate 'PT403' using
      message = 'Only the sender can edit or delete this message.',
      hint = 'FORBIDDEN';
  end if;

  return v_message;
end;
$$;

-- Deletes a message of the caller. Definer: users cannot update deleted_at.
create function private.delete_message(p_conversation_id uuid, p_message_id uuid)
  returns void
  language plpgsql
  security definer
  set search_path = ''
as $$
begin
  perform private.require_own_message(p_conversation_id, p_message_id);
  perform private.lock_conversation(p_conversation_id);

  update public.messages
  set deleted_at = now()
  where id = p_message_id and deleted_at is null;

  -- A concurrent deletion was first.
  if not found then
    raise sqlstate 'PT404' using
      message = 'Message not found.',
      hint = 'NOT_FOUND';
  end if;
end;
$$;

-- Called by api functions as the caller. They check the caller's rights themselves.
grant execute on function
  private.require_own_message(uuid, uuid),
  private.delete_message(uuid, uuid)
to authenticated;
