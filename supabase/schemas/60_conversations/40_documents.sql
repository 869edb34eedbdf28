-- Conversations and messages in the shape the API returns. The views run with the caller's rights.

create view private.conversation_documents with (security_invoker = true) as
  select
    c.id,
    c.creator_id,
    c.talent_id,
    c.last_message_at,
    c.created_at,
    jsonb_build_object(
      'id', c.id,
      'creator', (
        select jsonb_build_object('id', p.id, 'name', p.name, 'avatarUrl', p.avatar_url)
        from private.cards as p
        where p.id = c.creator_id
      ),
      'talent', (
        select jsonb_build_object('id', p.id, 'name', p.name, 'avatarUrl', p.avatar_url)
        from private.cards as p
        where p.id = c.talent_id
      ),
      'lastMessage', (
        select jsonb_build_object(
          'id', m.id,
          'content', m.content,
          'senderId', m.sender_id,
          'sentAt', private.iso(m.sent_at)
        )
        from public.messages as m
        where m.id = c.last_message_id
      ),
      'unreadCount', (
        select r.unread_count
        from public.conversation_reads as r
        where r.conversation_id = c.id and r.user_id = (select auth.uid())
      ),
      'lastRead', (
        select jsonb_build_object(
          'messageId', r.last_read_message_id,
          'readAt', private.iso(r.last_read_at)
        )
        from public.conversation_reads as r
        where
          r.conversation_id = c.id
          and r.user_id = case (select auth.uid())
            when c.creator_id then c.talent_id
            else c.creator_id
          end
          and r.last_read_message_id is not null
      ),
      'lastMessageAt', private.iso(c.last_message_at),
      'createdAt', private.iso(c.created_at)
    ) as document
  from public.conversations as c;

comment on view private.conversation_documents is
  'Conversations with their last message, the caller''s unread count and the read pointer of the other
participant.';

create view private.message_documents with (security_invoker = true) as
  select
    m.id,
    m.conversation_id,
    m.sender_id,
    m.sent_at,
    jsonb_build_object(
      'id', m.id,
      'conversationId', m.conversation_id,
      'sender', (
        select jsonb_build_object('id', p.id, 'name', p.name, 'avatarUrl', p.avatar_url)
        from private.cards as p
        where p.id = m.sender_id
      ),
      'content', m.content,
      'sentAt', private.iso(m.sent_at),
      'isEdited', m.is_edited,
      'editedAt', private.iso(m.edited_at),
      'deletedAt', private.iso(m.deleted_at),
      'clientMessageId', m.client_message_id
    ) as document
  from public.messages as m;

comment on view private.message_documents is 'Messages with their sender''s card.';

-- Returns the document of one message, as in the view, for who has the row and its sender's card already.
create function private.message_document(
  p_message public.messages, p_sender_name text, p_sender_avatar_url text
)
  returns jsonb
  language plpgsql
  stable
  set search_path = ''
as $$
begin
  return jsonb_build_object(
    'id', p_message.id,
    'conversationId', p_message.conversation_id,
    'sender', jsonb_build_object(
      'id', p_message.sender_id, 'name', p_sender_name, 'avatarUrl', p_sender_avatar_url
    ),
    'content', p_message.content,
    'sentAt', private.iso(p_message.sent_at),
    'isEdited', p_message.is_edited,
    'editedAt', private.iso(p_message.edited_at),
    'deletedAt', private.iso(p_message.deleted_at),
    'clientMessageId', p_message.client_message_id
  );
end;
$$;

-- Used by api functions only. The caller's policies filter the rows.
grant select
  on private.conversation_documents, private.message_documents
  to authenticated;
