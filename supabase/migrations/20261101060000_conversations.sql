-- Release 0.2.0, from supabase/schemas/60_conversations. A later change is made there and in a migration of its own.


-- ── 60_conversations/10_blocks.sql ──────────────────────────────────────────────────────────────

-- Blocks between users. A block works in both directions: neither user can send the other messages
-- or see whether they are online. Blocked users cannot list who blocked them; they get an error
-- when they send a message.

create table public.user_blocks (
  blocker_id uuid not null references public.profiles (id) on delete cascade,
  blocked_id uuid not null references public.profiles (id) on delete cascade,
  created_at timestamptz not null default now(),

  primary key (blocker_id, blocked_id),
  constraint blocker_is_not_blocked check (blocker_id <> blocked_id)
);

comment on table public.user_blocks is 'Blocks between users.';

create index user_blocks_blocked_id_idx on public.user_blocks (blocked_id);

alter table public.user_blocks enable row level security;

create policy all_live_session on public.user_blocks
  as restrictive for all to authenticated
  using ((select private.session_is_live()))
  with check ((select private.session_is_live()));

create policy select_blocker on public.user_blocks
  for select to authenticated
  using (blocker_id = (select auth.uid()));

-- No insert and no delete is granted: api.block_user and api.unblock_user.
grant select on public.user_blocks to authenticated;
grant select, insert, update, delete on public.user_blocks to service_role;

-- Returns whether one of the two users has blocked the other.
create function private.is_blocked(p_one uuid, p_other uuid)
  returns boolean
  language plpgsql
  stable
  security definer
  set search_path = ''
as $$
begin
  return exists (
    select
    from public.user_blocks as b
    where (b.blocker_id, b.blocked_id) in ((p_one, p_other), (p_other, p_one))
  );
end;
$$;

-- Blocks a user for the caller. Blocking again changes nothing.
create function private.block_user(p_user_id uuid)
  returns void
  language plpgsql
  security definer
  set search_path = ''
as $$
begin
  perform private.raise_field_errors(
    case
      when p_user_id is null then private.field_error('userId', 'User id is required.')
      when p_user_id = auth.uid() then private.field_error('userId', 'You cannot block yourself.')
      else '[]'
    end
  );

  insert into public.user_blocks (blocker_id, blocked_id)
  select auth.uid(), p.id
  from public.profiles as p
  where p.id = p_user_id and p.deleted_at is null
  on conflict (blocker_id, blocked_id) do nothing;

  if not private.account_exists(p_user_id) then
    raise sqlstate 'PT404' using
      message = 'User not found.',
      hint = 'NOT_FOUND';
  end if;
end;
$$;

-- Removes the caller's block. Without a block nothing changes.
create function private.unblock_user(p_user_id uuid)
  returns void
  language sql
  security definer
  set search_path = ''
as $$
  delete from public.user_blocks where blocker_id = auth.uid() and blocked_id = p_user_id
$$;

-- Called by api functions as the caller. They change the caller's own blocks only.
grant execute on function
  private.block_user(uuid),
  private.unblock_user(uuid)
to authenticated;


-- ── 60_conversations/11_block_operations.sql ────────────────────────────────────────────────────

-- Operations on blocks (/users/me/blocks, /users/:userId/block).

create function api.list_blocks()
  returns jsonb
  language plpgsql
  stable
  set search_path = ''
as $$
declare
  v_user_id constant uuid := private.require_session();
begin
  return jsonb_build_object(
    'users',
    (
      select coalesce(
        jsonb_agg(
          jsonb_build_object('id', c.id, 'name', c.name, 'avatarUrl', c.avatar_url)
          order by b.created_at desc, b.blocked_id
        ),
        '[]'
      )
      from public.user_blocks as b
      join private.cards as c on c.id = b.blocked_id
      where b.blocker_id = v_user_id
    )
  );
end;
$$;

comment on function api.list_blocks() is
  'Lists the users whom the caller has blocked, newest first.
Requires: any signed-in user.
Returns {users}.
Errors: NOT_AUTHENTICATED, SESSION_REVOKED.';

create function api.block_user("userId" text default null)
  returns void
  language plpgsql
  volatile
  set search_path = ''
as $$
begin
  perform private.require_session();
  perform private.require_ids(jsonb_build_object('userId', "userId"));
  perform private.block_user("userId"::uuid);
end;
$$;

comment on function api.block_user(text) is
  'Blocks a user: neither of the two can send the other messages or see whether they are online.
Earlier messages stay readable. Blocking again changes nothing.
Requires: any signed-in user.
Errors: VALIDATION_ERROR (also for the caller''s own id), NOT_FOUND, NOT_AUTHENTICATED,
SESSION_REVOKED.';

create function api.unblock_user("userId" text default null)
  returns void
  language plpgsql
  volatile
  set search_path = ''
as $$
begin
  perform private.require_session();
  perform private.require_ids(jsonb_build_object('userId', "userId"));
  perform private.unblock_user("userId"::uuid);
end;
$$;

comment on function api.unblock_user(text) is
  'Removes a block of the caller. Without a block nothing changes.
Requires: any signed-in user.
Errors: NOT_AUTHENTICATED, SESSION_REVOKED.';

grant execute on function
  api.list_blocks(),
  api.block_user(text),
  api.unblock_user(text)
