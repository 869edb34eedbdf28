-- Auth's hook for mails. Auth's own tokens are six-digit codes and hashes of them, so none is ever
-- mailed: a password reset and an invitation get a token of 256 random bits instead, and everything
-- else is refused. `custom_access_token` refuses a session for a guessed code.

-- Returns what an app calls instead of a mail of Auth.
create function private.mail_alternative(p_action text)
  returns text
  language sql
  immutable
  set search_path = ''
as $$
  select case p_action
    when 'email_change' then 'Change the email address with api.change_email.'
    when 'reauthentication' then 'Change the password with api.change_password.'
    else 'Sign-in links and codes are not available. Sign in with the password.'
  end
$$;

-- Requests that go directly to Auth have a count of their own, so that they cannot use up the mails
-- that a user requests from OnSwift. Mails beyond 3 per hour are dropped without an error: the
-- response must be the same whether or not the address has an account.
create function private.send_auth_mail(event jsonb)
  returns jsonb
  language plpgsql
  security definer
  set search_path = ''
as $$
declare
  v_email constant text := event #>> '{user,email}';
  v_action constant text := event #>> '{email_data,email_action_type}';
  v_redirect_to constant text := event #>> '{email_data,redirect_to}';
  v_count record;
begin
  if v_action = 'recovery' then
    v_count := private.count_request('reset:mail:' || private.fingerprint(v_email), 3, 3600);
    if v_count.allowed then
      perform private.queue_reset_mail('auth_recovery', v_email, v_redirect_to);
    end if;
    return '{}';
  end if;

  if v_action = 'invite' then
    perform private.queue_reset_mail('auth_invite', v_email, v_redirect_to);
    return '{}';
  end if;

  return jsonb_build_object('error', jsonb_build_object(
    'http_code', 403, 'message', private.mail_alternative(v_action)
  ));
end;
$$;

grant execute on function private.send_auth_mail(jsonb) to supabase_auth_admin;
