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

-- Trims and cleans the content.
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
  before insert or update of content on public.messages
  for each row
  execute function private.tg_messages__normalise();

-- Refuses messages in a closed or blocked conversation, with an error code instead of the bare
-- policy error.
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
  before insert or update of content on public.messages
  for each row
  when (current_user = 'authenticated')
  execute function private.tg_messages__require_open_conversation();

-- Validates the content of direct inserts and updates as well.
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
  before insert or update of content on public.messages
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

-- Locks the caller as a sender until the commit, so that concurrent messages cannot exceed the rate
-- limit together. Always taken before the lock of a conversation.
create function private.lock_sender()
  returns void
  language sql
  volatile
  set search_path = ''
as $$
  select pg_advisory_xact_lock(hashtextextended('messages:' || auth.uid(), 0))
$$;

grant execute on function private.lock_sender() to authenticated;

-- At most 10 messages per minute and sender, over all conversations. Deleted messages count too.
create function private.tg_messages__limit_rate()
  returns trigger
  language plpgsql
  security definer
  set search_path = ''
as $$
begin
  perform private.lock_sender();

  perform private.raise_rate_limited(
    'You can send at most 10 messages per minute. Try again shortly.',
    private.wait_for_window(
      array(
        select m.sent_at
        from public.messages as m
        where m.sender_id = auth.uid()
        order by m.sent_at desc
        limit private.scaled_limit(10)
      ),
      private.scaled_limit(10),
      '1 minute'
    )
  );

  return new;
end;
$$;

create trigger _300_limit_rate
  before insert on public.messages
  for each row
  when (current_user = 'authenticated')
  execute function private.tg_messages__limit_rate();

-- Sets sent_at under the conversation's lock, later than all earlier messages. Messages that
-- operators and seeds back-date keep their time.
create function private.tg_messages__set_sent_at()
  returns trigger
  language plpgsql
  security definer
  set search_path = ''
as $$
declare
  v_conversation constant public.conversations := private.lock_conversation(new.conversation_id);
begin
  if coalesce(
    new.sender_id not in (v_conversation.creator_id, v_conversation.talent_id), true
  ) then
    raise sqlstate 'PT403' using
      message = 'The sender is not a participant in this conversation.',
      hint = 'FORBIDDEN';
  end if;

  if new.sent_at >= now() then
    new.sent_at := date_trunc(
      'milliseconds',
      greatest(clock_timestamp(), v_conversation.last_message_at + interval '1 millisecond')
    );
  end if;

  return new;
end;
$$;

create trigger _310_set_sent_at
  before insert on public.messages
  for each row
  execute function private.tg_messages__set_sent_at();

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