to authenticated;


-- ── 60_conversations/20_conversations.sql ───────────────────────────────────────────────────────

-- Conversations between one creator and one talent. A pair has one conversation, and its
-- participants never change. conversation_reads stores how far each participant has read.

-- Returns the ids of the caller's conversations, for policies: `= any (array(select …))`.
create function private.my_conversation_ids()
  returns setof uuid
  language plpgsql
  stable
  security definer
  rows 50
  set search_path = ''
as $$
begin
  return query select c.id from public.conversations as c where c.creator_id = auth.uid();
  return query select c.id from public.conversations as c where c.talent_id = auth.uid();
end;
$$;

-- Policies run it as the caller. It returns the caller's own conversations only.
grant execute on function private.my_conversation_ids() to authenticated;

-- Returns whether the caller is a participant, for policies on one new row: the set above would be read
-- for each message that is sent.
create function private.is_my_conversation(p_conversation_id uuid)
  returns boolean
  language plpgsql
  stable
  security definer
  set search_path = ''
as $$
begin
  return exists (
    select
    from public.conversations as c
    where c.id = p_conversation_id and auth.uid() in (c.creator_id, c.talent_id)
  );
end;
$$;

-- Policies run it as the caller. It answers for the caller only.
grant execute on function private.is_my_conversation(uuid) to authenticated;

create table public.conversations (
  id uuid primary key default gen_random_uuid(),
  creator_id uuid not null references public.profiles (id) on delete cascade,
  talent_id uuid not null references public.profiles (id) on delete cascade,
  last_message_id uuid,
  last_message_at timestamptz,
  opened_cold boolean not null default false,
  created_at timestamptz not null default now(),

  constraint last_message_has_its_time check (
    (last_message_id is null) = (last_message_at is null)
  )
);

comment on table public.conversations is
  'Conversations between a creator and a talent. The row is also the lock under which messages are
sent, read and deleted one after another.';
comment on column public.conversations.last_message_id is
  'Last message, maintained by triggers. No foreign key: messages are never removed, and its index
would be written with every message.';
comment on column public.conversations.opened_cold is
  'Whether a talent opened it with a creator of no shared project; limited to 5 per day.';

create unique index conversations_pair_key on public.conversations (creator_id, talent_id);
-- One index for the list of creators and one for the list of talents, in the order of the lists.
create index conversations_creator_id_idx
  on public.conversations (creator_id, last_message_at desc nulls last, id desc);
create index conversations_talent_id_idx
  on public.conversations (talent_id, last_message_at desc nulls last, id desc);
create index conversations_opened_cold_idx
  on public.conversations (talent_id, created_at) where opened_cold;

create table public.conversation_reads (
  conversation_id uuid not null references public.conversations (id) on delete cascade,
  user_id uuid not null references public.profiles (id) on delete cascade,
  last_read_message_id uuid,
  last_read_at timestamptz,
  unread_count integer not null default 0,

  primary key (conversation_id, user_id),
  constraint unread_count_is_not_negative check (unread_count >= 0),
  constraint read_at_with_the_message check (
    last_read_message_id is null or last_read_at is not null
  )
)
with (fillfactor = 70);

comment on table public.conversation_reads is
  'Read pointers: how far each participant has read. A conversation has two rows from the start. A
pointer only moves forwards.';
comment on column public.conversation_reads.unread_count is
  'Number of messages of the other participant after the read pointer, without deleted ones.
Maintained by triggers under the conversation''s lock, so that lists need not count.';

create index conversation_reads_user_id_idx
  on public.conversation_reads (user_id, conversation_id);

alter table public.conversations enable row level security;
alter table public.conversation_reads enable row level security;

create policy all_live_session on public.conversations
  as restrictive for all to authenticated
  using ((select private.session_is_live()))
  with check ((select private.session_is_live()));

create policy all_live_session on public.conversation_reads
  as restrictive for all to authenticated
  using ((select private.session_is_live()))
  with check ((select private.session_is_live()));

create policy select_participant on public.conversations
  for select to authenticated
  using (creator_id = (select auth.uid()) or talent_id = (select auth.uid()));

-- Both rows: read receipts show how far the other participant has read.
create policy select_participant on public.conversation_reads
  for select to authenticated
  using (conversation_id = any (array(select private.my_conversation_ids())));

-- No insert, update or delete is granted: api.open_conversation and api.mark_conversation_read
-- write these rows, triggers do the rest.
grant select on public.conversations, public.conversation_reads to authenticated;
grant select, insert, update, delete
  on public.conversations, public.conversation_reads
  to service_role;

-- Creates the read pointers of both participants.
create function private.tg_conversations__create_reads()
  returns trigger
  language plpgsql
  security definer
  set search_path = ''
as $$
begin
  insert into public.conversation_reads (conversation_id, user_id)
  values (new.id, new.creator_id), (new.id, new.talent_id);

  return null;
end;
$$;

create trigger _500_create_reads
  after insert on public.conversations
  for each row
  execute function private.tg_conversations__create_reads();

-- Returns the conversation if the caller is a participant. Raises NOT_FOUND if it does not exist,
-- FORBIDDEN for other users.
create function private.require_conversation(p_conversation_id uuid)
  returns public.conversations
  language plpgsql
  stable
  security definer
  set search_path = ''
