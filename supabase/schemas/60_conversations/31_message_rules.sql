-- What a message may hold, who may write it and how often, for every path.

create function private.message_field_errors(p_input jsonb)
  returns jsonb
  language sql
  immutable
  set search_path = ''
as $$
  select private.check_text(p_input, 'content', 'Content', 1, 5000)
$$;

-- Pure, and run inside triggers and api functions as the caller.
grant execute on function private.message_field_errors(jsonb) to authenticated, service_role;

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

-- Says why, where the policy would only refuse.
create function private.tg_messages__open_only()
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

create trigger _200_open_only
  before insert or update of content on public.messages
  for each row
  when (current_user = 'authenticated')
  execute function private.tg_messages__open_only();

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

create function private.tg_messages__edit_in_time()
  returns trigger
  language plpgsql
  set search_path = ''
as $$
begin
  if old.sent_at < now() - interval '15 minutes' then
    raise sqlstate 'PT409' using
      message = 'A message can be edited for fifteen minutes.',
      hint = 'EDIT_WINDOW_OVER';
  end if;

  return new;
end;
$$;

create trigger _220_edit_in_time
  before update of content on public.messages
  for each row
  when (current_user = 'authenticated')
  execute function private.tg_messages__edit_in_time();

-- Everything one person sends goes one after the other here, so that eleven at once are not eleven.
-- Held until the commit, and always before a conversation is.
create function private.hold_sender()
  returns void
  language sql
  volatile
  set search_path = ''
as $$
  select pg_advisory_xact_lock(hashtextextended('messages:' || auth.uid(), 0))
$$;

grant execute on function private.hold_sender() to authenticated;

-- At most 10 messages per minute and sender, over all conversations. Deleted messages count too.
create function private.tg_messages__limit_rate()
  returns trigger
  language plpgsql
  security definer
  set search_path = ''
as $$
begin
  perform private.hold_sender();

  perform private.raise_rate_limited(
    'You can send at most 10 messages per minute. Try again shortly.',
    private.wait_for_window(
      array(
        select m.sent_at
        from public.messages as m
        where m.sender_id = auth.uid()
        order by m.sent_at desc
        limit 10
      ),
      10,
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

-- Gives a message its place: under the conversation's lock, later than all before it. History that
-- operators and seeds write keeps the time they gave it.
create function private.tg_messages__take_place()
  returns trigger
  language plpgsql
  security definer
  set search_path = ''
as $$
declare
  v_conversation constant public.conversations := private.hold_conversation(new.conversation_id);
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

create trigger _310_take_place
  before insert on public.messages
  for each row
  execute function private.tg_messages__take_place();

create function private.tg_messages__note_edit()
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

create trigger _320_note_edit
  before update of content on public.messages
  for each row
  when (old.content is distinct from new.content and new.deleted_at is null)
  execute function private.tg_messages__note_edit();

-- What was deleted is gone, not hidden. The counts that change with it are the conversation's.
create function private.tg_messages__empty()
  returns trigger
  language plpgsql
  security definer
  set search_path = ''
as $$
begin
  perform private.hold_conversation(new.conversation_id);
  new.content := null;
  return new;
end;
$$;

create trigger _330_empty
  before update of deleted_at on public.messages
  for each row
  when (old.deleted_at is null and new.deleted_at is not null)
  execute function private.tg_messages__empty();
