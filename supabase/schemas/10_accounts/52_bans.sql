-- Bans: an operator sets them with Auth's admin API (ban_duration). Auth refuses the tokens of a banned
-- user at once. Ending the sessions makes every other interface refuse them, too, which would accept
-- the access token for its 15 minutes. After the ban the user signs in again.

create function private.tg_users__end_banned_sessions()
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
