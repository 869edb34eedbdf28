-- The secret link under which calendar programs fetch a user's due dates (iCalendar). A user has at most one;
-- making a new one ends the old one. Only a hash of the token is kept, so the link is shown once.

create table private.calendar_links (
  user_id uuid primary key references public.profiles (id) on delete cascade,
  token_hash text not null,
  created_at timestamptz not null default now(),
  last_used_at timestamptz
);

comment on table private.calendar_links is 'Secret links of iCalendar feeds, one per user.';
comment on column private.calendar_links.token_hash is 'SHA-256 of the token in the link.';

create unique index calendar_links_token_hash_key on private.calendar_links (token_hash);

-- Definer: no role has a grant on the table.
create function private.create_calendar_link()
  returns jsonb
  language plpgsql
  security definer
  set search_path = ''
as $$
declare
  v_token constant text := encode(extensions.gen_random_bytes(32), 'hex');
begin
  insert into private.calendar_links (user_id, token_hash)
  values (auth.uid(), private.token_hash(v_token))
  on conflict (user_id) do update
  set token_hash = excluded.token_hash, created_at = now(), last_used_at = null;

  return jsonb_build_object(
    'url', private.api_url() || '/calendar.ics?token=' || v_token, 'token', v_token
  );
end;
$$;

create function private.my_calendar_link()
  returns jsonb
  language sql
  stable
  security definer
  set search_path = ''
as $$
  select jsonb_build_object(
    'createdAt', private.iso(l.created_at), 'lastUsedAt', private.iso(l.last_used_at)
  )
  from private.calendar_links as l
  where l.user_id = auth.uid()
$$;

create function private.delete_calendar_link()
  returns void
  language sql
  security definer
  set search_path = ''
as $$
  delete from private.calendar_links where user_id = auth.uid()
$$;

-- Called by api functions as the caller; they work on the caller's own link only.
grant execute on function
  private.create_calendar_link(),
  private.my_calendar_link(),
  private.delete_calendar_link()
to authenticated;

create function api.create_calendar_link()
  returns jsonb
  language plpgsql
  volatile
  set search_path = ''
as $$
declare
  v_link jsonb;
begin
  perform private.require_session();
  -- Two statements, so that the second sees the row of the first.
  v_link := private.create_calendar_link();
  return v_link || private.my_calendar_link();
end;
$$;

comment on function api.create_calendar_link() is
  'Creates the secret link of the caller''s iCalendar feed and returns it, once. An earlier link stops
working. Requires: a signed-in user.
Returns {url, token, createdAt, lastUsedAt}. Anyone with the link can read the due dates.
Errors: NOT_AUTHENTICATED, SESSION_REVOKED.';

create function api.get_calendar_link()
  returns jsonb
  language plpgsql
  stable
  set search_path = ''
as $$
begin
  perform private.require_session();
  return jsonb_build_object('link', private.my_calendar_link());
end;
$$;

comment on function api.get_calendar_link() is
  'Returns whether the caller has a calendar link: {link: {createdAt, lastUsedAt} or null}. The link itself
is shown only when it is created. Requires: a signed-in user.
Errors: NOT_AUTHENTICATED, SESSION_REVOKED.';

create function api.delete_calendar_link()
  returns void
  language plpgsql
  volatile
  set search_path = ''
as $$
begin
  perform private.require_session();
  perform private.delete_calendar_link();
end;
$$;

comment on function api.delete_calendar_link() is
  'Ends the caller''s calendar link, if there is one. Requires: a signed-in user.
Errors: NOT_AUTHENTICATED, SESSION_REVOKED.';

grant execute on function
  api.create_calendar_link(),
  api.get_calendar_link(),
  api.delete_calendar_link()
to authenticated;

-- Serves accounts and profiles, which have the same ids.
create function private.tg_users__end_calendar_link()
  returns trigger
  language plpgsql
  security definer
  set search_path = ''
as $$
begin
  delete from private.calendar_links where user_id = new.id;
  return null;
end;
$$;

-- Ends the link with the account.
create trigger _520_end_calendar_link
  after update of deleted_at on public.profiles
  for each row
  when (old.deleted_at is null and new.deleted_at is not null)
  execute function private.tg_users__end_calendar_link();

-- Ends the link with the password, by the user or an administrator: a stolen token or the first owner
-- of an account could have made it, and it would go on working without a session.
create trigger onswift_703_end_calendar_link
  after update of encrypted_password on auth.users
  for each row
  when (
    new.encrypted_password <> '' and new.encrypted_password is distinct from old.encrypted_password
  )
  execute function private.tg_users__end_calendar_link();
