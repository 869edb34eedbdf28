-- Release 0.2.0, from supabase/schemas/70_notifications. A later change is made there and in a migration of its own.


-- ── 70_notifications/10_preferences.sql ─────────────────────────────────────────────────────────

-- Notification types and preferences.

-- Returns all notification types with their default channels. In the app all types are on; by mail
-- only those that need the user's attention.

create function private.notification_defaults()
  returns jsonb
  language plpgsql
  immutable
  parallel safe
  set search_path = ''
as $$
begin
  return '{
    "task_assigned": {"inApp": true, "email": true},
    "task_unassigned": {"inApp": true, "email": false},
    "deliverable_submitted": {"inApp": true, "email": true},
    "deliverable_approved": {"inApp": true, "email": true},
    "revision_requested": {"inApp": true, "email": true},
    "message_received": {"inApp": true, "email": true},
    "review_received": {"inApp": true, "email": true},
    "deadline_approaching": {"inApp": true, "email": true},
    "project_status_changed": {"inApp": true, "email": false},
    "team_added": {"inApp": true, "email": false},
    "mentioned": {"inApp": true, "email": false},
    "file_rejected": {"inApp": true, "email": true}
  }'::jsonb;
end;
$$;

-- Pure: constraints and api functions run it as the caller.
grant execute on function private.notification_defaults() to authenticated, service_role;

create table public.notification_preferences (
  user_id uuid not null references public.profiles (id) on delete cascade,
  type text not null,
  in_app boolean not null,
  email boolean not null,
  updated_at timestamptz not null default now(),

  primary key (user_id, type),
  constraint type_is_known check (private.notification_defaults() ? type)
);

comment on table public.notification_preferences is
  'Preferences of users by type. Without a row the defaults apply.';

create trigger _310_touch
  before update on public.notification_preferences
  for each row
  execute function private.tg__touch();

alter table public.notification_preferences enable row level security;

create policy all_live_session on public.notification_preferences
  as restrictive for all to authenticated
  using ((select private.session_is_live()))
  with check ((select private.session_is_live()));

create policy select_self on public.notification_preferences
  for select to authenticated
  using (user_id = (select auth.uid()));

-- No insert, update or delete is granted: api.update_notification_preferences and api.unsubscribe.
grant select on public.notification_preferences to authenticated;
grant select, insert, update, delete on public.notification_preferences to service_role;

-- Returns whether a user wants a type on a channel: 'inApp' or 'email'.
create function private.wants(p_user_id uuid, p_type text, p_channel text)
  returns boolean
  language plpgsql
  stable
  security definer
  set search_path = ''
as $$
begin
  return coalesce(
    (
      select case p_channel when 'email' then p.email else p.in_app end
      from public.notification_preferences as p
      where p.user_id = p_user_id and p.type = p_type
    ),
    (private.notification_defaults() -> p_type ->> p_channel)::boolean
  );
end;
$$;

-- Checks that preferences name known types and channels with true or false.
create function private.preference_field_errors(p_preferences jsonb)
  returns jsonb
  language plpgsql
  immutable
  set search_path = ''
as $$
declare
  v_errors jsonb := private.check_keys(
    p_preferences, array(select jsonb_object_keys(private.notification_defaults()))
  );
begin
  if v_errors <> '[]' then
    return v_errors;
  end if;

  select coalesce(
    jsonb_agg(
      jsonb_build_object(
        'field', key,
        'message', format('%s must be an object with inApp and email, each true or false.', key)
      )
      order by key
    ),
    '[]'
  )
  into v_errors
  from jsonb_each(p_preferences) as choice (key, value)
  where jsonb_typeof(value) <> 'object'
    or value - array['inApp', 'email'] <> '{}'
    or jsonb_path_exists(value, '$.* ? (@.type() != "boolean")');

  return v_errors;
end;
$$;

-- Sets the named preferences of a user and keeps the others.
create function private.set_preferences(p_user_id uuid, p_preferences jsonb)
  returns void
  language sql
  security definer
  set search_path = ''
as $$
  insert into public.notification_preferences as p (user_id, type, in_app, email)
  select
    p_user_id,
    choice.type,
    coalesce((choice.value ->> 'inApp')::boolean, private.wants(p_user_id, choice.type, 'inApp')),
    coalesce((choice.value ->> 'email')::boolean, private.wants(p_user_id, choice.type, 'email'))
  from jsonb_each(p_preferences) as choice (type, value)
  on conflict (user_id, type) do update
  set
    in_app = coalesce(
      (p_preferences -> p.type ->> 'inApp')::boolean, p.in_app
    ),
    email = coalesce(
      (p_preferences -> p.type ->> 'email')::boolean, p.email
    )
$$;

-- Sets preferences of the caller.
create function private.set_my_preferences(p_preferences jsonb)
  returns void
  language sql
  security definer
  set search_path = ''
as $$
  select private.set_preferences(auth.uid(), p_preferences)
$$;

-- Called by api functions as the caller. They change the caller's preferences only.
grant execute on function
  private.preference_field_errors(jsonb),
  private.set_my_preferences(jsonb)