as $$
declare
  v_conversation public.conversations;
begin
  select c.*
  into v_conversation
  from public.conversations as c
  where c.id = p_conversation_id;

  if not found then
    raise sqlstate 'PT404' using
      message = 'Conversation not found.',
      hint = 'NOT_FOUND';
  end if;

  if coalesce(auth.uid() not in (v_conversation.creator_id, v_conversation.talent_id), true) then
    raise sqlstate 'PT403' using
      message = 'You are not a participant in this conversation.',
      hint = 'FORBIDDEN';
  end if;

  return v_conversation;
end;
$$;

-- Raises an error as well if no messages can be sent: an account was deleted, or one participant
-- has blocked the other. Such a conversation can still be read.
create function private.require_open_conversation(p_conversation_id uuid)
  returns void
  language plpgsql
  stable
  security definer
  set search_path = ''
as $$
declare
  v_conversation constant public.conversations := private.require_conversation(p_conversation_id);
begin
  if exists (
    select
    from public.profiles as p
    where p.id in (v_conversation.creator_id, v_conversation.talent_id)
      and p.deleted_at is not null
  ) then
    raise sqlstate 'PT409' using
      message = 'The other account was deleted. This conversation can only be read.',
      hint = 'CONVERSATION_CLOSED';
  end if;

  if private.is_blocked(v_conversation.creator_id, v_conversation.talent_id) then
    raise sqlstate 'PT403' using
      message = 'You cannot send messages to this user.',
      hint = 'BLOCKED';
  end if;
end;
$$;

-- Called by api functions and triggers as the caller. They answer for the caller only.
grant execute on function
  private.require_conversation(uuid),
  private.require_open_conversation(uuid)
to authenticated;

-- Locks a conversation. Sending, reading and deleting call it before they lock anything else of the
-- conversation, so that they run one after another and cannot deadlock.
create function private.lock_conversation(p_conversation_id uuid)
  returns public.conversations
  language plpgsql
  volatile
  security definer
  set search_path = ''
as $$
declare
  v_conversation public.conversations;
begin
  select c.*
  into v_conversation
  from public.conversations as c
  where c.id = p_conversation_id
  for no key update;

  return v_conversation;
end;
$$;


-- ── 60_conversations/21_openings.sql ────────────────────────────────────────────────────────────

-- Opening a conversation. A creator can open one with any talent, at most 100 per day, and a talent with
-- any creator, at most 5 per day with creators of no shared project.

-- Returns the conversation of the caller with a user, and creates it if there is none. Definer:
-- users cannot insert conversations. Of two concurrent calls one inserts and the other finds the
-- row.
create function private.open_conversation(p_other_id uuid, out id uuid, out created boolean)
  language plpgsql
  security definer
  set search_path = ''
as $$
declare
  v_my_type constant text := private.my_user_type();
  v_other_type text;
  v_creator_id uuid;
  v_talent_id uuid;
  v_cold boolean;
  v_count record;
begin
  select p.user_type
  into v_other_type
  from public.profiles as p
  where p.id = p_other_id and p.deleted_at is null
  for key share;

  if not found then
    raise sqlstate 'PT404' using
      message = 'User not found.',
      hint = 'NOT_FOUND';
  end if;

  if v_other_type = v_my_type then
    raise sqlstate 'PT400' using
      message = 'A conversation must be between a creator and a talent.',
      hint = 'SAME_USER_TYPE';
  end if;

  v_creator_id := case v_my_type when 'creator' then auth.uid() else p_other_id end;
  v_talent_id := case v_my_type when 'talent' then auth.uid() else p_other_id end;

  -- Concurrent calls of one talent wait for each other, so that they cannot exceed the limit
  -- together.
  if v_my_type = 'talent' then
    perform pg_advisory_xact_lock(hashtextextended('openings:' || auth.uid(), 0));
  end if;

  select c.id
  into id
  from public.conversations as c
  where c.creator_id = v_creator_id and c.talent_id = v_talent_id;

  created := not found;
  if not created then
    return;
  end if;

  if private.is_blocked(v_creator_id, v_talent_id) then
    raise sqlstate 'PT403' using
      message = 'You cannot send messages to this user.',
      hint = 'BLOCKED';
  end if;

  if v_my_type = 'creator' then
    v_count := private.count_request('openings:' || auth.uid(), 100, 86400);
    perform private.raise_rate_limited(
      'You can start at most 100 conversations per day.',
      case when not v_count.allowed then v_count.reset_seconds end
    );
  end if;

  v_cold := v_my_type = 'talent' and not private.share_project(v_creator_id, v_talent_id);
  if v_cold then
    perform private.limit_cold_openings();
  end if;

  insert into public.conversations (creator_id, talent_id, opened_cold)
  values (v_creator_id, v_talent_id, v_cold)
  on conflict (creator_id, talent_id) do nothing
  returning conversations.id
  into id;

  created := found;
  if not created then
    select c.id
    into strict id
    from public.conversations as c
    where c.creator_id = v_creator_id and c.talent_id = v_talent_id;
  end if;
end;
$$;

-- Called by api.open_conversation as the caller. It opens the caller's own conversations only.
grant execute on function private.open_conversation(uuid) to authenticated;

