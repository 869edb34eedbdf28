-- A create that is sent twice because its answer was lost on the way happens once. The caller names
-- it with the header Idempotency-Key; for 24 hours the same key gets the first answer again. Every
-- create passes here, and only creates do: everything else can be repeated without harm.

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
  'Answers to creates, by the key their caller gave them.';

create index idempotency_keys_created_at_idx on private.idempotency_keys (created_at);

-- The key of this request, from the header as PostgREST and the REST surface hand it on.
create function private.idempotency_key()
  returns text
  language sql
  stable
  set search_path = ''
as $$
  select nullif(current_setting('request.headers', true), '')::jsonb ->> 'idempotency-key'
$$;

-- The answer this key got before, or null: then the operation goes on, and no other request with
-- this key does until it has ended. Definer: answers are kept where nobody can read them.
create function private.earlier_answer(p_operation text, p_request jsonb)
  returns jsonb
  language plpgsql
  volatile
  security definer
  set search_path = ''
as $$
declare
  v_key constant text := private.idempotency_key();
  v_hash constant text := encode(sha256(convert_to(p_request::text, 'UTF8')), 'hex');
  v_earlier private.idempotency_keys;
begin
  if v_key is null then
    return null;
  end if;

  if char_length(v_key) not between 1 and 255 then
    perform private.raise_field_errors(
      private.field_error('Idempotency-Key', 'The key has to have 1 to 255 characters.')
    );
  end if;

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
      message = 'This idempotency key was used for another request.',
      hint = 'CONFLICT';
  end if;

  return v_earlier.response;
end;
$$;

-- Keeps the answer under the request's key, where it has one, and hands it on.
create function private.keep_answer(p_answer jsonb)
  returns jsonb
  language plpgsql
  volatile
  security definer
  set search_path = ''
as $$
begin
  update private.idempotency_keys
  set response = p_answer
  where user_id = auth.uid() and key = private.idempotency_key();

  return p_answer;
end;
$$;

-- Called by the creating api functions as the caller, about the caller's own keys.
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