to authenticated;


-- ── 70_notifications/20_notifications.sql ───────────────────────────────────────────────────────

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


-- ── 70_notifications/21_watermarks.sql ──────────────────────────────────────────────────────────

-- "Mark all as read" writes one row, however many notifications there are: a watermark, which says what
-- the user could see at that moment. What is before it counts as read. A job then marks the rows
-- themselves, in pieces, and deletes the watermark.
--
-- The watermark is a snapshot, not a time: a notification whose transaction had not committed yet was seen
-- by nobody, although its time is earlier. It stays unread, as after a plain update.

create table private.notification_watermarks (
  user_id uuid primary key references public.profiles (id) on delete cascade,
  snapshot pg_snapshot not null default pg_current_snapshot(),
  transaction_id xid8 not null default pg_current_xact_id(),
  created_at timestamptz not null default now()
);

comment on table private.notification_watermarks is
  'Users who marked all notifications as read, until a job has marked the rows.';
comment on column private.notification_watermarks.snapshot is
  'Notifications of transactions that it sees are read.';
comment on column private.notification_watermarks.transaction_id is
  'Transaction that marked them. A snapshot does not tell what is before and after within it.';

create index notification_watermarks_created_at_idx
  on private.notification_watermarks (created_at);

alter table private.notification_watermarks enable row level security;

create policy select_self on private.notification_watermarks
  for select to authenticated
  using (user_id = (select auth.uid()));

-- For the view of notifications, which runs with the caller's rights.
grant select on private.notification_watermarks to authenticated, service_role;

-- Returns the unread notifications after the user's watermark, and null for a user without one. They are
-- few: the job comes every ten seconds.
create function private.unread_after_watermark(p_user_id uuid)
  returns uuid[]
  language plpgsql
  stable
  set search_path = ''
as $$
declare
  v_watermark private.notification_watermarks;
begin
  select w.*
  into v_watermark
  from private.notification_watermarks as w
  where w.user_id = p_user_id;

  if not found then
    return null;
  end if;

  return array(
    select n.id
    from private.notifications as n
    where n.user_id = p_user_id
      and not n.is_read
      -- Every transaction before this one is seen by the snapshot.
      and n.transaction_id >= pg_snapshot_xmin(v_watermark.snapshot)
      and (
        n.transaction_id = v_watermark.transaction_id
        or not pg_visible_in_snapshot(n.transaction_id, v_watermark.snapshot)
      )
  );
end;
$$;

-- Marks all notifications of the caller as read. Definer: no policy allows to write a watermark.
create function private.mark_all_notifications_read()
  returns void
  language plpgsql
  security definer
  set search_path = ''
as $$
declare
  v_user_id constant uuid := auth.uid();
begin
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

-- Called by api.mark_all_notifications_read as the caller; it changes the caller's own only.
grant execute on function private.mark_all_notifications_read() to authenticated;

-- Marks the message notification of a conversation as read if it is before the watermark, so that the next
-- message adds another instead of renewing one that was read.
create function private.settle_message_notification(p_user_id uuid, p_conversation_id uuid)
  returns void
  language plpgsql
  security definer
  set search_path = ''
as $$
begin
  update private.notifications as n
  set is_read = true, read_at = w.created_at
  from private.notification_watermarks as w
  where w.user_id = p_user_id
    and n.user_id = p_user_id
    and n.type = 'message_received'
    and not n.is_read
    and n.metadata ->> 'conversationId' = p_conversation_id::text
    and n.transaction_id <> w.transaction_id
    and pg_visible_in_snapshot(n.transaction_id, w.snapshot);
end;
$$;

-- Marks the rows before watermarks, at most p_most of them, and deletes watermarks that are done. A job runs
-- it every ten seconds. Returns the number of rows.
create function private.settle_watermarks(p_most integer default 20000)
  returns integer
  language plpgsql
  security definer
  set search_path = ''
as $$
declare
  v_watermark private.notification_watermarks;
  v_left integer := p_most;
  v_marked integer;
begin
  for v_watermark in
    select w.*
    from private.notification_watermarks as w
    order by w.created_at
    limit 1000
    for update skip locked
  loop
    -- Rows that others hold are left for the next run: waiting for them could end in a circle.
    update private.notifications
    set is_read = true, read_at = v_watermark.created_at
    where id in (
      select n.id
      from private.notifications as n
      where n.user_id = v_watermark.user_id
        and not n.is_read
        and n.transaction_id <> v_watermark.transaction_id
        and pg_visible_in_snapshot(n.transaction_id, v_watermark.snapshot)
      limit v_left
      for update skip locked
    );
    get diagnostics v_marked = row_count;
    v_left := v_left - v_marked;

    exit when v_left <= 0;

    delete from private.notification_watermarks as w
    where w.user_id = v_watermark.user_id
      and not exists (
        select
        from private.notifications as n
        where n.user_id = v_watermark.user_id
          and not n.is_read
          and n.transaction_id <> v_watermark.transaction_id
          and pg_visible_in_snapshot(n.transaction_id, v_watermark.snapshot)
      );
  end loop;

  return p_most - v_left;