-- Returns whether the talent is an active member of a project of the creator.
create function private.share_project(p_creator_id uuid, p_talent_id uuid)
  returns boolean
  language plpgsql
  stable
  security definer
  set search_path = ''
as $$
begin
  return exists (
    select
    from public.project_members as m
    join public.projects as p on p.id = m.project_id
    where m.user_id = p_talent_id
      and m.removed_at is null
      and p.creator_id = p_creator_id
      and p.deleted_at is null
  );
end;
$$;

-- Counts committed conversations; open_conversation holds the lock.
create function private.limit_cold_openings()
  returns void
  language plpgsql
  volatile
  security definer
  set search_path = ''
as $$
begin
  perform private.raise_rate_limited(
    'You can start at most 5 conversations per day with creators you don''t share a project with.',
    private.wait_for_window(
      array(
        select c.created_at
        from public.conversations as c
        where c.talent_id = auth.uid() and c.opened_cold
        order by c.created_at desc
        limit private.scaled_limit(5)
      ),
      private.scaled_limit(5),
      '1 day'
    )
  );
end;
$$;


-- ── 60_conversations/30_messages.sql ────────────────────────────────────────────────────────────

-- Messages. A row is never removed: deleting a message clears its content and keeps the row, so
-- that pages and read pointers stay valid.

create table public.messages (
  id uuid primary key default gen_random_uuid(),
  conversation_id uuid not null references public.conversations (id) on delete cascade,
  sender_id uuid not null default auth.uid() references public.profiles (id) on delete cascade,
  content text,
  sent_at timestamptz not null default now(),
  is_edited boolean not null default false,
  edited_at timestamptz,
  deleted_at timestamptz,
  client_message_id uuid,

  constraint content_has_1_to_5000_characters check (char_length(content) between 1 and 5000),
  constraint content_is_null_only_when_deleted check ((content is null) = (deleted_at is not null)),
  constraint edited_at_only_when_edited check (is_edited = (edited_at is not null))
);

comment on table public.messages is
  'Messages. Within a conversation, sent_at (whole milliseconds) strictly increases in the order of
commits: a client that asks for messages after the last one it has misses none.';
comment on column public.messages.content is 'Text of the message; null after deletion.';
comment on column public.messages.client_message_id is
  'Client-generated id. Resending with the same id has no effect.';

-- Includes what counting unread messages needs, so that the messages are not visited.
create index messages_conversation_id_sent_at_idx
  on public.messages (conversation_id, sent_at desc, id desc) include (sender_id, deleted_at);
create index messages_sender_id_idx on public.messages (sender_id, sent_at desc);
create unique index messages_client_message_id_key
  on public.messages (sender_id, client_message_id) where client_message_id is not null;

alter table public.conversation_reads
  add foreign key (last_read_message_id) references public.messages (id) on delete set null;

create index conversation_reads_last_read_message_id_idx
  on public.conversation_reads (last_read_message_id);

alter table public.messages enable row level security;

create policy all_live_session on public.messages
  as restrictive for all to authenticated
  using ((select private.session_is_live()))
  with check ((select private.session_is_live()));

create policy select_participant on public.messages
  for select to authenticated
  using (conversation_id = any (array(select private.my_conversation_ids())));

-- A trigger lets nobody but participants send: it has read the conversation anyway.
create policy insert_participant on public.messages
  for insert to authenticated
  with check (sender_id = (select auth.uid()));

create policy update_sender on public.messages
  for update to authenticated
  using (
    deleted_at is null
    and sender_id = (select auth.uid())
    and conversation_id = any (array(select private.my_conversation_ids()))
  )
  with check (sender_id = (select auth.uid()));

-- Triggers apply limits and set times, for direct inserts and for api.send_message. No delete is
-- granted: api.delete_message.
grant select on public.messages to authenticated;
grant insert (conversation_id, sender_id, content, client_message_id)
  on public.messages to authenticated;
grant update (content) on public.messages to authenticated;
grant select, insert, update, delete on public.messages to service_role;

-- Returns a message that the caller has sent. Raises NOT_FOUND if it does not exist or was deleted,
-- FORBIDDEN if the caller is not its sender.
create function private.require_own_message(p_conversation_id uuid, p_message_id uuid)
  returns public.messages
  language plpgsql
  stable
  security definer
  set search_path = ''
as $$
declare
  v_message public.messages;
begin
  perform private.require_conversation(p_conversation_id);

  select m.*
  into v_message
  from public.messages as m
  where m.id = p_message_id and m.conversation_id = p_conversation_id and m.deleted_at is null;

  if not found then
    raise sqlstate 'PT404' using
      message = 'Message not found.',
      hint = 'NOT_FOUND';
  end if;

  if v_message.sender_id is distinct from auth.uid() then
    raise sqlstate 'PT403' using
      message = 'Only the sender can edit or delete this message.',
      hint = 'FORBIDDEN';
  end if;

  return v_message;
end;
$$;

-- Deletes a message of the caller. Definer: users cannot update deleted_at.
create function private.delete_message(p_conversation_id uuid, p_message_id uuid)
  returns void
  language plpgsql
  security definer
  set search_path = ''
