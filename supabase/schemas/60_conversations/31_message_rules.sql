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

-- Locks the caller as a sender until the commit, so that concurrent messages cannot exceed the rate
-- limit together. Always taken before the lock of a conversation.
create function private.lock_sender()
  returns void
  language plpgsql
  volatile
  set search_path = ''
as $$
begin
  perform pg_advisory_xact_lock(hashtextextended('messages:' || auth.uid(), 0));
end;
$$;

grant execute on function private.lock_sender() to authenticated;

-- Everything that happens before a message is stored, in two statements, because a message is the most
-- frequent write: the first locks the sender; the second locks the conversation and reads all that
-- decides. A message of a user ('user') is refused
--   * without a live session, in a conversation that is not theirs, closed or blocked,
--   * above 10 messages per minute and sender, over all conversations; deleted messages count too.
-- Operators and seeds ('operator') are bound by the content and the participants only, and can back-date.
-- sent_at is set under the conversation's lock, later than all earlier messages.
create function private.tg_messages__accept()
  returns trigger
  language plpgsql
  security definer
  set search_path = ''
  set plan_cache_mode = force_generic_plan
as $$
declare
  v_by_user constant boolean := tg_argv[0] = 'user';
  v_user_id constant uuid := auth.uid();
  v_found record;
begin
  if v_by_user then
    perform private.lock_sender();
  end if;

  select
    c.creator_id, c.talent_id, c.last_message_at,
    v_by_user and not private.session_is_live() as session_has_ended,
    v_by_user and exists (
      select
      from public.profiles as p
      where p.id in (c.creator_id, c.talent_id) and p.deleted_at is not null
    ) as is_closed,
    v_by_user and exists (
      select
      from public.user_blocks as b
      where (b.blocker_id, b.blocked_id) in (
        (c.creator_id, c.talent_id), (c.talent_id, c.creator_id)
      )
    ) as is_blocked,
    case when v_by_user then (
      select m.sent_at
      from public.messages as m
      where m.sender_id = v_user_id and m.sent_at > now() - interval '1 minute'
      order by m.sent_at desc
      offset (select 10 * s.factor - 1 from private.limit_settings as s)
      limit 1
    ) end as sent_before_limit
  into v_found
  from public.conversations as c
  where c.id = new.conversation_id
  for no key update of c;

  -- These raise what they find; the statement above has only said that there is something.
  if v_by_user and v_found.session_has_ended is not false then
    perform private.require_session();
  end if;

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

  perform private.raise_rate_limited(
    'You can send at most 10 messages per minute. Try again shortly.',
    private.wait_for_window(array[v_found.sent_before_limit], 1, '1 minute')
  );

  if (new.sender_id in (v_found.creator_id, v_found.talent_id)) is not true then
    raise sqlstate 'PT403' using
      message = 'The sender is not a participant in this conversation.',
      hint = 'FORBIDDEN';
  end if;

  if new.sent_at >= now() then
    new.sent_at := date_trunc(
      'milliseconds',
      greatest(clock_timestamp(), v_found.last_message_at + interval '1 millisecond')
    );
  end if;

  return new;
end;
$$;

create trigger _200_accept
  before insert on public.messages
  for each row
  when (current_user = 'authenticated')
  execute function private.tg_messages__accept('user');

create trigger _201_accept_of_operator
  before insert on public.messages
  for each row
  when (current_user <> 'authenticated')
  execute function private.tg_messages__accept('operator');

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
