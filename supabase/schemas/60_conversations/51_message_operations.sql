-- Operations on messages (/conversations/:conversationId/messages).

-- Returns messages of a conversation that the caller may read. Definer: it has asked once, so that
-- each page walks the index of its conversation.
create function private.list_messages(
  p_conversation_id uuid, p_input jsonb, p_before text, p_after text
)
  returns jsonb
  language plpgsql
  stable
  security definer
  set search_path = ''
as $$
declare
  v_limit constant integer := private.page_limit(p_input, 50);
  v_anchor public.messages;
  v_messages jsonb;
begin
  perform private.require_conversation(p_conversation_id);

  select m.*
  into v_anchor
  from public.messages as m
  where m.id = private.try_uuid(coalesce(p_before, p_after))
    and m.conversation_id = p_conversation_id;

  perform private.raise_field_errors(
    private.check_page(p_input)
    || private.check_uuid(p_input, 'before', 'Before', true)
    || private.check_uuid(p_input, 'after', 'After', true)
    || case
      when p_before is not null and p_after is not null
        then private.field_error('after', 'After must be omitted when before is given.')
      when private.try_uuid(coalesce(p_before, p_after)) is not null and v_anchor.id is null
        then private.field_error(
        case when p_before is null then 'after' else 'before' end,
        'Message must belong to this conversation.'
      )
      else '[]'
    end
  );

  -- Three statements, so that each scans the index in one direction. They read one row more than
  -- the limit to know whether there are more.
  if p_before is not null then
    select jsonb_agg(page.document)
    into v_messages
    from (
      select d.document
      from private.message_documents as d
      where d.conversation_id = p_conversation_id
        and (d.sent_at, d.id) < (v_anchor.sent_at, v_anchor.id)
      order by d.sent_at desc, d.id desc
      limit v_limit + 1
    ) as page;
  elsif p_after is not null then
    select jsonb_agg(page.document)
    into v_messages
    from (
      select d.document
      from private.message_documents as d
      where d.conversation_id = p_conversation_id
        and (d.sent_at, d.id) > (v_anchor.sent_at, v_anchor.id)
      order by d.sent_at, d.id
      limit v_limit + 1
    ) as page;
  else
    select jsonb_agg(page.document)
    into v_messages
    from (
      select d.document
      from private.message_documents as d
      where d.conversation_id = p_conversation_id
      order by d.sent_at desc, d.id desc
      limit v_limit + 1
    ) as page;
  end if;

  return jsonb_build_object(
    'messages', coalesce(v_messages, '[]') - v_limit,
    'hasMore', coalesce(jsonb_array_length(v_messages), 0) > v_limit
  );
end;
$$;

-- Called by api.list_messages as the caller; it returns what the caller may read.
grant execute on function private.list_messages(uuid, jsonb, text, text) to authenticated;

create function api.list_messages(
  "conversationId" text default null, before text default null, after text default null,
  "limit" jsonb default null
)
  returns jsonb
  language plpgsql
  stable
  set search_path = ''
as $$
begin
  perform private.require_session();
  perform private.require_ids(jsonb_build_object('conversationId', "conversationId"));

  return private.list_messages(
    "conversationId"::uuid,
    private.input_of('list_messages', jsonb_build_object(
      'before', before, 'after', after, 'limit', "limit"
    )),
    before, after
  );
end;
$$;

comment on function api.list_messages(text, text, text, jsonb) is
  'Lists the messages of a conversation, newest first.
Requires: a participant.
before: id of a message; returns older messages. after: id of a message; returns newer messages,
oldest first. limit: default 50, at most 100.
Returns {messages, hasMore}. A deleted message stays in the list with content null.
Errors: VALIDATION_ERROR (also for before together with after, or a message of another
conversation), NOT_FOUND, FORBIDDEN, NOT_AUTHENTICATED, SESSION_REVOKED.';

-- Returns the message with this clientMessageId, if the caller has sent it before. Definer: for one row
-- by its key.
create function private.earlier_message(p_conversation_id uuid, p_client_message_id uuid)
  returns jsonb
  language plpgsql
  stable
  security definer
  set search_path = ''
as $$
declare
  v_message public.messages;
begin
  select m.*
  into v_message
  from public.messages as m
  where m.sender_id = auth.uid() and m.client_message_id = p_client_message_id;

  if v_message.conversation_id <> p_conversation_id then
    raise sqlstate 'PT409' using
      message = 'This clientMessageId is already used in another conversation.',
      hint = 'CONFLICT';
  end if;

  return (select d.document from private.message_documents as d where d.id = v_message.id);
end;
$$;

-- Sends a message of the caller and returns it, or the one that was sent before with this
-- clientMessageId, also above the rate limit. Definer: the operation has asked for the session, and the
-- trigger of the table asks who may send, so that no policy has to ask again.
create function private.send_message(
  p_conversation_id uuid, p_content text, p_client_message_id uuid
)
  returns jsonb
  language plpgsql
  volatile
  security definer
  set search_path = ''
  set plan_cache_mode = force_generic_plan