as $$
begin
  perform private.require_own_message(p_conversation_id, p_message_id);
  perform private.lock_conversation(p_conversation_id);

  update public.messages
  set deleted_at = now()
  where id = p_message_id and deleted_at is null;

  -- A concurrent deletion was first.
  if not found then
    raise sqlstate 'PT404' using
      message = 'Message not found.',
      hint = 'NOT_FOUND';
  end if;
end;
$$;

-- Called by api functions as the caller. They check the caller's rights themselves.
grant execute on function
  private.require_own_message(uuid, uuid),
  private.delete_message(uuid, uuid)
to authenticated;


-- ── 60_conversations/31_message_rules.sql ───────────────────────────────────────────────────────

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


-- ── 60_conversations/32_unread_counts.sql ───────────────────────────────────────────────────────

-- Unread counts of conversations. They change under the conversation's lock, in the transaction of the
-- messages they count. New messages are counted in 75_delivery.sql.

-- Returns whether a message comes after a read pointer. Messages are ordered by time, then id. If
-- the pointer's message has been removed, the time of reading is used instead.
create function private.is_unread(p_reads public.conversation_reads, p_message public.messages)
  returns boolean
  language plpgsql
  stable
  set search_path = ''
as $$
begin
  return coalesce(
    (
      select (p_message.sent_at, p_message.id) > (last.sent_at, last.id)
      from public.messages as last
      where last.id = p_reads.last_read_message_id
    ),
    p_message.sent_at > p_reads.last_read_at,
    true
  );
end;
$$;

-- Subtracts a deleted message that was unread.
create function private.tg_messages__uncount()
  returns trigger
  language plpgsql
  security definer
  set search_path = ''
as $$
begin
  update public.conversation_reads as r
  set unread_count = greatest(r.unread_count - 1, 0)
  where r.conversation_id = new.conversation_id
    and r.user_id <> new.sender_id
    and private.is_unread(r, new);

  return null;
end;
$$;

create trigger _501_uncount
  after update of deleted_at on public.messages
  for each row
  when (old.deleted_at is null and new.deleted_at is not null)
  execute function private.tg_messages__uncount();

-- Moves the caller's read pointer forwards to a message; an earlier message changes nothing. Counts
-- only the messages between the old and the new pointer, so that every message is counted once.
-- Reading the last message sets the count to 0 without counting.
create function private.mark_conversation_read(p_conversation_id uuid, p_message_id uuid)
  returns void
  language plpgsql
  security definer
  set search_path = ''
as $$
declare
  v_conversation public.conversations;
  v_message public.messages;
  v_user_id constant uuid := auth.uid();
  v_reads public.conversation_reads;
  v_last public.messages;
  v_read_count integer;
begin
  perform private.require_conversation(p_conversation_id);
  v_conversation := private.lock_conversation(p_conversation_id);

  select m.*
  into v_message
  from public.messages as m
  where m.id = p_message_id and m.conversation_id = p_conversation_id;

  if not found then
    perform private.raise_field_errors(
      private.field_error('messageId', 'Message must belong to this conversation.')
    );
  end if;

  select r.*
  into v_reads
  from public.conversation_reads as r
  where r.conversation_id = p_conversation_id and r.user_id = auth.uid();

  if not private.is_unread(v_reads, v_message) then
    return;
  end if;

  if v_message.id = v_conversation.last_message_id then
    v_read_count := v_reads.unread_count;
  else
    -- Two ends of one index, and nothing that must be looked up for each message.
    select m.* into v_last from public.messages as m where m.id = v_reads.last_read_message_id;

    select count(*)
    into v_read_count
    from public.messages as m
    where m.conversation_id = p_conversation_id
      and (m.sent_at, m.id) <= (v_message.sent_at, v_message.id)
      and (m.sent_at, m.id) > (
        coalesce(v_last.sent_at, v_reads.last_read_at, '-infinity'),
        coalesce(v_last.id, '00000000-0000-0000-0000-000000000000')
      )
      and m.sender_id <> v_user_id
      and m.deleted_at is null;
  end if;

  update public.conversation_reads
  set
    last_read_message_id = v_message.id,
    last_read_at = now(),
    unread_count = greatest(unread_count - v_read_count, 0)
  where conversation_id = p_conversation_id and user_id = auth.uid();
end;
$$;

-- Called by api.mark_conversation_read as the caller. It moves the caller's own pointer only.
grant execute on function private.mark_conversation_read(uuid, uuid) to authenticated;


-- ── 60_conversations/40_documents.sql ───────────────────────────────────────────────────────────

-- Conversations and messages in the shape the API returns. The views run with the caller's rights.

