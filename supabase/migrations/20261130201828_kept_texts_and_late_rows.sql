-- Why: notifications about messages that "mark all as read" had read took the number of messages of a later moment: a watermark does not fix
-- their text. Services that added a notification as read got an unread one, and null marked one as read. A row that a service adds to
-- a deliverable while its project is deleted stayed visible.

create or replace function private.tg__set_deliverable_people()
  returns trigger
  language plpgsql
  security definer
  set search_path = ''
as $$
begin
  select d.creator_id, d.submitted_by_id, d.deleted_at is not null
  into new.creator_id, new.submitted_by_id, new.in_deleted_deliverable
  from public.deliverables as d
  where d.id = new.deliverable_id
  for share;

  return new;
end;
$$;

create or replace function private.notify_of_message(
  p_user_id uuid, p_sender_id uuid, p_sender_name text, p_conversation_id uuid, p_message_id uuid
)
  returns void
  language plpgsql
  security definer
  set search_path = ''
as $$
declare
  v_read_id uuid;
begin
  -- One that only a watermark has read is marked itself, so that this message adds another instead of
  -- renewing it. Its text has the messages before this one.
  update private.notifications as n
  set is_read = true, read_at = private.read_by_watermark_at(n.user_id, n.transaction_id)
  where n.user_id = p_user_id
    and n.type = 'message_received'
    and not n.is_read
    and n.metadata ->> 'conversationId' = p_conversation_id::text
    and private.read_by_watermark_at(n.user_id, n.transaction_id) is not null
  returning n.id
  into v_read_id;

  if found then
    update private.notifications as n
    set message = private.message_sentence(p_sender_name, greatest(r.unread_count - 1, 1))
    from public.conversation_reads as r
    where n.id = v_read_id and r.conversation_id = p_conversation_id and r.user_id = p_user_id;
  end if;

  if private.wants(p_user_id, 'message_received', 'inApp') then
    insert into private.notifications (
      user_id, actor_id, type, title, message, entity_type, entity_id, metadata
    )
    values (
      p_user_id, p_sender_id, 'message_received', 'New Message',
      private.message_sentence(p_sender_name, 1), 'message', p_message_id,
      jsonb_build_object('conversationId', p_conversation_id)
    );
  end if;
end;
$$;

create or replace function private.tg_conversation_reads__notify()
  returns trigger
  language plpgsql
  security definer
  set search_path = ''
as $$
begin
  update private.notifications as n
  set
    is_read = true,
    read_at = private.read_by_watermark_at(n.user_id, n.transaction_id),
    message = private.message_sentence(
      private.card_name(private.other_participant(new.conversation_id, new.user_id)),
      old.unread_count
    )
  where n.user_id = new.user_id
    and n.type = 'message_received'
    and not n.is_read
    and n.metadata ->> 'conversationId' = new.conversation_id::text;

  return null;
end;
$$;

create or replace function private.mark_all_notifications_read()
  returns void
  language plpgsql
  security definer
  set search_path = ''
as $$
declare
  v_user_id constant uuid := auth.uid();
begin
  -- Those of conversations are marked themselves: being read fixes their text, and the conversation goes on
  -- before the job comes. There are few. Of a thousand and more, the rest is left to the job.
  update private.notifications
  set is_read = true, read_at = now()
  where id in (
    select n.id
    from private.notifications as n
    where n.user_id = v_user_id and n.type = 'message_received' and not n.is_read
    order by n.id
    limit 1000
    for update skip locked
  );

  insert into private.notification_watermarks (user_id)
  select v_user_id
  where exists (
    select from private.notifications as n where n.user_id = v_user_id and not n.is_read
  )
  on conflict do nothing;

  -- What came after an earlier watermark that still stands. Also what the snapshot cannot see although it is
  -- there: added by this very transaction, or by a database that this one was restored from.
  update private.notifications
  set is_read = true, read_at = now()
  where id = any (private.unread_after_watermark(v_user_id));
end;
$$;

create or replace function private.read_by_watermark_at(p_user_id uuid, p_transaction_id xid8)
  returns timestamptz
  language plpgsql
  stable
  security definer
  set search_path = ''
as $$
begin
  return (
    select w.created_at
    from private.notification_watermarks as w
    where w.user_id = p_user_id
      and w.transaction_id <> p_transaction_id
      and pg_visible_in_snapshot(p_transaction_id, w.snapshot)
  );
end;
$$;

create or replace function private.tg_notifications__add()
  returns trigger
  language plpgsql
  set search_path = ''
as $$
begin
  insert into private.notifications (
    id, user_id, actor_id, type, title, message, entity_type, entity_id, metadata, is_read, read_at,
    created_at
  )
  values (
    coalesce(new.id, gen_random_uuid()), new.user_id, new.actor_id, new.type, new.title,
    new.message, new.entity_type, new.entity_id, coalesce(new.metadata, '{}'),
    coalesce(new.is_read, false), new.read_at, coalesce(new.created_at, clock_timestamp())
  )
  returning id, metadata, is_read, read_at, created_at
  into new.id, new.metadata, new.is_read, new.read_at, new.created_at;

  return new;
end;
$$;

create or replace function private.tg_notifications__mark_read()
  returns trigger
  language plpgsql
  set search_path = ''
as $$
begin
  -- A view has no constraint of its own.
  if new.is_read is null then
    raise not_null_violation using
      message = 'is_read must be true or false.';
  elsif not new.is_read then
    update private.notifications
    set is_read = false, transaction_id = default
    where id = old.id
    returning is_read, read_at
    into new.is_read, new.read_at;
  elsif not old.is_read then
    update private.notifications
    set is_read = true
    where id = old.id
    returning is_read, read_at
    into new.is_read, new.read_at;
  end if;

  return new;
end;
$$;

-- Replaced by private.read_by_watermark_at.
drop function private.settle_message_notification(uuid, uuid);
