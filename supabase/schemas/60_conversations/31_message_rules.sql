-- Rules for messages: content, who can send, edit window, rate limit, order.

-- Checks the length of the content.
create function private.message_field_errors(p_input jsonb)
  returns jsonb
  language plpgsql
  immutable
  set search_path = ''
as $$
begin
  return private.check_text(p_input, 'content', 'Content', 1, 5000);
end;
$$;

-- Pure. Called by triggers and api functions as the caller.
grant execute on function private.message_field_errors(jsonb) to authenticated, service_role;

-- Locks a sender until the commit, so that concurrent messages cannot exceed the rate limit together,
-- and so that a message that is sent twice is stored once. Always taken before the lock of a conversation.
create function private.lock_sender(p_user_id uuid)
  returns void
  language plpgsql
  volatile
  set search_path = ''
as $$
begin
  perform pg_advisory_xact_lock(hashtextextended('messages:' || p_user_id, 0));
end;
$$;

-- Everything that a new message does, in one function of few statements, because a message is the most
-- frequent write. What can be asked without the conversation's lock is asked before it, because others
-- who send in this conversation wait for the commit. A message of a user, inserted ('table') or sent by
-- api.send_message ('operation'), is refused
--   * without a live session, which the operation has asked for already,
--   * in a conversation that is not theirs, closed or blocked,
--   * above 10 messages per minute and sender, over all conversations; deleted messages count too.
-- Operators and seeds ('operator') are bound by the content and the participants only, and can back-date.
-- sent_at is set under the conversation's lock, later than all earlier messages.
--
-- It works before the row is stored, where nothing has to be looked up twice. So it leaves a message alone
-- that is stored already: `on conflict do nothing` stores no row. The sender's lock makes that certain.
create function private.tg_messages__send()
  returns trigger
  language plpgsql
  security definer
  set search_path = ''
  set plan_cache_mode = force_generic_plan
as $$
declare
  v_by_user constant boolean := tg_argv[0] <> 'operator';
  v_user_id constant uuid := case when v_by_user then auth.uid() else new.sender_id end;
  v_found record;
  v_is_newest boolean := true;
begin
  if tg_argv[0] = 'table' and not private.session_is_live() then
    perform private.require_session();
  end if;

  perform private.lock_sender(v_user_id);

  select
    c.creator_id, c.talent_id,
    case new.sender_id when c.creator_id then c.talent_id else c.creator_id end as recipient_id,
    sender.name as sender_name, sender.avatar_url as sender_avatar_url,
    recipient.deleted_at is not null as is_closed,
    -- One walk of the index: nobody blocks themselves.
    exists (
      select
      from public.user_blocks as b
      where b.blocker_id = any (array[c.creator_id, c.talent_id])
        and b.blocked_id = any (array[c.creator_id, c.talent_id])
    ) as is_blocked,
    (
      select m.sent_at
      from public.messages as m
      where m.sender_id = new.sender_id and m.sent_at > now() - interval '1 minute'
      order by m.sent_at desc
      offset (select 10 * s.factor - 1 from private.limit_settings as s)
      limit 1
    ) as sent_before_limit
  into v_found
  from public.conversations as c
  join private.cards as sender on sender.id = new.sender_id
  join public.profiles as recipient
    on recipient.id = case new.sender_id when c.creator_id then c.talent_id else c.creator_id end
  where c.id = new.conversation_id;

  -- These raise what they find; the statement above has only said that there is something.
  if v_by_user
    and (
      v_found.is_closed or v_found.is_blocked
      or v_user_id not in (v_found.creator_id, v_found.talent_id)
    ) is not false
  then
    perform private.require_open_conversation(new.conversation_id);
  end if;

  new.content := private.clean_text(new.content);
  if new.deleted_at is null and (char_length(new.content) between 1 and 5000) is not true then
    perform private.raise_field_errors(
      private.message_field_errors(jsonb_build_object('content', new.content))
    );
  end if;

  if v_by_user and v_found.sent_before_limit is not null then
    perform private.raise_rate_limited(
      'You can send at most 10 messages per minute. Try again shortly.',
      private.wait_for_window(array[v_found.sent_before_limit], 1, '1 minute')
    );
  end if;

  if (new.sender_id in (v_found.creator_id, v_found.talent_id)) is not true then
    raise sqlstate 'PT403' using
      message = 'The sender is not a participant in this conversation.',
      hint = 'FORBIDDEN';
  end if;

  if (new.client_message_id is not null or not v_by_user)
    and exists (
      select
      from public.messages as m
      where m.id = new.id
        or m.sender_id = new.sender_id and m.client_message_id = new.client_message_id
    )
  then
    return new;
  end if;

  if new.sent_at >= now() then
    update public.conversations as c
    set
      last_message_id = new.id,
      last_message_at = date_trunc(
        'milliseconds',
        greatest(clock_timestamp(), c.last_message_at + interval '1 millisecond')
      )
    where c.id = new.conversation_id
    returning c.last_message_at
    into new.sent_at;
  else
    perform private.lock_conversation(new.conversation_id);

    update public.conversations as c
    set last_message_id = new.id, last_message_at = new.sent_at
    where c.id = new.conversation_id
      and (
        c.last_message_id is null
        or (c.last_message_at, c.last_message_id) < (new.sent_at, new.id)
      );
    v_is_newest := found;
  end if;

  perform private.deliver_message(
    new, v_found.recipient_id, v_found.sender_name, v_found.sender_avatar_url, v_is_newest
  );

  return new;
