-- Auth's hook for every access token, new or refreshed. Adds userId and userType from the profile,
-- and refuses tokens for deleted accounts and for sign-ins with a code: Auth's codes and link tokens
-- derive from six digits, which can be guessed.

create function private.custom_access_token(event jsonb)
  returns jsonb
  language plpgsql
  stable
  security definer
  set search_path = ''
as $$
declare
  v_user_id constant uuid := (event ->> 'user_id')::uuid;
  v_user_type text;
begin
  if event ->> 'authentication_method' in (
    'otp', 'magiclink', 'recovery', 'invite', 'email/signup', 'email_change'
  ) then
    return jsonb_build_object('error', jsonb_build_object(
      'http_code', 403,
      'message', 'Codes and links cannot sign in. Sign in with the password.'
    ));
  end if;

  select p.user_type
  into v_user_type
  from public.profiles as p
  where p.id = v_user_id and p.deleted_at is null;

  if not found then
    return jsonb_build_object('error', jsonb_build_object(
      'http_code', 403,
      'message', 'This account has been deleted.'
    ));
  end if;

  return jsonb_build_object(
    'claims', event -> 'claims' || jsonb_build_object('userId', v_user_id, 'userType', v_user_type)
  );
end;
$$;

comment on function private.custom_access_token(jsonb) is
  'Adds userId and userType to the claims. For clients only: rules read the table, not the claims.';

grant execute on function private.custom_access_token(jsonb) to supabase_auth_admin;
