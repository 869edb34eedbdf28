-- The link in every notification mail that ends this kind of mail with one click, without signing
-- in (RFC 8058). It names a person and a type and carries proof that it came from here; nothing is
-- stored for it, and it never runs out.

create table private.signing_keys (
  name text primary key,
  key bytea not null default extensions.gen_random_bytes(32)
);

comment on table private.signing_keys is
  'Secrets of this installation, made when it was. A new key ends what the old one signed.';

insert into private.signing_keys (name) values ('unsubscribe');

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

-- Ends mails of the type the token names and returns it; twice is once. Compared as hashes, so that
-- the time it takes tells nothing.
create function private.unsubscribe(p_token text)
  returns text
  language plpgsql
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
      private.field_error('token', 'This link is not one of ours.')
    );
  end if;

  if private.account_exists(v_user_id) then
    perform private.set_preferences(
      v_user_id, jsonb_build_object(v_type, '{"email": false}'::jsonb)
    );
  end if;

  return v_type;
end;
$$;

comment on function private.unsubscribe(text) is
  'Open to anon: the link in the mail is opened without a session. Its token is signed.';

grant execute on function private.unsubscribe(text) to anon, authenticated, service_role;
