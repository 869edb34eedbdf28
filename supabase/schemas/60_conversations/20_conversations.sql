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
comment on column public.conversations.id is 'Primary key, set by the database.';
comment on column public.conversations.creator_id is 'Participant who is a creator. Never changes.';
comment on column public.conversations.talent_id is 'Participant who is a talent. Never changes.';
comment on column public.conversations.last_message_id is
  'Last message, maintained by triggers. No foreign key: messages are never removed, and its index
would be written with every message.';
comment on column public.conversations.last_message_at is
  'When the last message was sent, for the order of lists; null before the first. Maintained by
triggers.';
comment on column public.conversations.opened_cold is
  'Whether a talent opened it with a creator of no shared project; limited to 5 per day.';
comment on column public.conversations.created_at is 'When the conversation was opened.';

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
comment on column public.conversation_reads.conversation_id is
  'Conversation of the pointer. Primary key together with user_id.';
comment on column public.conversation_reads.user_id is 'Participant to whom the pointer belongs.';
comment on column public.conversation_reads.last_read_message_id is
  'Last message that the participant has read; null before the first. Set by
api.mark_conversation_read.';
comment on column public.conversation_reads.last_read_at is
  'When the pointer moved last, for read receipts; null before the first time.';
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