end;
$$;


-- ── 70_notifications/22_notification_view.sql ───────────────────────────────────────────────────

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
comment on column public.notifications.actor_id is
  'User who caused the notification. Its text names them, so it is deleted with their account.';
comment on column public.notifications.metadata is
  'Related ids: projectId, taskId, conversationId, if they apply.';

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
    id, user_id, actor_id, type, title, message, entity_type, entity_id, metadata, created_at
  )
  values (
    coalesce(new.id, gen_random_uuid()), new.user_id, new.actor_id, new.type, new.title,
    new.message, new.entity_type, new.entity_id, coalesce(new.metadata, '{}'),
    coalesce(new.created_at, clock_timestamp())
  )
  returning id, metadata, is_read, created_at
  into new.id, new.metadata, new.is_read, new.created_at;

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
  if not new.is_read then
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


-- ── 70_notifications/25_totals.sql ──────────────────────────────────────────────────────────────

-- How many notifications each user has, and how many are unread: pages and badges do not count them, so
-- a user with a hundred thousand waits no longer than others.
--
-- Writers add a row for each change and never wait for each other. With one row for each user, two
-- transactions that notify the same two users in different orders would wait for each other for ever. A
-- job adds the changes up every minute. One statement reads sums and changes, so they are always exact.
--
-- They count the rows that are marked as read themselves. Of a user with a watermark, what came after it
-- is counted instead.

create table private.notification_totals (
  user_id uuid primary key references public.profiles (id) on delete cascade,
  total bigint not null,
  unread bigint not null
);

comment on table private.notification_totals is
  'Number of notifications of each user, without the changes that are not added up yet.';

create table private.notification_total_changes (
  id bigint generated always as identity primary key,
  user_id uuid not null,
  total integer not null,
  unread integer not null
);

comment on table private.notification_total_changes is
  'Changes of notification_totals, of the last minute.';
comment on column private.notification_total_changes.user_id is
  'No foreign key: the notifications of a deleted user are counted down after the user is gone.';

create index notification_total_changes_user_id_idx on private.notification_total_changes (user_id);

create function private.notification_totals_of(
  p_user_id uuid, out total bigint, out unread bigint
)
  language plpgsql
  stable
  set search_path = ''
as $$
begin
  select coalesce(sum(part.total), 0)::bigint, coalesce(sum(part.unread), 0)::bigint
  into total, unread
  from (
    select t.total, t.unread
    from private.notification_totals as t
    where t.user_id = p_user_id
    union all
    select c.total, c.unread
    from private.notification_total_changes as c
    where c.user_id = p_user_id
  ) as part;

  unread := coalesce(cardinality(private.unread_after_watermark(p_user_id)), unread);
end;
$$;

-- Adds up the changes. A job runs it every minute.
create function private.add_up_notifications()
  returns void
  language sql
  security definer
  set search_path = ''
as $$
  with taken as (
    delete from private.notification_total_changes as c
    where c.id in (
      select due.id
      from private.notification_total_changes as due
      order by due.id
      limit 100000
      for update skip locked
    )
    returning c.user_id, c.total, c.unread
  )
  insert into private.notification_totals as t (user_id, total, unread)
  select taken.user_id, sum(taken.total), sum(taken.unread)
  from taken
  join public.profiles as p on p.id = taken.user_id
  group by taken.user_id
  order by taken.user_id
  on conflict (user_id) do update
  set total = t.total + excluded.total, unread = t.unread + excluded.unread;
$$;

create function private.tg_notifications__count_new()
  returns trigger
  language plpgsql
  security definer
  set search_path = ''
as $$
begin
  insert into private.notification_total_changes (user_id, total, unread)
  values (new.user_id, 1, (not new.is_read)::integer);

  return null;
end;
$$;

create trigger _500_count_new
  after insert on private.notifications
  for each row
  execute function private.tg_notifications__count_new();

-- One change for each user of the statement: fifty thousand notifications are read as one.
create function private.tg_notifications__count_changed()
  returns trigger
  language plpgsql
  security definer
  set search_path = ''
as $$
begin
  insert into private.notification_total_changes (user_id, total, unread)
  select changed.user_id, 0, sum(changed.unread)
  from (
    select n.user_id, (not n.is_read)::integer as unread from after_change as n
    union all
    select o.user_id, -(not o.is_read)::integer from before_change as o
  ) as changed
  group by changed.user_id
  having sum(changed.unread) <> 0;

  return null;
end;
$$;

create trigger _501_count_changed
  after update on private.notifications
  referencing old table as before_change new table as after_change
  for each statement
  execute function private.tg_notifications__count_changed();

create function private.tg_notifications__count_deleted()
  returns trigger
  language plpgsql
  security definer
  set search_path = ''
as $$
begin
  insert into private.notification_total_changes (user_id, total, unread)
  select o.user_id, -count(*), -count(*) filter (where not o.is_read)
  from before_change as o
  group by o.user_id;

  return null;
end;
$$;

create trigger _502_count_deleted
  after delete on private.notifications
  referencing old table as before_change
  for each statement
  execute function private.tg_notifications__count_deleted();