end;
$$;

-- current_user is the owner of the function that inserts, the setting is the role of the request.
create trigger _200_send
  before insert on public.messages
  for each row
  when (current_user = 'authenticated')
  execute function private.tg_messages__send('table');

create trigger _201_send_by_operation
  before insert on public.messages
  for each row
  when (current_user <> 'authenticated' and current_setting('role') = 'authenticated')
  execute function private.tg_messages__send('operation');

create trigger _202_send_of_operator
  before insert on public.messages
  for each row
  when (current_user <> 'authenticated' and current_setting('role') <> 'authenticated')
  execute function private.tg_messages__send('operator');

-- Cleans the content of an edited message.
create function private.tg_messages__normalise()
  returns trigger
  language plpgsql
  set search_path = ''
as $$
begin
  new.content := private.clean_text(new.content);
  return new;
end;
$$;

create trigger _100_normalise
  before update of content on public.messages
  for each row
  execute function private.tg_messages__normalise();

-- Refuses edits in a closed or blocked conversation, with an error code instead of the bare policy
-- error.
create function private.tg_messages__require_open_conversation()
  returns trigger
  language plpgsql
  set search_path = ''
as $$
begin
  perform private.require_session();
  perform private.require_open_conversation(new.conversation_id);
  return new;
end;
$$;

create trigger _200_require_open_conversation
  before update of content on public.messages
  for each row
  when (current_user = 'authenticated')
  execute function private.tg_messages__require_open_conversation();

-- Validates the content of direct updates as well.
create function private.tg_messages__validate()
  returns trigger
  language plpgsql
  set search_path = ''
as $$
begin
  perform private.raise_field_errors(
    private.message_field_errors(jsonb_build_object('content', new.content))
  );
  return new;
end;
$$;

create trigger _210_validate
  before update of content on public.messages
  for each row
  when (new.deleted_at is null)
  execute function private.tg_messages__validate();

-- Refuses edits after 15 minutes.
create function private.tg_messages__limit_edit_window()
  returns trigger
  language plpgsql
  set search_path = ''
as $$
begin
  if old.sent_at < now() - interval '15 minutes' then
    raise sqlstate 'PT409' using
      message = 'A message can be edited for 15 minutes after it was sent.',
      hint = 'EDIT_WINDOW_OVER';
  end if;

  return new;
end;
$$;

create trigger _220_limit_edit_window
  before update of content on public.messages
  for each row
  when (current_user = 'authenticated')
  execute function private.tg_messages__limit_edit_window();

-- Marks the message as edited.
create function private.tg_messages__mark_edited()
  returns trigger
  language plpgsql
  set search_path = ''
as $$
begin
  new.is_edited := true;
  new.edited_at := now();
  return new;
end;
$$;

create trigger _320_mark_edited
  before update of content on public.messages
  for each row
  when (old.content is distinct from new.content and new.deleted_at is null)
  execute function private.tg_messages__mark_edited();

-- Clears the content of a deleted message. Locks the conversation, because its unread counts
-- change.
create function private.tg_messages__clear_content()
  returns trigger
  language plpgsql
  security definer
  set search_path = ''
as $$
begin
  perform private.lock_conversation(new.conversation_id);
  new.content := null;
  return new;
end;
$$;

create trigger _330_clear_content
  before update of deleted_at on public.messages
  for each row
  when (old.deleted_at is null and new.deleted_at is not null)
  execute function private.tg_messages__clear_content();
