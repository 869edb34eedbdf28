-- The user type of the caller, and the cards that show users to other users.

-- Definer: policies call it, so it must not depend on them.
create function private.my_user_type()
  returns text
  language plpgsql
  stable
  security definer
  set search_path = ''
as $$
begin
  return (
    select p.user_type from public.profiles as p where p.id = auth.uid() and p.deleted_at is null
  );
end;
$$;

-- Policies and triggers run it as the caller; it returns the caller's own user type only.
grant execute on function private.my_user_type() to authenticated;

create function private.require_creator()
  returns uuid
  language plpgsql
  stable
  set search_path = ''
as $$
declare
  v_user_id constant uuid := private.require_session();
begin
  if private.my_user_type() <> 'creator' then
    raise sqlstate 'PT403' using
      message = 'Only creators can do this.',
      hint = 'CREATOR_ONLY';
  end if;

  return v_user_id;
end;
$$;

create function private.require_talent()
  returns uuid
  language plpgsql
  stable
  set search_path = ''
as $$
declare
  v_user_id constant uuid := private.require_session();
begin
  if private.my_user_type() <> 'talent' then
    raise sqlstate 'PT403' using
      message = 'Only talents can do this.',
      hint = 'TALENT_ONLY';
  end if;

  return v_user_id;
end;
$$;

grant execute on function private.require_creator(), private.require_talent() to authenticated;

-- Deliberately not a security_invoker view: messages show the name of a creator, and the work of a
-- deleted talent stays visible. It shows only cards, and only api functions can use it.
create view private.cards as
  select
    p.id,
    case when p.deleted_at is null then p.name else 'Deleted user' end as name,
    case when p.deleted_at is null then p.avatar_url end as avatar_url
  from public.profiles as p;

comment on view private.cards is
  'Name and avatar of every user, shown wherever the user is mentioned.';

grant select on private.cards to authenticated;

-- Returns the card of a user as JSON.
create function private.card(p_user_id uuid)
  returns jsonb
  language plpgsql
  stable
  security definer
  set search_path = ''
as $$
begin
  return (
    select jsonb_build_object('id', c.id, 'name', c.name, 'avatarUrl', c.avatar_url)
    from private.cards as c
    where c.id = p_user_id
  );
end;
$$;

create function private.card_name(p_user_id uuid)
  returns text
  language plpgsql
  stable
  security definer
  set search_path = ''
as $$
begin
  return (
    select c.name from private.cards as c where c.id = p_user_id
  );
end;
$$;