-- ── 70_notifications/30_notify.sql ──────────────────────────────────────────────────────────────

-- Notifies a user in the app and by mail, according to their preferences. Skips the user who caused
-- the notification, and deleted accounts.

create function private.notify(
  p_user_id uuid, p_actor_id uuid, p_type text, p_title text, p_message text,
  p_entity_type text, p_entity_id uuid, p_metadata jsonb, p_details jsonb default '{}'
)
  returns void
  language plpgsql
  security definer
  set search_path = ''
as $$
declare
  v_id constant uuid := gen_random_uuid();
  v_address text;
begin
  if p_user_id in (p_actor_id, auth.uid()) or not private.account_exists(p_user_id) then
    return;
  end if;

  if private.wants(p_user_id, p_type, 'inApp') then
    insert into private.notifications (
      id, user_id, actor_id, type, title, message, entity_type, entity_id, metadata
    )
    values (
      v_id, p_user_id, p_actor_id, p_type, p_title, p_message, p_entity_type, p_entity_id,
      jsonb_strip_nulls(p_metadata)
    );
  end if;

  -- Nothing is rendered for users who want no mail.
  v_address := private.mail_address(p_user_id, p_type);
  if v_address is null then
    return;
  end if;

  perform private.queue_mail_to(
    v_address, 'notification:' || v_id, p_user_id, p_actor_id, p_type,
    jsonb_build_object(
      'title', p_title, 'message', p_message, 'entityType', p_entity_type, 'entityId', p_entity_id
    )
    || p_metadata || p_details || jsonb_build_object('actorName', private.card_name(p_actor_id))
  );
end;
$$;


-- ── 70_notifications/40_documents.sql ───────────────────────────────────────────────────────────

-- Notifications in the shape the API returns. The view runs with the caller's rights.

create view private.notification_documents with (security_invoker = true) as
  select
    n.id,
    n.user_id,
    n.is_read,
    n.created_at,
    jsonb_build_object(
      'id', n.id,
      'type', n.type,
      'title', n.title,
      'message', n.message,
      'entityType', n.entity_type,
      'entityId', n.entity_id,
      'metadata', n.metadata,
      'isRead', n.is_read,
      'readAt', private.iso(n.read_at),
      'createdAt', private.iso(n.created_at)
    ) as document
  from public.notifications as n;

comment on view private.notification_documents is 'Notifications in the shape the API returns.';

-- Used by api functions only. The caller's policies filter the rows.
grant select on private.notification_documents to authenticated;


-- ── 70_notifications/50_operations.sql ──────────────────────────────────────────────────────────

-- Operations on notifications and preferences (/notifications).

-- Returns a page of the caller's notifications. Definer: see private.page_of_documents.
create function private.list_notifications(p_input jsonb)
  returns jsonb
  language plpgsql
  stable
  security definer
  set search_path = ''
as $$
declare
  v_user_id constant uuid := auth.uid();
  v_totals record;
  v_recent uuid[];
  v_page record;
begin
  perform private.raise_field_errors(
    private.check_flag(p_input, 'isRead', 'Is read') || private.check_page(p_input)
  );

  v_totals := private.notification_totals_of(v_user_id);

  -- Before a watermark there may be very many that only look unread.
  if p_input ->> 'isRead' = 'false' then
    v_recent := private.unread_after_watermark(v_user_id);
  end if;

  v_page := private.page_of_documents(
    'private.notification_documents',
    'user_id = $1' || case
      when v_recent is not null then ' and id = any ($2::uuid[])'
      when p_input ->> 'isRead' = 'true' then ' and is_read'
      when p_input ->> 'isRead' = 'false' then ' and not is_read'
      else ''
    end,
    'created_at desc, id desc',
    private.page_number(p_input), private.page_limit(p_input, 20),
    v_user_id, v_recent::text,
    p_total => case p_input ->> 'isRead'
      when 'true' then v_totals.total - v_totals.unread
      when 'false' then v_totals.unread
      else v_totals.total
    end
  );

  return jsonb_build_object(
    'notifications', v_page.documents,
    'unreadCount', v_totals.unread,
    'pagination', v_page.pagination
  );
end;
$$;

-- Called by api.list_notifications as the caller; it returns the caller's own.
grant execute on function private.list_notifications(jsonb) to authenticated;

create function api.list_notifications(
  "isRead" jsonb default null, page jsonb default null, "limit" jsonb default null
)
  returns jsonb
  language plpgsql
  stable
  set search_path = ''
as $$
begin
  perform private.require_session();

  return private.list_notifications(private.input_of('list_notifications', jsonb_build_object(
    'isRead', "isRead", 'page', page, 'limit', "limit"
  )));
end;
$$;

comment on function api.list_notifications(jsonb, jsonb, jsonb) is
  'Lists the caller''s notifications, newest first.
Requires: any signed-in user.
isRead: only read or only unread ones. page: from 1. limit: default 20, at most 100.
Returns {notifications, unreadCount, pagination}. unreadCount ignores the filter. metadata contains
projectId, taskId and conversationId, if they apply.
Errors: VALIDATION_ERROR, NOT_AUTHENTICATED, SESSION_REVOKED.';