as $$
declare
  v_user_id constant uuid := auth.uid();
  v_answer jsonb;
begin
  if p_client_message_id is not null then
    perform private.lock_sender(v_user_id);
    v_answer := private.earlier_message(p_conversation_id, p_client_message_id);
  end if;

  if v_answer is null then
    insert into public.messages as m (conversation_id, sender_id, content, client_message_id)
    values (p_conversation_id, v_user_id, p_content, p_client_message_id)
    returning (
      select private.message_document(m, sender.name, sender.avatar_url)
      from private.cards as sender
      where sender.id = m.sender_id
    )
    into v_answer;
  end if;

  return v_answer;
end;
$$;

-- Called by api.send_message as the caller. It sends and returns the caller's own messages only.
grant execute on function private.send_message(uuid, text, uuid) to authenticated;

create function api.send_message(
  "conversationId" text default null, content text default null,
  "clientMessageId" text default null
)
  returns jsonb
  language plpgsql
  volatile
  set search_path = ''
  set plan_cache_mode = force_generic_plan
as $$
declare
  v_input constant jsonb := private.input_of('send_message', jsonb_build_object(
    'content', content, 'clientMessageId', "clientMessageId"
  ));
  v_errors jsonb;
  v_answer jsonb;
begin
  perform private.require_session();
  perform private.require_ids(jsonb_build_object('conversationId', "conversationId"));

  v_answer := private.earlier_answer(
    'send_message', v_input || jsonb_build_object('conversationId', "conversationId")
  );
  if v_answer is not null then
    return v_answer;
  end if;

  v_errors := private.check_keys(v_input, array['content', 'clientMessageId'])
    || private.message_field_errors(v_input)
    || private.check_uuid(v_input, 'clientMessageId', 'Client message id', true);

  -- The triggers of the table ask who may send. Before errors of fields, and before a repeated message
  -- is returned, it is asked here.
  if v_errors <> '[]' or "clientMessageId" is not null then
    perform private.require_conversation("conversationId"::uuid);
    perform private.raise_field_errors(v_errors);
  end if;

  return private.keep_answer(
    private.send_message("conversationId"::uuid, content, "clientMessageId"::uuid)
  );
end;
$$;

comment on function api.send_message(text, text, text) is
  'Sends a message and returns it.
Requires: a participant.
content: 1 to 5,000 characters. clientMessageId: optional client-generated UUID; resending with the
same one returns the first message. The header Idempotency-Key does the same for 24 hours.
Limit: 10 messages per minute and sender, over all conversations.
Errors: VALIDATION_ERROR, NOT_FOUND, FORBIDDEN, BLOCKED, CONVERSATION_CLOSED (the other account was
deleted), RATE_LIMITED, CONFLICT, NOT_AUTHENTICATED, SESSION_REVOKED.';

create function api.edit_message(
  "conversationId" text default null, "messageId" text default null, content text default null
)
  returns jsonb
  language plpgsql
  volatile
  set search_path = ''
as $$
declare
  v_input constant jsonb := private.input_of(
    'edit_message', jsonb_build_object('content', content)
  );
begin
  perform private.require_session();
  perform private.require_ids(
    jsonb_build_object('conversationId', "conversationId", 'messageId', "messageId")
  );
  perform private.require_own_message("conversationId"::uuid, "messageId"::uuid);
  perform private.raise_field_errors(
    private.check_keys(v_input, array['content']) || private.message_field_errors(v_input)
  );

  update public.messages as m
  set content = edit_message.content
  where m.id = "messageId"::uuid;

  -- Deleted between the check above and the update.
  if not found then
    raise sqlstate 'PT404' using
      message = 'Message not found.',
      hint = 'NOT_FOUND';
  end if;

  return (select d.document from private.message_documents as d where d.id = "messageId"::uuid);
end;
$$;

comment on function api.edit_message(text, text, text) is
  'Edits a message and returns it, marked as edited.
Requires: the sender, within 15 minutes after sending.
content: 1 to 5,000 characters.
Errors: VALIDATION_ERROR, NOT_FOUND (also when deleted), FORBIDDEN, EDIT_WINDOW_OVER, BLOCKED,
CONVERSATION_CLOSED, NOT_AUTHENTICATED, SESSION_REVOKED.';

create function api.delete_message(
  "conversationId" text default null, "messageId" text default null
)
  returns void
  language plpgsql
  volatile
  set search_path = ''
as $$
begin
  perform private.require_session();
  perform private.require_ids(
    jsonb_build_object('conversationId', "conversationId", 'messageId', "messageId")
  );
  perform private.delete_message("conversationId"::uuid, "messageId"::uuid);
end;
$$;

comment on function api.delete_message(text, text) is
  'Deletes a message: its content is removed for both participants, its row stays in the list.
Requires: the sender, at any time.
Errors: NOT_FOUND (also if it was deleted before), FORBIDDEN, NOT_AUTHENTICATED, SESSION_REVOKED.';

grant execute on function
  api.list_messages(text, text, text, jsonb),
  api.send_message(text, text, text),
  api.edit_message(text, text, text),
  api.delete_message(text, text)
to authenticated;
