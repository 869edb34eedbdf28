-- /conversations, except its messages.

create function api.list_conversations(page integer default null, "limit" integer default null)
  returns jsonb
  language plpgsql
  stable
  set search_path = ''
as $$
declare
  v_user_id constant uuid := private.require_session();
  v_page record;
begin
  perform private.raise_field_errors(private.check_page(page, "limit"));

  v_page := private.page_of_documents(
    'private.conversation_documents',
    case private.my_user_type() when 'creator' then 'creator_id = $1' else 'talent_id = $1' end,
    'last_message_at desc nulls last, id desc',
    coalesce(page, 1), least(coalesce("limit", 20), 100),
    v_user_id
  );

  return jsonb_build_object('conversations', v_page.documents, 'pagination', v_page.pagination);
end;
$$;

comment on function api.list_conversations(integer, integer) is
  'The caller''s conversations, the one with the newest message first, those without any last. Any
signed-in user. page from 1, limit 20, at most 100.
Returns {conversations, pagination}; each with lastMessage (content null when deleted; null without
any), unreadCount and lastMessageAt.
Errors: VALIDATION_ERROR, NOT_AUTHENTICATED, SESSION_REVOKED.';

create function api.open_conversation("participantId" uuid default null)
  returns jsonb
  language plpgsql
  volatile
  set search_path = ''
as $$
declare
  v_user_id constant uuid := private.require_session();
  v_input constant jsonb := jsonb_build_object('participantId', "participantId");
  v_opened record;
  v_answer jsonb;
begin
  v_answer := private.earlier_answer('open_conversation', v_input);
  if v_answer is not null then
    return v_answer;
  end if;

  perform private.raise_field_errors(
    private.check_uuid(v_input, 'participantId', 'Participant')
    || case
      when "participantId" = v_user_id
        then private.field_error('participantId', 'A conversation needs somebody else.')
      else '[]'
    end
  );

  v_opened := private.open_conversation("participantId");
  return private.keep_answer(
    (
      select d.document || jsonb_build_object('created', v_opened.created)
      from private.conversation_documents as d
      where d.id = v_opened.id
    )
  );
end;
$$;

comment on function api.open_conversation(uuid) is
  'The conversation with somebody, opened if there is none yet. A creator with any talent, a talent
with any creator; a talent opens at most five a day with creators they share no project with.
Returns the conversation as in the list, and created: whether it is new.
With the header Idempotency-Key a repetition within 24 hours returns the first answer.
Errors: VALIDATION_ERROR (also for oneself), SAME_USER_TYPE, NOT_FOUND, BLOCKED by either side,
RATE_LIMITED, CONFLICT, NOT_AUTHENTICATED, SESSION_REVOKED.';

create function api.get_conversation("conversationId" uuid default null)
  returns jsonb
  language plpgsql
  stable
  set search_path = ''
as $$
begin
  perform private.require_session();
  perform private.require_conversation("conversationId");

  return (
    select d.document from private.conversation_documents as d where d.id = "conversationId"
  );
end;
$$;

comment on function api.get_conversation(uuid) is
  'One conversation, as in the list. Its two participants.
Errors: NOT_FOUND, FORBIDDEN, NOT_AUTHENTICATED, SESSION_REVOKED.';

create function api.mark_conversation_read(
  "conversationId" uuid default null, "messageId" uuid default null
)
  returns void
  language plpgsql
  volatile
  set search_path = ''
as $$
begin
  perform private.require_session();
  perform private.require_conversation("conversationId");
  perform private.raise_field_errors(
    private.check_uuid(
      jsonb_build_object('messageId', "messageId"), 'messageId', 'Message id'
    )
  );
  perform private.mark_conversation_read("conversationId", "messageId");
end;
$$;

comment on function api.mark_conversation_read(uuid, uuid) is
  'Everything up to this message has been read. Its two participants, each for themselves. The mark
only moves forwards: an earlier message changes nothing.
Errors: VALIDATION_ERROR (also for a message of another conversation), NOT_FOUND, FORBIDDEN,
NOT_AUTHENTICATED, SESSION_REVOKED.';

grant execute on function
  api.list_conversations(integer, integer),
  api.open_conversation(uuid),
  api.get_conversation(uuid),
  api.mark_conversation_read(uuid, uuid)
to authenticated;
