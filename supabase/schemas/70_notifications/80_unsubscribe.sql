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