create function api.mark_notification_read("notificationId" text default null)
  returns void
  language plpgsql
  volatile
  set search_path = ''
as $$
begin
  perform private.require_session();
  perform private.require_ids(jsonb_build_object('notificationId', "notificationId"));

  -- Policies show only the caller's own notifications, so that those of other users are not found.
  perform from public.notifications as n where n.id = "notificationId"::uuid;
  if not found then
    raise sqlstate 'PT404' using
      message = 'Notification not found.',
      hint = 'NOT_FOUND';
  end if;

  update public.notifications
  set is_read = true
  where id = "notificationId"::uuid and not is_read;
end;
$$;

comment on function api.mark_notification_read(text) is
  'Marks a notification as read. Repeating it changes nothing.
Requires: the notified user.
Errors: NOT_FOUND (also for a notification of another user), NOT_AUTHENTICATED, SESSION_REVOKED.';

create function api.mark_all_notifications_read()
  returns void
  language plpgsql
  volatile
  set search_path = ''
as $$
begin
  perform private.require_session();
  perform private.mark_all_notifications_read();
end;
$$;

comment on function api.mark_all_notifications_read() is
  'Marks all notifications of the caller as read.
Requires: any signed-in user.
Errors: NOT_AUTHENTICATED, SESSION_REVOKED.';

create function api.get_notification_preferences()
  returns jsonb
  language plpgsql
  stable
  set search_path = ''
as $$
declare
  v_user_id constant uuid := private.require_session();
begin
  return jsonb_build_object(
    'preferences',
    private.notification_defaults() || (
      select coalesce(
        jsonb_object_agg(p.type, jsonb_build_object('inApp', p.in_app, 'email', p.email)), '{}'
      )
      from public.notification_preferences as p
      where p.user_id = v_user_id
    )
  );
end;
$$;

comment on function api.get_notification_preferences() is
  'Returns the caller''s preferences: which types of notifications are on in the app and by mail.
Requires: any signed-in user.
Returns {preferences: {<type>: {inApp, email}}} with every type.
Errors: NOT_AUTHENTICATED, SESSION_REVOKED.';

create function api.update_notification_preferences(patch jsonb default null)
  returns jsonb
  language plpgsql
  volatile
  set search_path = ''
as $$
declare
  -- Accepts the response of get_notification_preferences as well.
  v_choices constant jsonb := case
    when patch = jsonb_build_object('preferences', patch -> 'preferences')
      then patch -> 'preferences'
    else patch
  end;
begin
  perform private.require_session();
  perform private.raise_field_errors(private.preference_field_errors(v_choices));
  perform private.set_my_preferences(v_choices);

  return api.get_notification_preferences();
end;
$$;

comment on function api.update_notification_preferences(jsonb) is
  'Changes the caller''s preferences and returns all of them.
Requires: any signed-in user.
patch: {<type>: {inApp, email}}, or the same under preferences; omitted types and channels stay.
Mails are only sent to a verified address.
Errors: VALIDATION_ERROR, NOT_AUTHENTICATED, SESSION_REVOKED.';

create function api.follow_unsubscribe_link(token text default null)
  returns jsonb
  language plpgsql
  stable
  set search_path = ''
as $$
begin
  return jsonb_build_object('type', private.unsubscribe_type(token));
end;
$$;

comment on function api.follow_unsubscribe_link(text) is
  'Returns the notification type of the link in a mail, for a page that asks whether to unsubscribe.
Changes nothing: mail scanners open links.
Requires: the token; no sign-in.
Errors: VALIDATION_ERROR.';

create function api.unsubscribe(token text default null)
  returns jsonb
  language plpgsql
  volatile
  set search_path = ''
as $$
begin
  return jsonb_build_object('unsubscribed', true, 'type', private.unsubscribe(token));
end;
$$;

comment on function api.unsubscribe(text) is
  'Turns off mails of one notification type, with the token of the link in a mail. Repeating it
changes nothing. The preferences turn the type on again.
Requires: the token; no sign-in.
Returns {unsubscribed, type}.
Errors: VALIDATION_ERROR.';

grant execute on function
  api.list_notifications(jsonb, jsonb, jsonb),
  api.mark_notification_read(text),
  api.mark_all_notifications_read(),
  api.get_notification_preferences(),
  api.update_notification_preferences(jsonb)
to authenticated;

-- Links in mails are opened without a session, so anonymous callers can call them.
grant execute on function
  api.follow_unsubscribe_link(text),
  api.unsubscribe(text)
to anon, authenticated, service_role;


-- ── 70_notifications/60_events.sql ──────────────────────────────────────────────────────────────

-- Realtime event of a new notification: sends notification:new to the notified user.

create function private.tg_notifications__broadcast()
  returns trigger
  language plpgsql
  security definer
  set search_path = ''
as $$
begin
  perform private.send_event(
    array[new.user_id], 'notification:new', jsonb_build_object('notification', d.document)
  )
  from private.notification_documents as d
  where d.id = new.id;

  return null;
