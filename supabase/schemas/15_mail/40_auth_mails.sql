-- Auth's mails become rows of the outbox, with the same layout and retries as all mails. This hook
-- also limits password-reset mails, whether they are requested through the REST API or directly
-- from Auth.

-- Percent-encodes text for use in a query string.
create function private.url_encode(p_text text)
  returns text
  language sql
  immutable
  parallel safe
  set search_path = ''
as $$
  select coalesce(
    string_agg(
      case
        when chr(get_byte(utf8.bytes, i)) ~ '[A-Za-z0-9_.~-]' then chr(get_byte(utf8.bytes, i))
        else '%' || upper(lpad(to_hex(get_byte(utf8.bytes, i)), 2, '0'))
      end,
      ''
      order by i
    ),
    ''
  )
  from (select convert_to(p_text, 'UTF8') as bytes) as utf8
  cross join lateral generate_series(0, octet_length(utf8.bytes) - 1) as i
$$;

-- Returns the link of a mail. A password reset links to the app, which sends the token to the reset
-- operation. All other links go to Auth, which verifies the token and redirects to the app.
create function private.auth_mail_link(p_action text, p_token_hash text, p_redirect_to text)
  returns text
  language sql
  stable
  security definer
  set search_path = ''
as $$
  select case
    when p_action = 'reauthentication' then null
    when p_action = 'recovery' then
      case
        when p_redirect_to ~ '^https?://[^/?#]+/?$'
          then rtrim(p_redirect_to, '/') || '/reset-password?token='
        when strpos(p_redirect_to, '?') > 0 then p_redirect_to || '&token='
        else p_redirect_to || '?token='
      end || p_token_hash
    else private.project_url() || '/auth/v1/verify?token=' || p_token_hash || '&type=' || p_action
      || '&redirect_to=' || private.url_encode(p_redirect_to)
  end
$$;

create function private.queue_auth_mail(
  p_user_id uuid, p_recipient text, p_action text, p_code text, p_token_hash text, p_redirect_to text
)
  returns void
  language sql
  security definer
  set search_path = ''
as $$
  insert into private.outbox (kind, user_id, recipient, payload, idempotency_key)
  select
    'auth_' || p_action,
    p.id,
    p_recipient,
    jsonb_strip_nulls(
      jsonb_build_object(
        'name', p.name,
        'code', p_code,
        'token', p_token_hash,
        'link', private.auth_mail_link(p_action, p_token_hash, p_redirect_to)
      )
    ),
    concat_ws(':', 'auth', p_action, p_token_hash, p_recipient)
  from public.profiles as p
  where p.id = p_user_id
  on conflict (idempotency_key) do nothing
$$;

-- Auth's hook for every mail. Password-reset mails beyond 3 per hour are dropped without an error:
-- the response must be the same whether or not the address has an account.
create function private.send_auth_mail(event jsonb)
  returns jsonb
  language plpgsql
  security definer
  set search_path = ''
as $$
declare
  v_user_id constant uuid := event #>> '{user,id}';
  v_email constant text := event #>> '{user,email}';
  v_new_email constant text := nullif(event #>> '{user,new_email}', '');
  v_mail constant jsonb := event -> 'email_data';
  v_action constant text := v_mail ->> 'email_action_type';
  v_redirect_to constant text := v_mail ->> 'redirect_to';
  v_token_hash_new constant text := nullif(v_mail ->> 'token_hash_new', '');
  v_count record;
begin
  if v_action = 'recovery' then
    v_count := private.count_request('reset:mail:' || private.fingerprint(v_email), 3, 3600);
    if not v_count.allowed then
      return '{}';
    end if;
  end if;

  -- For a change that both addresses confirm, Auth's names are crossed: token and token_hash_new
  -- belong to the current address, token_new and token_hash to the new one.
  if v_action = 'email_change' and v_token_hash_new is not null then
    perform private.queue_auth_mail(
      v_user_id, v_email, v_action, v_mail ->> 'token', v_token_hash_new, v_redirect_to
    );
    perform private.queue_auth_mail(
      v_user_id, v_new_email, v_action, v_mail ->> 'token_new', v_mail ->> 'token_hash', v_redirect_to
    );
  else
    perform private.queue_auth_mail(
      v_user_id,
      case when v_action = 'email_change' then coalesce(v_new_email, v_email) else v_email end,
      v_action, v_mail ->> 'token', v_mail ->> 'token_hash', v_redirect_to
    );
  end if;

  return '{}';
end;
$$;

grant execute on function private.send_auth_mail(jsonb) to supabase_auth_admin;