create view private.conversation_documents with (security_invoker = true) as
  select
    c.id,
    c.creator_id,
    c.talent_id,
    c.last_message_at,
    c.created_at,
    jsonb_build_object(
      'id', c.id,
      'creator', (
        select jsonb_build_object('id', p.id, 'name', p.name, 'avatarUrl', p.avatar_url)
        from private.cards as p
        where p.id = c.creator_id
      ),
      'talent', (
        select jsonb_build_object('id', p.id, 'name', p.name, 'avatarUrl', p.avatar_url)
        from private.cards as p
        where p.id = c.talent_id
      ),
      'lastMessage', (
        select jsonb_build_object(
          'id', m.id,
          'content', m.content,
          'senderId', m.sender_id,
          'sentAt', private.iso(m.sent_at)
        )
        from public.messages as m
        where m.id = c.last_message_id
      ),
      'unreadCount', (
        select r.unread_count
        from public.conversation_reads as r
        where r.conversation_id = c.id and r.user_id = (select auth.uid())
      ),
      'lastRead', (
        select jsonb_build_object(
          'messageId', r.last_read_message_id,
          'readAt', private.iso(r.last_read_at)
        )
        from public.conversation_reads as r
        where
          r.conversation_id = c.id
          and r.user_id = case (select auth.uid())
            when c.creator_id then c.talent_id
            else c.creator_id
          end
          and r.last_read_message_id is not null
      ),
      'lastMessageAt', private.iso(c.last_message_at),
      'createdAt', private.iso(c.created_at)
    ) as document
  from public.conversations as c;

comment on view private.conversation_documents is
  'Conversations with their last message, the caller''s unread count and the read pointer of the other
participant.';

create view private.message_documents with (security_invoker = true) as
  select
    m.id,
    m.conversation_id,
    m.sender_id,
    m.sent_at,
    jsonb_build_object(
      'id', m.id,
      'conversationId', m.conversation_id,
      'sender', (
        select jsonb_build_object('id', p.id, 'name', p.name, 'avatarUrl', p.avatar_url)
        from private.cards as p
        where p.id = m.sender_id
      ),
      'content', m.content,
      'sentAt', private.iso(m.sent_at),
      'isEdited', m.is_edited,
      'editedAt', private.iso(m.edited_at),
      'deletedAt', private.iso(m.deleted_at),
      'clientMessageId', m.client_message_id
    ) as document
  from public.messages as m;

comment on view private.message_documents is 'Messages with their sender''s card.';

-- Returns the document of one message, as in the view, for who has the row and its sender's card already.
create function private.message_document(
  p_message public.messages, p_sender_name text, p_sender_avatar_url text
)
  returns jsonb
  language plpgsql
  stable
  set search_path = ''
as $$
begin
  return jsonb_build_object(
    'id', p_message.id,
    'conversationId', p_message.conversation_id,
    'sender', jsonb_build_object(
      'id', p_message.sender_id, 'name', p_sender_name, 'avatarUrl', p_sender_avatar_url
    ),
    'content', p_message.content,
    'sentAt', private.iso(p_message.sent_at),
    'isEdited', p_message.is_edited,
    'editedAt', private.iso(p_message.edited_at),
    'deletedAt', private.iso(p_message.deleted_at),
    'clientMessageId', p_message.client_message_id
  );
end;
$$;

-- Used by api functions only. The caller's policies filter the rows.
grant select
  on private.conversation_documents, private.message_documents
  to authenticated;


-- ── 60_conversations/50_operations.sql ──────────────────────────────────────────────────────────

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


-- ── 60_conversations/51_message_operations.sql ──────────────────────────────────────────────────

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


-- ── 60_conversations/60_events.sql ──────────────────────────────────────────────────────────────

-- Realtime events of conversations, sent to the other participant.

-- Returns the other participant of a conversation.
create function private.other_participant(p_conversation_id uuid, p_user_id uuid)
  returns uuid
  language plpgsql
  stable
  security definer
  set search_path = ''
as $$
begin
  return (
    select case p_user_id when c.creator_id then c.talent_id else c.creator_id end
    from public.conversations as c
    where c.id = p_conversation_id
  );
end;
$$;

-- Sends message:updated with the current message. message:received is sent in 75_delivery.sql.
create function private.tg_messages__broadcast_edit()
  returns trigger
  language plpgsql
  security definer
  set search_path = ''
as $$
begin
  perform private.send_event(
    array[private.other_participant(new.conversation_id, new.sender_id)],
    'message:updated',
    jsonb_build_object('message', d.document, 'conversationId', new.conversation_id)
  )
  from private.message_documents as d
  where d.id = new.id;

  return null;
end;
$$;

create trigger _701_broadcast_edit
  after update of content on public.messages
  for each row
  when (old.content is distinct from new.content and new.deleted_at is null)
  execute function private.tg_messages__broadcast_edit();

-- Sends message:deleted.
create function private.tg_messages__broadcast_deletion()
  returns trigger
  language plpgsql
  security definer
  set search_path = ''
as $$
begin
  perform private.send_event(
    array[private.other_participant(new.conversation_id, new.sender_id)], 'message:deleted',
    jsonb_build_object('messageId', new.id, 'conversationId', new.conversation_id)
  );

  return null;
end;
$$;

create trigger _702_broadcast_deletion
  after update of deleted_at on public.messages
  for each row
  when (old.deleted_at is null and new.deleted_at is not null)
  execute function private.tg_messages__broadcast_deletion();

-- Sends conversation:read.
create function private.tg_conversation_reads__broadcast()
  returns trigger
  language plpgsql
  security definer
  set search_path = ''
as $$
begin
  perform private.send_event(
    array[private.other_participant(new.conversation_id, new.user_id)], 'conversation:read',
    jsonb_build_object(
      'conversationId', new.conversation_id,
      'userId', new.user_id,
      'messageId', new.last_read_message_id,
      'readAt', private.iso(new.last_read_at)
    )
  );

  return null;
