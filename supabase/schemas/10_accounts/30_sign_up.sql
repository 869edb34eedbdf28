-- Creates the profile of a new account. Sign-up sends its fields as user metadata. They are
-- validated before the account is created and read once, when the profile is created. Users can
-- change their metadata later; nothing reads it again.

create function private.sign_up_field_errors(p_data jsonb)
  returns jsonb
  language sql
  stable
  set search_path = ''
as $$
  select private.check_text(data, 'name', 'Name', 1, 255)
    || private.check_choice(data, 'userType', 'User type', array['creator', 'talent'])
    || case
      when data ->> 'userType' = 'talent' and data ->> 'companyName' is not null
        then private.field_error('companyName', 'Only creators can set companyName.')
      else private.check_text(data, 'companyName', 'Company name', 0, 255)
    end
  from (
    select '{"name": null, "userType": null}'
      || case when jsonb_typeof(p_data) = 'object' then p_data else '{}' end as data
  ) as sign_up
$$;

-- Auth's hook before a sign-up. Auth sends its errors to the client unchanged, but hides errors of
-- the trigger below.
create function private.before_user_created(event jsonb)
  returns jsonb
  language plpgsql
  stable
  security definer
  set search_path = ''
as $$
declare
  -- Auth does not pass the password; it checks it against the same rules.
  v_errors constant jsonb := private.check_email(
      jsonb_build_object('email', event #>> '{user,email}'), 'email', 'Email address'
    )
    || private.sign_up_field_errors(event #> '{user,user_metadata}');
begin
  if v_errors = '[]' then
    return '{}';
  end if;

  return jsonb_build_object('error', jsonb_build_object(
    'http_code', 400,
    'message', (
      select string_agg(item ->> 'message', ' ') from jsonb_array_elements(v_errors) as item
    )
  ));
end;
$$;

grant execute on function private.before_user_created(jsonb) to supabase_auth_admin;

-- Definer: runs as Auth's role, which has no rights on profiles. Accounts that an administrator
-- creates need the same metadata, but Auth does not call the hook for them.
create function private.tg_users__create_profile()
  returns trigger
  language plpgsql
  security definer
  set search_path = ''
as $$
begin
  perform private.raise_field_errors(private.sign_up_field_errors(new.raw_user_meta_data));

  insert into public.profiles (id, user_type, name, company_name, created_at)
  values (
    new.id,
    new.raw_user_meta_data ->> 'userType',
    new.raw_user_meta_data ->> 'name',
    new.raw_user_meta_data ->> 'companyName',
    coalesce(new.created_at, now())
  );

  return null;
end;
$$;

create trigger onswift_500_create_profile
  after insert on auth.users
  for each row
  execute function private.tg_users__create_profile();