end;
$$;

create trigger _700_broadcast
  after insert on private.notifications
  for each row
  execute function private.tg_notifications__broadcast();


-- ── 70_notifications/80_unsubscribe.sql ─────────────────────────────────────────────────────────

-- Unsubscribe links: every notification mail has a link that turns off mails of its type with one
-- click and without signing in (RFC 8058). The link names a user and a type and is signed; it is
-- not stored and does not expire.

create table private.signing_keys (
  name text primary key,
  key bytea not null default extensions.gen_random_bytes(32)
);

comment on table private.signing_keys is
  'Signing keys, generated with the installation. Replacing a key invalidates links signed with
it.';

insert into private.signing_keys (name) values ('unsubscribe');

-- Returns the signed token for a user and a notification type.
create function private.unsubscribe_token(p_user_id uuid, p_type text)
  returns text
  language sql
  stable
  security definer
  set search_path = ''
as $$
  select concat_ws(
    '.', p_user_id, p_type,
    encode(
      extensions.hmac(convert_to(concat_ws('.', p_user_id, p_type), 'UTF8'), k.key, 'sha256'), 'hex'
    )
  )
  from private.signing_keys as k
  where k.name = 'unsubscribe'
$$;

-- Returns the type in the token of an unsubscribe link, and changes nothing. Tokens are compared as
-- hashes, so that the response time reveals nothing.
create function private.unsubscribe_type(p_token text)
  returns text
  language plpgsql
  stable
  security definer
  set search_path = ''
as $$
declare
  v_user_id constant uuid := private.try_uuid(split_part(p_token, '.', 1));
  v_type constant text := split_part(p_token, '.', 2);
begin
  if private.token_hash(p_token) is distinct from
    private.token_hash(private.unsubscribe_token(v_user_id, v_type))
    or not private.notification_defaults() ? v_type
  then
    perform private.raise_field_errors(
      private.field_error('token', 'Token must be the token of an unsubscribe link.')
    );
  end if;

  return v_type;
end;
$$;

comment on function private.unsubscribe_type(text) is
  'Callable by anon: links in mails are opened without a session. The token is signed.';

grant execute on function private.unsubscribe_type(text) to anon, authenticated, service_role;

-- Turns off mails of the type in the token and returns the type. Repeating it changes nothing.
create function private.unsubscribe(p_token text)
  returns text
  language plpgsql
  security definer
  set search_path = ''
as $$
declare
  v_type constant text := private.unsubscribe_type(p_token);
  v_user_id constant uuid := private.try_uuid(split_part(p_token, '.', 1));
begin
  if private.account_exists(v_user_id) then
    perform private.set_preferences(
      v_user_id, jsonb_build_object(v_type, '{"email": false}'::jsonb)
    );
  end if;

  return v_type;
end;
$$;

comment on function private.unsubscribe(text) is
  'Callable by anon: links in mails are opened without a session. The token is signed.';

grant execute on function private.unsubscribe(text) to anon, authenticated, service_role;


-- ── 70_notifications/81_notification_mails.sql ──────────────────────────────────────────────────

-- Notification mails: rows of the outbox for users with a verified address who want mails of the
-- type. Both are checked when the mail is queued and again before it is sent. A mail waits a minute,
-- so that several of one kind can become one. The function `outbox`
-- writes the text. The kind of a mail is the notification's type; its payload contains:
--
--   every kind               recipientName, title, message, entityType, entityId, and projectId,
--                            taskId, conversationId if they apply; after claiming also
--                            unsubscribeToken and unsubscribeUrl
--   task_assigned            actorName, projectName, taskName, dueDate
--   task_unassigned          actorName, projectName, taskCount
--   deliverable_submitted    actorName, projectName, taskName, deliverableTitle, version
--   deliverable_approved     actorName, projectName, taskName, deliverableTitle
--   revision_requested       as deliverable_approved, and feedback, revisionCount
--   message_received         actorName, messageCount; no message content
--   review_received          actorName, projectName, rating
--   deadline_approaching     projectName, taskName, dueDate, daysLeft
--   project_status_changed   actorName, projectName, status
--   team_added               actorName, projectName, role
--   mentioned                actorName, projectName, taskName, deliverableTitle
--   file_rejected            fileName, isUploader, and deliverableTitle, version if it is in one

-- Returns the address for mails of a type, or null if it is unverified or the user does not want
-- them.
create function private.mail_address(p_user_id uuid, p_type text)
  returns text
  language plpgsql
  stable
  security definer
  set search_path = ''
as $$
begin
  return (
    select u.email
    from auth.users as u
    join public.profiles as p on p.id = u.id
    join private.email_verifications as v on v.user_id = u.id
    where u.id = p_user_id
      and p.deleted_at is null
      and v.verified_at is not null
      and private.wants(p_user_id, p_type, 'email')
  );
end;
$$;

-- Queues a mail to an address that private.mail_address has returned. The idempotency key prevents a
-- second mail for the same cause.
create function private.queue_mail_to(
  p_address text, p_idempotency_key text, p_user_id uuid, p_sender_id uuid, p_type text,
  p_payload jsonb
)
  returns void
  language plpgsql
  security definer
  set search_path = ''