end;
$$;

create trigger _700_broadcast
  after update of last_read_message_id on public.conversation_reads
  for each row
  when (old.last_read_message_id is distinct from new.last_read_message_id)
  execute function private.tg_conversation_reads__broadcast();


-- ── 60_conversations/70_notifications.sql ───────────────────────────────────────────────────────

-- Notifications about messages. A conversation has at most one unread notification per participant:
-- it follows the unread count, and is marked as read when the count is 0. It never contains the
-- content of a message, which may be deleted later.
--
-- The first unread message adds it; later ones do not write it. While it is unread, who reads it gets the
-- number of messages and the last one from the conversation (22_notification_view.sql). When it is marked
-- as read, they are written into it.

-- Returns the text of the notification.
create function private.message_sentence(p_sender_name text, p_count integer)
  returns text
  language plpgsql
  immutable
  set search_path = ''
as $$
begin
  return case p_count
    when 1 then p_sender_name || ' sent you a message'
    else format('%s sent you %s messages', p_sender_name, p_count)
  end;
end;
$$;

-- Returns the text of a user's unread notification, null without unread messages. Definer, for the view of
-- notifications: it answers for conversations of the caller, and to the system.
create function private.unread_sentence(p_user_id uuid, p_conversation_id uuid)
  returns text
  language plpgsql
  stable
  security definer
  set search_path = ''
as $$
begin
  return (
    select private.message_sentence(sender.name, r.unread_count)
    from public.conversations as c
    join public.conversation_reads as r on r.conversation_id = c.id and r.user_id = p_user_id
    join private.cards as sender
      on sender.id = case p_user_id when c.creator_id then c.talent_id else c.creator_id end
    where c.id = p_conversation_id
      and r.unread_count > 0
      and coalesce(auth.uid() in (c.creator_id, c.talent_id), true)
  );
end;
$$;

-- Returns the last message that a user has received. Definer, as above.
create function private.last_received_message(p_user_id uuid, p_conversation_id uuid)
  returns uuid
  language plpgsql
  stable
  security definer
  set search_path = ''
as $$
begin
  return (
    select m.id
    from public.messages as m
    where m.conversation_id = p_conversation_id
      and m.sender_id <> p_user_id
      and (auth.uid() is null or private.is_my_conversation(p_conversation_id))
    order by m.sent_at desc, m.id desc
    limit 1
  );
end;
$$;

-- The view of notifications runs them as the caller.
grant execute on function
  private.unread_sentence(uuid, uuid),
  private.last_received_message(uuid, uuid)
to authenticated, service_role;

-- Adds the notification of a new message. Called if there is none that is unread.
create function private.notify_of_message(
  p_user_id uuid, p_sender_id uuid, p_sender_name text, p_conversation_id uuid, p_message_id uuid
)
  returns void
  language plpgsql
  security definer
  set search_path = ''
as $$
begin
  perform private.settle_message_notification(p_user_id, p_conversation_id);

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

-- Marks the notification as read when no message is unread.
create function private.tg_conversation_reads__notify()
  returns trigger
  language plpgsql
  security definer
  set search_path = ''
as $$
begin
  perform private.settle_message_notification(new.user_id, new.conversation_id);

  update private.notifications
  set
    is_read = true,
    message = private.message_sentence(
      private.card_name(private.other_participant(new.conversation_id, new.user_id)),
      old.unread_count
    )
  where user_id = new.user_id
    and type = 'message_received'
    and not is_read
    and metadata ->> 'conversationId' = new.conversation_id::text;

  return null;
end;
$$;

create trigger _900_notify
  after update of unread_count on public.conversation_reads
  for each row
  when (new.unread_count = 0 and old.unread_count > 0)
  execute function private.tg_conversation_reads__notify();


-- ── 60_conversations/71_message_mails.sql ───────────────────────────────────────────────────────

-- Mails about messages are batched: a mail is queued when a message has been unread for 10 minutes,
-- at most one mail per conversation in 30 minutes. Messages that were read meanwhile cause no mail.

create table private.message_mails (
  conversation_id uuid not null references public.conversations (id) on delete cascade,
  user_id uuid not null references public.profiles (id) on delete cascade,
  waiting boolean not null default true,
  mailed_at timestamptz,

  primary key (conversation_id, user_id)
);

comment on table private.message_mails is
  'Per participant and conversation: whether messages wait for a mail, and when the last one was
queued.';

create index message_mails_user_id_idx on private.message_mails (user_id);
create index message_mails_waiting_idx
  on private.message_mails (conversation_id, user_id) where waiting;

-- Marks the conversation as waiting for a mail. Written once per batch, not once per message: who sends
-- looks at `waiting` first, under the lock of the conversation.
create function private.await_message_mail(p_conversation_id uuid, p_user_id uuid)
  returns void
  language plpgsql
  security definer
  set search_path = ''
as $$
begin
  insert into private.message_mails as m (conversation_id, user_id)
  values (p_conversation_id, p_user_id)
  on conflict (conversation_id, user_id) do update
  set waiting = true
  where not m.waiting;
end;
$$;

-- Returns the oldest unread message about which no mail was queued.
create function private.first_unmailed_message(p_mail private.message_mails)
  returns public.messages
  language sql
  stable
  security definer
  set search_path = ''
