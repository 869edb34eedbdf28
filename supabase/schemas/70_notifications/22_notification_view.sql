-- Notifications as clients see them: a row, and whether it or the watermark of its user says that it is
-- read. So every reader sees the same, also before the job has marked the rows.

create view public.notifications with (security_invoker = true) as
  select
    n.id,
    n.user_id,
    n.actor_id,
    n.type,
    n.title,
    case
      when n.type = 'message_received' and not n.is_read then coalesce(
        private.unread_sentence(
          n.user_id, private.try_uuid(n.metadata ->> 'conversationId')
        ),
        n.message
      )
      else n.message
    end as message,
    n.entity_type,
    case
      when n.type = 'message_received' and not n.is_read then coalesce(
        private.last_received_message(
          n.user_id, private.try_uuid(n.metadata ->> 'conversationId')
        ),
        n.entity_id
      )
      else n.entity_id
    end as entity_id,
    n.metadata,
    n.is_read or exists (
      select
      from private.notification_watermarks as w
      where w.user_id = n.user_id
        and w.transaction_id <> n.transaction_id
        and pg_visible_in_snapshot(n.transaction_id, w.snapshot)
    ) as is_read,
    coalesce(n.read_at, (
      select w.created_at
      from private.notification_watermarks as w
      where w.user_id = n.user_id
        and w.transaction_id <> n.transaction_id
        and pg_visible_in_snapshot(n.transaction_id, w.snapshot)
    )) as read_at,
    n.created_at
  from private.notifications as n;

comment on view public.notifications is
  'Notifications. Read notifications are deleted after 90 days.';
comment on column public.notifications.id is 'Primary key, set by the database.';
comment on column public.notifications.user_id is 'User whom it notifies.';
comment on column public.notifications.actor_id is
  'User who caused the notification; null for a reminder or the result of a scan. Its text names
them, so it is deleted with their account.';
comment on column public.notifications.type is
  'Type of notification, such as task_assigned: the same as in notification_preferences.';
comment on column public.notifications.title is 'Heading, in English.';
comment on column public.notifications.message is
  'Text, in English. That of an unread message_received has the present number of unread messages.';
comment on column public.notifications.entity_type is
  'Kind of thing that it is about: project, team, task, deliverable, message, review or
conversation; null without one.';
comment on column public.notifications.entity_id is
  'Id of that thing; for team, the id of the project. An unread message_received has the latest
message.';
comment on column public.notifications.metadata is
  'Related ids: projectId, taskId, conversationId, if they apply.';
comment on column public.notifications.is_read is
  'Whether the user has read it. Users can set it to true only.';
comment on column public.notifications.read_at is
  'When it was marked as read; null while it is unread. Set by the database.';
comment on column public.notifications.created_at is
  'When it was added. Lists are ordered by it, newest first.';

grant select on public.notifications to authenticated;
grant update (is_read) on public.notifications to authenticated, service_role;
grant select, insert, delete on public.notifications to service_role;

-- While the notification of a conversation is unread, its text and entity follow the conversation. Being
-- read fixes them.
create function private.tg_notifications__fix_text()
  returns trigger
  language plpgsql
  security definer
  set search_path = ''
as $$
declare
  v_conversation_id constant uuid := private.try_uuid(new.metadata ->> 'conversationId');
begin
  -- Null if it is read because no message is unread any more: who marked it has set the text.
  new.message := coalesce(
    private.unread_sentence(new.user_id, v_conversation_id), new.message
  );
  new.entity_id := coalesce(
    private.last_received_message(new.user_id, v_conversation_id), new.entity_id
  );

  return new;
end;
$$;

create trigger _310_fix_text
  before update of is_read on private.notifications
  for each row
  when (new.type = 'message_received' and new.is_read and not old.is_read)
  execute function private.tg_notifications__fix_text();

-- Services can add notifications. A view with computed columns needs a trigger for it.
create function private.tg_notifications__add()
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

create trigger _500_add
  instead of insert on public.notifications
  for each row
  execute function private.tg_notifications__add();

-- Only is_read is granted. One that a watermark has read keeps the time of the watermark. Services can mark
-- one as unread, which takes it out from under the watermark; users have no grant for that.
create function private.tg_notifications__mark_read()
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

create trigger _500_mark_read
  instead of update on public.notifications
  for each row
  execute function private.tg_notifications__mark_read();
