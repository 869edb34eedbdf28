-- Which links are valid in profiles and samples.

-- Accepts http and https URLs with a host, without user name and password, and without characters
-- that a browser would have to encode.
create function private.is_web_address(p_text text)
  returns boolean
  language plpgsql
  immutable
  parallel safe
  set search_path = ''
as $$
begin
  return case
    when char_length(p_text) > 2048 then false
    else p_text ~* (
      '^https?://'
      || '(\[[0-9a-f:.]+\]'
      || '|[^][:space:]/?#@:[\\.<>"^`{|}%]+(\.[^][:space:]/?#@:[\\.<>"^`{|}%]+)*\.?)'
      || '(:[0-9]{1,5})?'
      || '([/?#][^[:space:]<>"\\^`{|}]*)?$'
    )
  end;
end;
$$;

create function private.check_link(p_input jsonb, p_key text, p_label text)
  returns jsonb
  language plpgsql
  immutable
  set search_path = ''
as $$
declare
  v_type constant text := jsonb_typeof(p_input -> p_key);
  v_link constant text := private.clean_line(p_input ->> p_key);
begin
  return case
    when v_type is null or v_type = 'null' or (v_type = 'string' and v_link = '') then '[]'
    when v_type = 'string' and private.is_web_address(v_link) then '[]'
    else private.field_error(
      p_key, p_label || ' must be a URL (http or https, at most 2048 characters).'
    )
  end;
end;
$$;

-- Pure; run as the caller, in triggers and api functions.
grant execute on function
  private.is_web_address(text),
  private.check_link(jsonb, text, text)
to authenticated, service_role;
