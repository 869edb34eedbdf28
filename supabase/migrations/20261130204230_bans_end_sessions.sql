-- Why: Auth refuses the tokens of a banned user at once. Tables, functions and the REST API asked for a live session only, so they accepted
-- the access token until it expired.

create or replace function private.tg_users__end_banned_sessions()
  returns trigger
  language plpgsql
  security definer
  set search_path = ''
as $$
begin
  delete from auth.sessions where user_id = new.id;
  return null;
end;
$$;

create trigger onswift_520_end_banned_sessions
  after update of banned_until on auth.users
  for each row
  when (old.banned_until is distinct from new.banned_until and new.banned_until > now())
  execute function private.tg_users__end_banned_sessions();

-- Users who are banned now.
delete from auth.sessions as s
using auth.users as u
where u.id = s.user_id and u.banned_until > now();
