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
