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
comment on column public.user_blocks.blocker_id is
  'User who blocked the other. Primary key together with blocked_id.';
comment on column public.user_blocks.blocked_id is 'User who was blocked.';
comment on column public.user_blocks.created_at is 'When the block was made.';

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
