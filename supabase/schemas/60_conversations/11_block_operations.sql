-- GET /users/me/blocks, PUT and DELETE /users/:userId/block.

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
  'Whom the caller has blocked, newest first. Any signed-in user. Returns {users}.
Errors: NOT_AUTHENTICATED, SESSION_REVOKED.';

create function api.block_user("userId" uuid default null)
  returns void
  language plpgsql
  volatile
  set search_path = ''
as $$
begin
  perform private.require_session();
  perform private.block_user("userId");
end;
$$;

comment on function api.block_user(uuid) is
  'From now on neither of the two can write to the other or see them online; what was said stays
readable. Any signed-in user. Blocking again changes nothing.
Errors: VALIDATION_ERROR for oneself, NOT_FOUND, NOT_AUTHENTICATED, SESSION_REVOKED.';

create function api.unblock_user("userId" uuid default null)
  returns void
  language plpgsql
  volatile
  set search_path = ''
as $$
begin
  perform private.require_session();
  perform private.unblock_user("userId");
end;
$$;

comment on function api.unblock_user(uuid) is
  'Takes a block of the caller''s back. Any signed-in user. Without one nothing changes.
Errors: NOT_AUTHENTICATED, SESSION_REVOKED.';

grant execute on function
  api.list_blocks(),
  api.block_user(uuid),
  api.unblock_user(uuid)
to authenticated;
