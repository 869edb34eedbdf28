-- Idempotency keys. A create request that is repeated because its response was lost creates once:
-- for 24 hours, requests with the same Idempotency-Key header get the first response. Only create
-- operations use keys; all other operations can be repeated safely.

create table private.idempotency_keys (
  user_id uuid not null references public.profiles (id) on delete cascade,
  key text not null,
  operation text not null,
  request_hash text not null,
  response jsonb,
  created_at timestamptz not null default now(),

  primary key (user_id, key)
);

comment on table private.idempotency_keys is
  'Responses of create operations, by the idempotency key of their caller.';

create index idempotency_keys_created_at_idx on private.idempotency_keys (created_at);

-- Returns the key of this request from its headers, which PostgREST and the REST API pass as a
-- setting.
create function private.idempotency_key()
  returns text
  language plpgsql
  stable
  set search_path = ''
as $$
begin
  return nullif(current_setting('request.headers', true), '')::jsonb ->> 'idempotency-key';
end;
$$;

-- Returns the stored response for this key. If it returns null, the operation continues; other
-- requests with the same key wait until its transaction ends. Definer: no role can read the
-- responses.
create function private.earlier_answer(p_operation text, p_request jsonb)
  returns jsonb
  language plpgsql
  volatile
  security definer
  set search_path = ''
as $$
declare
  v_key constant text := private.idempotency_key();
  v_hash text;
  v_earlier private.idempotency_keys;
begin
  if v_key is null then
    return null;
  end if;

  if char_length(v_key) not between 1 and 255 then
    perform private.raise_field_errors(
      private.field_error('Idempotency-Key', 'Idempotency-Key must have 1 to 255 characters.')
    );
  end if;

  v_hash := encode(sha256(convert_to(p_request::text, 'UTF8')), 'hex');

  insert into private.idempotency_keys as k (user_id, key, operation, request_hash)
  values (auth.uid(), v_key, p_operation, v_hash)
  on conflict (user_id, key) do update
  set
    operation = excluded.operation, request_hash = excluded.request_hash, response = null,
    created_at = now()
  where k.created_at < now() - interval '24 hours';

  if found then
    return null;
  end if;

  select k.*
  into v_earlier
  from private.idempotency_keys as k
  where k.user_id = auth.uid() and k.key = v_key;

  if v_earlier.operation <> p_operation or v_earlier.request_hash <> v_hash then
    raise sqlstate 'PT409' using
      message = 'This idempotency key was already used for a different request.',
      hint = 'CONFLICT';
  end if;

  return v_earlier.response;
end;
$$;

-- Stores the response under the request's key, if it has one, and returns it.
create function private.keep_answer(p_answer jsonb)
  returns jsonb
  language plpgsql
  volatile
  security definer
  set search_path = ''
as $$
declare
  v_key constant text := private.idempotency_key();
begin
  if v_key is not null then
    update private.idempotency_keys
    set response = p_answer
    where user_id = auth.uid() and key = v_key;
  end if;

  return p_answer;
end;
$$;

-- Run as the caller, in api functions that create; they use the caller's own keys only.
grant execute on function
  private.earlier_answer(text, jsonb),
  private.keep_answer(jsonb)
to authenticated;

create function private.purge_idempotency_keys()
  returns void
  language sql
  security definer
  set search_path = ''
as $$
  delete from private.idempotency_keys where created_at < now() - interval '24 hours';
$$;
