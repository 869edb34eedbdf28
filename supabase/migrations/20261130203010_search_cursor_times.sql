-- Why: a forged cursor of the search with twelve digits of seconds passed the check, and to_timestamp failed with 22008.

create or replace function private.try_search_cursor(p_cursor text)
  returns private.talent_rank
  language plpgsql
  immutable
  parallel safe
  set search_path = ''
as $$
declare
  v_parts text[];
begin
  if p_cursor is null or length(p_cursor) > 400 then
    return null;
  end if;

  v_parts := string_to_array(convert_from(decode(
    translate(p_cursor, '-_', '+/') || repeat('=', (4 - length(p_cursor) % 4) % 4), 'base64'
  ), 'UTF8'), ' ');
  if cardinality(v_parts) = 6
    and array_to_string(v_parts[1:3], '') ~ '^[0-9]{1,9}$'
    and v_parts[4] ~ '^(-?[0-9]{1,3}(\.[0-9]{1,2})?|Infinity)$'
    -- Seconds of a time that there is: to_timestamp refuses more digits.
    and v_parts[5] ~ '^-?[0-9]{1,11}(\.[0-9]{1,6})?$'
    and private.try_uuid(v_parts[6]) is not null
  then
    return row(
      v_parts[1]::integer, v_parts[2]::integer, v_parts[3]::integer, v_parts[4]::numeric,
      v_parts[5]::numeric, v_parts[6]::uuid
    )::private.talent_rank;
  end if;
  return null;
exception
  -- No base64, no UTF-8, or empty parts.
  when invalid_parameter_value or character_not_in_repertoire or invalid_text_representation then
    return null;
end;
$$;