as $$
begin
  insert into private.outbox (
    kind, user_id, sender_id, recipient, next_attempt_at, payload, idempotency_key
  )
  values (
    p_type, p_user_id, p_sender_id, p_address, now() + interval '1 minute',
    jsonb_strip_nulls(
      p_payload || jsonb_build_object('recipientName', private.card_name(p_user_id))
    ),
    p_idempotency_key
  )
  on conflict (idempotency_key) do nothing;
end;
$$;

-- Queues a mail if the user wants it.
create function private.queue_notification_mail(
  p_idempotency_key text, p_user_id uuid, p_sender_id uuid, p_type text, p_payload jsonb
)
  returns void
  language plpgsql
  security definer
  set search_path = ''
as $$
declare
  v_address constant text := private.mail_address(p_user_id, p_type);
begin
  if v_address is not null then
    perform private.queue_mail_to(
      v_address, p_idempotency_key, p_user_id, p_sender_id, p_type, p_payload
    );
  end if;
end;
$$;

-- Returns whether a queued mail is still wanted. It is not after one of the two users has blocked the
-- other, after the recipient has left the project, or, for messages, after they were read.
create function private.is_wanted_mail(p_mail private.outbox)
  returns boolean
  language sql
  stable
  security definer
  set search_path = ''
as $$
  select not private.notification_defaults() ? p_mail.kind
    or private.mail_address(p_mail.user_id, p_mail.kind) is not distinct from p_mail.recipient
    and not private.is_blocked(p_mail.user_id, p_mail.sender_id)
    and (
      p_mail.kind = 'review_received'
      or p_mail.payload ->> 'projectId' is null
      or p_mail.user_id in (
        select private.project_people(private.try_uuid(p_mail.payload ->> 'projectId'))
      )
    )
    and (
      p_mail.kind <> 'message_received' or exists (
        select
        from public.conversation_reads as r
        where r.conversation_id = private.try_uuid(p_mail.payload ->> 'conversationId')
          and r.user_id = p_mail.user_id
          and r.unread_count > 0
      )
    )
$$;

-- Suppresses unwanted mails before mails are claimed, until the next p_limit mails are all wanted.
create function private.suppress_unwanted_mail(p_limit integer)
  returns void
  language plpgsql
  security definer
  set search_path = ''
as $$
begin
  loop
    update private.outbox
    set status = 'suppressed', payload = '{}'
    where id in (
      select due.id
      from (
        select o.*
        from private.outbox as o
        where o.status in ('pending', 'sending') and o.next_attempt_at <= now()
        order by o.next_attempt_at
        limit least(greatest(p_limit, 1), 100)
        for update skip locked
      ) as due
      where not private.is_wanted_mail(due)
    );

    exit when not found;
  end loop;
end;
$$;

-- Returns the unsubscribe link, which is added when a mail is claimed and not stored.
create function private.unsubscribe_links(p_mail private.outbox)
  returns jsonb
  language sql
  stable
  security definer
  set search_path = ''
as $$
  select case
    when private.notification_defaults() ? p_mail.kind then jsonb_build_object(
      'unsubscribeToken', token,
      'unsubscribeUrl', private.api_url() || '/notifications/unsubscribe?token=' || token
    )
    else '{}'
  end
  from (
    values (private.unsubscribe_token(p_mail.user_id, p_mail.kind))
  ) as proof (token)
$$;


-- ── 70_notifications/82_mail_limits.sql ─────────────────────────────────────────────────────────

-- Limits of notification mails. Mails of one kind that one user causes for another become one mail,
-- and nobody gets more than a few per hour: what is over the limit waits and is merged.

-- Merges the waiting mails of a recipient that have the same kind and sender, as soon as one of them
-- is due. The merged mail has the sentences of all as `items` (at most 20) and their number as
-- `itemCount`. A requested revision stays a mail of its own, because it quotes the feedback.
create function private.merge_mails()
  returns void
  language plpgsql
  security definer
  set search_path = ''
as $$
declare
  v_group record;
begin
  for v_group in
    select o.user_id, o.recipient, o.kind, o.sender_id
    from private.outbox as o
    where o.status = 'pending'
      and o.attempts = 0
      and private.notification_defaults() ? o.kind
      and o.kind <> 'revision_requested'
    group by o.user_id, o.recipient, o.kind, o.sender_id
    having count(*) > 1 and min(o.next_attempt_at) <= now()
  loop
    perform private.merge_group(
      v_group.user_id, v_group.recipient, v_group.kind, v_group.sender_id
    );
  end loop;
end;
$$;

create function private.merge_group(
  p_user_id uuid, p_recipient text, p_kind text, p_sender_id uuid
)
  returns void
  language plpgsql
  security definer
  set search_path = ''
as $$
declare
  v_ids uuid[];
  v_items jsonb;
  v_count integer;
