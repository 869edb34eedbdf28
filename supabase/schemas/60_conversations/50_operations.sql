-- Operations on conversations (/conversations).

-- Returns a page of the caller's conversations. Definer: see private.page_of_documents.
create function private.list_conversations(p_input jsonb)
  returns jsonb
  language plpgsql
  stable
  security definer
  set search_path = ''
as $$
declare
  v_page record;
begin
  perform private.raise_field_errors(private.check_page(p_input));

  v_page := private.page_of_documents(
    'private.conversation_documents',
    case private.my_user_type() when 'creator' then 'creator_id = $1' else 'talent_id = $1' end,
    'last_message_at desc nulls last, id desc',
    private.page_number(p_input), private.page_limit(p_input, 20),
    auth.uid()
  );

  return jsonb_build_object('conversations', v_page.documents, 'pagination', v_page.pagination);
end;
$$;

-- Returns a conversation that the caller may read. Definer: it has asked once, so that nothing inside
-- of the document asks again.
create function private.conversation_for_reader(p_conversation_id uuid)
  returns jsonb
  language plpgsql
  stable
  security definer
  set search_path = ''
as $$
begin
  perform private.require_conversation(p_conversation_id);

  return (
    select d.document from private.conversation_documents as d where d.id = p_conversation_id
  );
end;
$$;

-- Called by api functions as the caller; they return what the caller may read.
grant execute on function
  private.list_conversations(jsonb),
  private.conversation_for_reader(uuid)
to authenticated;

create function api.list_conversations(page jsonb default null, "limit" jsonb default null)
  returns jsonb
  language plpgsql
  stable
  set search_path = ''
as $$
begin
  perform private.require_session();

  return private.list_conversations(private.input_of(
    'list_conversations', jsonb_build_object('page', page, 'limit', "limit")
  ));
end;
$$;

comment on function api.list_conversations(jsonb, jsonb) is
  'Lists the caller''s conversations, the one with the newest message first.
Requires: any signed-in user.
page: from 1. limit: default 20, at most 100.
Returns {conversations, pagination}. Each conversation has lastMessage (null without messages; its
content is null if it was deleted), unreadCount, lastRead (the last message that the other
participant has read; null before the first one) and lastMessageAt.
Errors: VALIDATION_ERROR, NOT_AUTHENTICATED, SESSION_REVOKED.';

create function api.open_conversation("participantId" text default null)
  returns jsonb
  language plpgsql
  volatile
  set search_path = ''
as $$
declare
  v_user_id constant uuid := private.require_session();
  v_input constant jsonb := private.input_of(
    'open_conversation', jsonb_build_object('participantId', "participantId")
  );
  v_opened record;
  v_answer jsonb;
begin
  v_answer := private.earlier_answer('open_conversation', v_input);
  if v_answer is not null then
    return v_answer;
  end if;

  perform private.raise_field_errors(
    private.check_keys(v_input, array['participantId'])
    || private.check_uuid(v_input, 'participantId', 'Participant')
    || case
      when private.try_uuid("participantId") = v_user_id
        then private.field_error('participantId', 'Participant must be another user.')
      else '[]'
    end
  );

  v_opened := private.open_conversation("participantId"::uuid);
  return private.keep_answer(
    (
      select d.document || jsonb_build_object('created', v_opened.created)
      from private.conversation_documents as d
      where d.id = v_opened.id
    )
  );
end;
$$;

comment on function api.open_conversation(text) is
  'Returns the conversation with a user, and opens it if there is none.
Requires: a creator (participantId: a talent) or a talent (participantId: a creator).
Limit: a talent can start at most 5 conversations per day with creators they don''t share a project
with.
Returns the conversation as in the list, and created: whether it is new.
Repeating a call with the same header Idempotency-Key within 24 hours returns the first response.
Errors: VALIDATION_ERROR (also for the caller''s own id), SAME_USER_TYPE, NOT_FOUND, BLOCKED,
RATE_LIMITED, CONFLICT, NOT_AUTHENTICATED, SESSION_REVOKED.';

create function api.get_conversation("conversationId" text default null)
  returns jsonb
  language plpgsql
  stable
  set search_path = ''
as $$
begin
  perform private.require_session();
  perform private.require_ids(jsonb_build_object('conversationId', "conversationId"));

  return private.conversation_for_reader("conversationId"::uuid);
end;
$$;

comment on function api.get_conversation(text) is
  'Returns one conversation, as in the list.
Requires: a participant.
Errors: NOT_FOUND, FORBIDDEN, NOT_AUTHENTICATED, SESSION_REVOKED.';

create function api.mark_conversation_read(
  "conversationId" text default null, "messageId" text default null
)
  returns void
  language plpgsql
  volatile
  set search_path = ''
as $$
declare
  v_input constant jsonb := private.input_of(
    'mark_conversation_read', jsonb_build_object('messageId', "messageId")
  );
begin
  perform private.require_session();
  perform private.require_ids(jsonb_build_object('conversationId', "conversationId"));
  perform private.require_conversation("conversationId"::uuid);
  perform private.raise_field_errors(
    private.check_keys(v_input, array['messageId'])
    || private.check_uuid(v_input, 'messageId', 'Message id')
  );
  perform private.mark_conversation_read("conversationId"::uuid, "messageId"::uuid);
end;
$$;

comment on function api.mark_conversation_read(text, text) is
  'Marks a conversation as read up to a message, for the caller. The read pointer only moves
forwards: an earlier message changes nothing.
Requires: a participant.
Errors: VALIDATION_ERROR (also for a message of another conversation), NOT_FOUND, FORBIDDEN,
NOT_AUTHENTICATED, SESSION_REVOKED.';

grant execute on function
  api.list_conversations(jsonb, jsonb),
  api.open_conversation(text),
  api.get_conversation(text),
  api.mark_conversation_read(text, text)
to authenticated;
