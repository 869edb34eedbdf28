-- Validation of email addresses and passwords. Auth stores both. These functions check Auth's
-- rules, so that one error reports every invalid field of a sign-up, with the same messages
-- everywhere.

-- Returns an email address as Auth stores it. Nothing is removed inside it: with other characters it
-- would be another address.
create function private.normalized_email(p_text text)
  returns text
  language plpgsql
  immutable
  parallel safe
  set search_path = ''
as $$
begin
  return lower(private.trim_space(p_text));
end;
$$;

-- Accepts what Auth accepts: the format of HTML's email input, at most 255 characters.
create function private.is_email(p_text text)
  returns boolean
  language plpgsql
  immutable
  parallel safe
  set search_path = ''
as $$
begin
  return char_length(p_text) <= 255 and p_text ~ (
    '^[a-zA-Z0-9.!#$%&''*+/=?^_`{|}~-]+'
    || '@[a-zA-Z0-9]([a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?'
    || '(\.[a-zA-Z0-9]([a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?)*$'
  );
end;
$$;

create function private.check_email(p_input jsonb, p_key text, p_label text)
  returns jsonb
  language plpgsql
  immutable
  set search_path = ''
as $$
declare
  v_required constant jsonb := private.check_text(p_input, p_key, p_label, 1, 255);
begin
  return case
    when v_required <> '[]' then v_required
    when private.is_email(private.trim_space(p_input ->> p_key)) then '[]'
    else private.field_error(p_key, p_label || ' must be a valid address such as ada@example.com.')
  end;
end;
$$;

-- Checks that a password can be stored: bcrypt reads at most 72 bytes.
create function private.check_password(p_input jsonb, p_key text, p_label text)
  returns jsonb
  language plpgsql
  immutable
  set search_path = ''
as $$
begin
  return case
    when coalesce(p_input ->> p_key, '') = ''
      then private.field_error(p_key, p_label || ' is required.')
    when jsonb_typeof(p_input -> p_key) <> 'string'
      then private.field_error(p_key, p_label || ' must be text.')
    when octet_length(p_input ->> p_key) > 72
      then private.field_error(p_key, p_label || ' must have at most 72 bytes.')
    else '[]'
  end;
end;
$$;

-- Returns whether a password is a common one, also with other case, digits for letters, or digits and
-- symbols around it: P@ssw0rd1! is password.
create function private.is_common_password(p_password text)
  returns boolean
  language sql
  immutable
  parallel safe
  set search_path = ''
as $$
  select regexp_replace(
    translate(
      regexp_replace(lower(p_password), '^[^a-z@$]+|[^a-z]+$', '', 'g'), '@4831!05$7', 'aabeiiosst'
    ),
    '[^a-z]', '', 'g'
  ) = any (array[
    'abc', 'abcd', 'abcdef', 'abcdefg', 'abcdefgh', 'access', 'admin', 'administrator', 'asdf',
    'asdfgh', 'azerty', 'baseball', 'batman', 'changeme', 'charlie', 'chelsea', 'computer',
    'default', 'dragon', 'flower', 'football', 'freedom', 'guest', 'hello', 'hunter', 'iloveyou',
    'jordan', 'letmein', 'liverpool', 'login', 'master', 'michael', 'monkey', 'mustang', 'onswift',
    'pass', 'passw', 'password', 'princess', 'qazwsx', 'qwer', 'qwert', 'qwerty', 'qwertyuiop',
    'root', 'samsung', 'secret', 'shadow', 'starwars', 'summer', 'sunshine', 'superman', 'temp',
    'test', 'trustno', 'user', 'welcome', 'whatever', 'winter', 'zaq', 'zaqwsx', 'zxcvbn'
  ])
$$;

-- Returns a field error for each rule of [auth] password_requirements that a password does not
-- meet. Separate from other field errors, because a weak password has its own error code.
create function private.password_weaknesses(p_input jsonb, p_key text, p_label text)
  returns jsonb
  language sql
  immutable
  set search_path = ''
as $$
  select coalesce(
    jsonb_agg(jsonb_build_object('field', p_key, 'message', p_label || ' ' || message)), '[]'
  )
  from (
    values
      ('^.{8,}$', 'must have at least 8 characters.'),
      ('[A-Z]', 'must contain an uppercase letter.'),
      ('[a-z]', 'must contain a lowercase letter.'),
      ('[0-9]', 'must contain a number.'),
      ('[]!@#$%^&*()_+=[{};''\\:"|<>?,./`~-]', 'must contain a special character.'),
      (null, 'must not be a common password.')
  ) as rules (pattern, message)
  where private.check_password(p_input, p_key, p_label) = '[]'
    and case
      when pattern is null then private.is_common_password(p_input ->> p_key)
      else p_input ->> p_key !~ pattern
    end
$$;

create function private.raise_credential_field_errors(p_errors jsonb, p_weaknesses jsonb)
  returns void
  language plpgsql
  immutable
  set search_path = ''
as $$
begin
  if p_errors = '[]' and p_weaknesses <> '[]' then
    raise sqlstate 'PT400' using
      message = 'The password is too weak.',
      detail = p_weaknesses::text,
      hint = 'WEAK_PASSWORD';
  end if;

  perform private.raise_field_errors(p_errors || p_weaknesses);
end;
$$;

-- Pure; called by definers and Auth's hook.
grant execute on function
  private.normalized_email(text),
  private.is_email(text),
  private.check_email(jsonb, text, text),
  private.check_password(jsonb, text, text),
  private.is_common_password(text),
  private.password_weaknesses(jsonb, text, text),
  private.raise_credential_field_errors(jsonb, jsonb)
to service_role;
