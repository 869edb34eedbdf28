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