begin
  with waiting as (
    select o.id, o.payload, o.created_at
    from private.outbox as o
    where o.user_id = p_user_id
      and o.recipient = p_recipient
      and o.kind = p_kind
      and o.sender_id is not distinct from p_sender_id
      and o.status = 'pending'
      and o.attempts = 0
    for update skip locked
  )
  select
    array_agg(w.id order by w.created_at, w.id),
    jsonb_path_query_array(
      jsonb_agg(
        coalesce(w.payload -> 'items', jsonb_build_array(w.payload -> 'message'))
        order by w.created_at, w.id
      ),
      '$[*][*]'
    ),
    sum(coalesce((w.payload ->> 'itemCount')::integer, 1))
  into v_ids, v_items, v_count
  from waiting as w;

  update private.outbox
  set
    next_attempt_at = now(),
    payload = payload || jsonb_build_object(
      'items', jsonb_path_query_array(v_items, '$[0 to 19]'), 'itemCount', v_count
    )
  where id = v_ids[1] and v_count > 1;

  update private.outbox
  set status = 'suppressed', payload = '{}'
  where id = any (v_ids[2:]);
end;
$$;

-- Returns whether another mail may be sent now: p_more_to and p_more_from were allowed in this moment.
create function private.may_mail(p_mail private.outbox, p_more_to bigint, p_more_from bigint)
  returns boolean
  language sql
  stable
  security definer
  set search_path = ''
as $$
  select received.hour + p_more_to < 30
    and received.day + p_more_to < 120
    and (
      p_mail.sender_id is null
      or received.hour_from_sender + p_more_to < 6
      and received.day_from_sender + p_more_to < 30
      and sent.hour + p_more_from < 100
    )
  from (
    select
      count(*) filter (where recent) as hour,
      count(*) as day,
      count(*) filter (where recent and from_sender) as hour_from_sender,
      count(*) filter (where from_sender) as day_from_sender
    from (
      select
        o.sent_at is null or o.sent_at > now() - interval '1 hour' as recent,
        o.sender_id = p_mail.sender_id as from_sender
      from private.outbox as o
      where o.user_id = p_mail.user_id
        and private.notification_defaults() ? o.kind
        and (o.sent_at > now() - interval '1 day' or o.status = 'sending')
    ) as mails
  ) as received
  cross join (
    select count(*) as hour
    from private.outbox as o
    where o.sender_id = p_mail.sender_id
      and (o.sent_at > now() - interval '1 hour' or o.status = 'sending')
  ) as sent
$$;

-- Lets due mails over a limit wait for 10 minutes. Meanwhile they are merged with newer ones.
create function private.postpone_mails()
  returns void
  language plpgsql
  security definer
  set search_path = ''
as $$
declare
  v_mail private.outbox;
  v_to jsonb := '{}';
  v_from jsonb := '{}';
  v_more_to bigint;
  v_more_from bigint;
begin
  for v_mail in
    select o.*
    from private.outbox as o
    where o.status = 'pending'
      and o.next_attempt_at <= now()
      and private.notification_defaults() ? o.kind
    order by o.next_attempt_at
    limit 1000
  loop
    v_more_to := coalesce((v_to ->> v_mail.user_id::text)::bigint, 0);
    v_more_from := coalesce((v_from ->> v_mail.sender_id::text)::bigint, 0);

    if private.may_mail(v_mail, v_more_to, v_more_from) then
      v_to := v_to || jsonb_build_object(v_mail.user_id, v_more_to + 1);
      v_from := v_from || jsonb_build_object(coalesce(v_mail.sender_id::text, ''), v_more_from + 1);
    else
      update private.outbox
      set next_attempt_at = now() + interval '10 minutes'
      where id = v_mail.id and status = 'pending';
    end if;
  end loop;
end;
$$;


-- ── 70_notifications/83_write_limits.sql ────────────────────────────────────────────────────────

-- How often one user can write. Far above real work; together with the limits of mails they bound what
-- a single account can do to others and to the database.

create trigger _300_limit_writes
  before insert on public.projects
  for each row
  when (current_user = 'authenticated')
  execute function private.tg__limit_writes('projects', '200', '3600');

create trigger _300_limit_writes
  before insert on public.project_members
  for each row
  when (current_user = 'authenticated')
  execute function private.tg__limit_writes('team additions', '300', '3600');

create trigger _301_limit_inserts
  before insert on public.tasks
  for each row
  when (current_user = 'authenticated')
  execute function private.tg__limit_writes('tasks', '1000', '3600');

create trigger _301_limit_updates
  before update on public.tasks
  for each row
  when (current_user = 'authenticated')
  execute function private.tg__limit_writes('task changes', '2000', '3600');

create trigger _301_limit_updates
  before update on public.projects
  for each row
  when (current_user = 'authenticated')
  execute function private.tg__limit_writes('project changes', '500', '3600');

create trigger _301_limit_edits
  before update of content on public.messages
  for each row
  when (current_user = 'authenticated')
  execute function private.tg__limit_writes('message edits', '300', '3600');

create trigger _301_limit_updates
  before update on public.profiles
  for each row
  when (current_user = 'authenticated')
  execute function private.tg__limit_writes('profile changes', '300', '3600');
