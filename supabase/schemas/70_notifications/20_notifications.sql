-- Notifications. Triggers add them in the transaction of the change, never for the user who made
-- it. Clients read them through the view public.notifications, which knows what is read: see
-- 21_watermarks.sql.

create table private.notifications (
  id uuid primary key default gen_random_uuid(),
  user_id uuid not null references public.profiles (id) on delete cascade,
  actor_id uuid references public.profiles (id) on delete cascade,
  type text not null,
  title text not null,
  message text not null,
  entity_type text,
  entity_id uuid,
  metadata jsonb not null default '{}',
  is_read boolean not null default false,
  read_at timestamptz,
  created_at timestamptz not null default clock_timestamp(),
  transaction_id xid8 not null default pg_current_xact_id(),

  constraint type_is_known check (private.notification_defaults() ? type),
  constraint entity_type_is_known check (
    entity_type in (
      'project', 'task', 'deliverable', 'message', 'review', 'conversation', 'team'
    )
  ),
  constraint metadata_is_an_object check (jsonb_typeof(metadata) = 'object'),
  constraint read_at_only_when_read check (is_read = (read_at is not null))
);

comment on table private.notifications is
  'Notifications. Read notifications are deleted after 90 days.';
comment on column private.notifications.actor_id is
  'User who caused the notification. Its text names them, so it is deleted with their account.';
comment on column private.notifications.is_read is
  'Whether it is marked as read itself. One before the watermark of its user is read as well.';
comment on column private.notifications.transaction_id is
  'Transaction that added it, or marked it as unread: shows whether it is before the watermark of its user.';
comment on column private.notifications.metadata is
  'Related ids: projectId, taskId, conversationId, if they apply.';

create index notifications_user_id_created_at_idx
  on private.notifications (user_id, created_at desc, id desc);
create index notifications_unread_idx
  on private.notifications (user_id, created_at desc, id desc) where not is_read;
-- What came after a watermark.
create index notifications_unread_transaction_id_idx
  on private.notifications (user_id, transaction_id) where not is_read;
create index notifications_actor_id_idx on private.notifications (actor_id);
create index notifications_read_at_idx on private.notifications (read_at) where is_read;
-- At most one unread notification per conversation.
create unique index notifications_one_per_conversation_key
  on private.notifications (user_id, (metadata ->> 'conversationId'))
  where type = 'message_received' and not is_read;

alter table private.notifications enable row level security;

create policy all_live_session on private.notifications
  as restrictive for all to authenticated
  using ((select private.session_is_live()))
  with check ((select private.session_is_live()));

create policy select_self on private.notifications
  for select to authenticated
  using (user_id = (select auth.uid()));

-- Users can mark notifications as read, but not as unread.
create policy update_self on private.notifications
  for update to authenticated
  using (user_id = (select auth.uid()))
  with check (user_id = (select auth.uid()) and is_read);

-- For the view, which runs with the caller's rights. No insert is granted (triggers add notifications)
-- and no delete (a job purges them).
grant select on private.notifications to authenticated;
grant update (is_read) on private.notifications to authenticated;
grant select, insert, update, delete on private.notifications to service_role;

-- Sets read_at.
create function private.tg_notifications__set_read_at()
  returns trigger
  language plpgsql
  set search_path = ''
as $$
begin
  new.read_at := case when new.is_read then coalesce(new.read_at, now()) end;
  return new;
end;
$$;

create trigger _300_set_read_at
  before insert or update of is_read on private.notifications
  for each row
  when (new.is_read <> (new.read_at is not null))
  execute function private.tg_notifications__set_read_at();

-- Deletes notifications that were read more than 90 days ago.
create function private.purge_notifications()
  returns void
  language sql
  security definer
  set search_path = ''
as $$
  delete from private.notifications where is_read and read_at < now() - interval '90 days';
$$;