as $$
  select m.*
  from public.conversation_reads as r
  left join public.messages as last on last.id = r.last_read_message_id
  join public.messages as m on m.conversation_id = r.conversation_id
  where r.conversation_id = p_mail.conversation_id
    and r.user_id = p_mail.user_id
    and r.unread_count > 0
    and m.sender_id <> r.user_id
    and m.deleted_at is null
    and m.sent_at > coalesce(p_mail.mailed_at, '-infinity')
    and m.sent_at >= coalesce(last.sent_at, '-infinity')
    and (last.id is null or (m.sent_at, m.id) > (last.sent_at, last.id))
  order by m.sent_at
  limit 1
$$;

-- Queues the mails that are due, and stops waiting where no unread message is left. A job runs it
-- every minute, for at most 1,000 conversations.
create function private.queue_message_mails()
  returns integer
  language plpgsql
  security definer
  set search_path = ''
as $$
declare
  v_mail private.message_mails;
  v_first public.messages;
  v_count integer := 0;
begin
  for v_mail in
    select m.*
    from private.message_mails as m
    where m.waiting and (m.mailed_at is null or m.mailed_at <= now() - interval '30 minutes')
    limit 1000
    for update skip locked
  loop
    v_first := private.first_unmailed_message(v_mail);
    continue when v_first.sent_at > now() - interval '10 minutes';

    -- A message that is being sent relies on `waiting`. The next run looks at its conversation again.
    perform
    from public.conversations as c
    where c.id = v_mail.conversation_id
    for no key update skip locked;

    continue when not found;

    v_first := private.first_unmailed_message(v_mail);
    continue when v_first.sent_at > now() - interval '10 minutes';

    if v_first.id is not null then
      perform private.mail_unread_messages(v_mail, v_first.id);
      v_count := v_count + 1;
    end if;

    update private.message_mails
    set waiting = false, mailed_at = case when v_first.id is null then mailed_at else now() end
    where conversation_id = v_mail.conversation_id and user_id = v_mail.user_id;
  end loop;

  return v_count;
end;
$$;

-- Queues one mail about the unread messages of a conversation.
create function private.mail_unread_messages(p_mail private.message_mails, p_first_id uuid)
  returns void
  language plpgsql
  security definer
  set search_path = ''
as $$
declare
  v_sender_id constant uuid := private.other_participant(p_mail.conversation_id, p_mail.user_id);
begin
  perform private.queue_notification_mail(
    format('message_received:%s:%s', p_mail.user_id, p_first_id),
    p_mail.user_id, v_sender_id, 'message_received',
    jsonb_build_object(
      'title', 'New Message',
      'message', private.message_sentence(private.card_name(v_sender_id), r.unread_count),
      'entityType', 'conversation',
      'entityId', r.conversation_id,
      'conversationId', r.conversation_id,
      'actorName', private.card_name(v_sender_id),
      'messageCount', r.unread_count
    )
  )
  from public.conversation_reads as r
  where r.conversation_id = p_mail.conversation_id and r.user_id = p_mail.user_id;
end;
$$;


-- ── 60_conversations/75_delivery.sql ────────────────────────────────────────────────────────────

-- What follows a new message: unread count, notification, mail and event.

-- Called under the conversation's lock, by the trigger that sends. The message is not stored yet.
create function private.deliver_message(
  p_message public.messages, p_recipient_id uuid, p_sender_name text, p_sender_avatar_url text,
  p_is_newest boolean
)
  returns void
  language plpgsql
  security definer
  set search_path = ''
  set plan_cache_mode = force_generic_plan
as $$
declare
  v_is_notified boolean;
  v_awaits_mail boolean;
begin
  -- A pointer is never beyond the newest message; only back-dated ones can be read already.
  update public.conversation_reads as r
  set unread_count = r.unread_count + 1
  where r.conversation_id = p_message.conversation_id
    and r.user_id = p_recipient_id
    and p_message.deleted_at is null
    and (p_is_newest or private.is_unread(r, p_message))
  returning
    exists (
      select
      from private.notifications as n
      where n.user_id = p_recipient_id
        and n.type = 'message_received'
        and not n.is_read
        and n.metadata ->> 'conversationId' = p_message.conversation_id::text
        and not exists (
          select
          from private.notification_watermarks as w
          where w.user_id = p_recipient_id
            and w.transaction_id <> n.transaction_id
            and pg_visible_in_snapshot(n.transaction_id, w.snapshot)
        )
    ),
    exists (
      select
      from private.message_mails as m
      where m.conversation_id = p_message.conversation_id
        and m.user_id = p_recipient_id
        and m.waiting
    )
  into v_is_notified, v_awaits_mail;

  if not v_is_notified then
    perform private.notify_of_message(
      p_recipient_id, p_message.sender_id, p_sender_name, p_message.conversation_id, p_message.id
    );
  end if;

  if not v_awaits_mail then
    perform private.await_message_mail(p_message.conversation_id, p_recipient_id);
  end if;

  perform private.send_event(
    array[p_recipient_id], 'message:received',
    jsonb_build_object(
      'message',
      private.message_document(p_message, p_sender_name, p_sender_avatar_url),
      'conversationId', p_message.conversation_id
    )
  );
end;
$$;
