-- Validation. A validator takes the input as JSON (of a request, or made from a row by a trigger)
-- and returns a list of field errors, empty when the input is valid. Lists are joined with || and
-- raised once, so that one error reports every invalid field.
--
-- Validators ignore absent keys. Operations that create something pass every key, with null for
-- values that were not sent.

-- Returns the input of an operation as JSON. PostgREST converts the JSON of a request to typed
-- arguments, which do not show that a name was sent as a number or that a key is unknown. The REST
-- API also passes the JSON itself: {"operation", "input"} in the setting onswift.input. Keys that
-- were not sent are null.
create function private.input_of(p_operation text, p_arguments jsonb)
  returns jsonb
  language plpgsql
  stable
  parallel safe
  set search_path = ''
as $$
declare
  v_sent constant jsonb := nullif(current_setting('onswift.input', true), '')::jsonb;
begin
  return case
    when v_sent ->> 'operation' = p_operation then p_arguments || (v_sent -> 'input')
    else p_arguments
  end;
end;
$$;

create function private.field_error(p_field text, p_message text)
  returns jsonb
  language plpgsql
  immutable
  parallel safe
  set search_path = ''
as $$
begin
  return jsonb_build_array(jsonb_build_object('field', p_field, 'message', p_message));
end;
$$;

create function private.raise_field_errors(p_errors jsonb)
  returns void
  language plpgsql
  immutable
  set search_path = ''
as $$
begin
  if jsonb_array_length(p_errors) > 0 then
    raise sqlstate 'PT400' using
      message = 'Validation failed',
      detail = p_errors::text,
      hint = 'VALIDATION_ERROR';
  end if;
end;
$$;

-- Puts errors of an entry under the name of the entry: fileId becomes files[2].fileId.
create function private.prefix_fields(p_prefix text, p_errors jsonb)
  returns jsonb
  language plpgsql
  immutable
  parallel safe
  set search_path = ''
as $$
begin
  return (
    select coalesce(
      jsonb_agg(
        item || jsonb_build_object('field', concat_ws('.', p_prefix, item ->> 'field')) order by place
      ),
      '[]'
    )
    from jsonb_array_elements(p_errors) with ordinality as errors (item, place)
  );
end;
$$;

-- Reports keys that are unknown or read-only, and input that is not an object.
create function private.check_keys(p_input jsonb, p_known text[])
  returns jsonb
  language plpgsql
  immutable
  set search_path = ''
as $$
declare
  v_errors jsonb;
begin
  if p_input is null or jsonb_typeof(p_input) <> 'object' then
    return private.field_error('body', 'Body must be a JSON object.');
  end if;

  if p_input - p_known = '{}' then
    return '[]';
  end if;

  -- Keys are chosen by the caller: long ones are cut, and the first 50 are named.
  select jsonb_agg(
    jsonb_build_object('field', key, 'message', format('%s cannot be set here.', key)) order by key
  )
  into v_errors
  from (
    select left(sent.key, 100) as key
    from jsonb_object_keys(p_input) as sent (key)
    where sent.key <> all (p_known)
    order by sent.key
    limit 50
  ) as unknown;

  return coalesce(v_errors, '[]');
end;
$$;

-- Checks that text has p_min to p_max characters after cleaning. With p_min = 0, null clears the
-- field.
create function private.check_text(
  p_input jsonb, p_key text, p_label text, p_min integer, p_max integer
)
  returns jsonb
  language plpgsql
  immutable
  set search_path = ''
as $$
declare
  v_type constant text := jsonb_typeof(p_input -> p_key);
  v_length constant integer := char_length(private.clean_text(p_input ->> p_key));
begin
  return case
    when v_type is null or (v_type = 'null' and p_min = 0) then '[]'
    when v_type = 'null' then private.field_error(p_key, p_label || ' is required.')
    when v_type <> 'string' then private.field_error(p_key, p_label || ' must be text.')
    when v_length = 0 and p_min > 0 then private.field_error(p_key, p_label || ' is required.')
    when v_length < p_min then
      private.field_error(p_key, format('%s must have at least %s characters.', p_label, p_min))
    when v_length > p_max then
      private.field_error(p_key, format('%s must have at most %s characters.', p_label, p_max))
    else '[]'
  end;
end;
$$;

create function private.check_choice(
  p_input jsonb, p_key text, p_label text, p_choices text[], p_nullable boolean default false
)
  returns jsonb
  language plpgsql
  immutable
  set search_path = ''
as $$
declare
  v_type constant text := jsonb_typeof(p_input -> p_key);
begin
  return case
    when v_type is null or (v_type = 'null' and p_nullable) then '[]'
    when v_type = 'string' and p_input ->> p_key = any (p_choices) then '[]'
    else private.field_error(
      p_key, format('%s must be one of: %s.', p_label, array_to_string(p_choices, ', '))
    )
  end;
end;
$$;

create function private.check_date(
  p_input jsonb, p_key text, p_label text, p_nullable boolean default false
)
  returns jsonb
  language plpgsql
  immutable
  set search_path = ''
as $$
declare
  v_type constant text := jsonb_typeof(p_input -> p_key);
begin
  return case
    when v_type is null or (v_type = 'null' and p_nullable) then '[]'
    when v_type = 'null' then private.field_error(p_key, p_label || ' is required.')
    when v_type = 'string' and private.try_date(p_input ->> p_key) is not null then '[]'
    else private.field_error(p_key, p_label || ' must be a valid date such as 2027-01-31.')
  end;
end;
$$;

-- Ignores invalid dates; check_date reports them.
create function private.check_future(p_input jsonb, p_key text, p_label text)
  returns jsonb
  language plpgsql
  stable
  set search_path = ''
as $$
begin
  return case
    when private.try_date(p_input ->> p_key) <= private.today()
      then private.field_error(p_key, p_label || ' must be in the future.')
    else '[]'
  end;
end;
$$;

-- Checks the days of a report: in order, and at most 366 of them.
create function private.check_range(p_first_day date, p_last_day date)
  returns jsonb
  language sql
  immutable
  set search_path = ''
as $$
  select case
    when p_first_day > p_last_day
      then private.field_error('from', 'From must not be later than to.')
    when p_last_day - p_first_day >= 366
      then private.field_error('to', 'The range must be at most 366 days.')
    else '[]'
  end
$$;

create function private.check_uuid(
  p_input jsonb, p_key text, p_label text, p_nullable boolean default false
)
  returns jsonb
  language plpgsql
  immutable
  set search_path = ''
as $$
declare
  v_type constant text := jsonb_typeof(p_input -> p_key);
begin
  return case
    when v_type is null or (v_type = 'null' and p_nullable) then '[]'
    when v_type = 'null' then private.field_error(p_key, p_label || ' is required.')
    when v_type = 'string' and private.try_uuid(p_input ->> p_key) is not null then '[]'
    else private.field_error(p_key, p_label || ' must be a UUID.')
  end;
end;
$$;

-- Returns the label of a key for messages: projectId becomes "Project id".
create function private.label_of(p_key text)
  returns text
  language plpgsql
  immutable
  parallel safe
  set search_path = ''
as $$
begin
  return upper(left(p_key, 1)) || lower(regexp_replace(substr(p_key, 2), '([A-Z])', ' \1', 'g'));
end;
$$;

-- Checks the ids of the rows that an operation works on. They are checked first, because the
-- caller's permission depends on them.
create function private.require_ids(p_ids jsonb)
  returns void
  language plpgsql
  immutable
  set search_path = ''
as $$
begin
  -- The usual case, without a statement and without a function for each id. Every other form of a UUID is
  -- left to check_uuid.
  if not jsonb_path_exists(
    p_ids,
    'strict $.*
      ? (@.type() != "string" || !(@ like_regex "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"))'
  ) then
    return;
  end if;

  perform private.raise_field_errors(coalesce(
    (
      select jsonb_agg(field_error)
      from jsonb_object_keys(p_ids) as key
      cross join jsonb_array_elements(
        private.check_uuid(p_ids, key, private.label_of(key))
      ) as field_error
    ),
    '[]'
  ));
end;
$$;

-- Checks that a list has at most p_max texts. An item that is not text is reported with its index:
-- skills[2].
create function private.check_text_list(p_input jsonb, p_key text, p_label text, p_max integer)
  returns jsonb
  language plpgsql
  immutable
  set search_path = ''
as $$
declare
  v_list constant jsonb := p_input -> p_key;
begin
  return case
    when coalesce(jsonb_typeof(v_list), 'null') = 'null' then '[]'
    when jsonb_typeof(v_list) <> 'array'
      then private.field_error(p_key, p_label || ' must be a list.')
    when jsonb_array_length(v_list) > p_max
      then private.field_error(p_key, format('%s must have at most %s entries.', p_label, p_max))
    else coalesce(
      (
        select jsonb_agg(
          jsonb_build_object(
            'field', format('%s[%s]', p_key, place - 1), 'message', 'Entry must be text.'
          )
          order by place
        )
        from jsonb_array_elements(v_list) with ordinality as list (item, place)
        where jsonb_typeof(item) <> 'string'
      ),
      '[]'
    )
  end;
end;
$$;

-- Checks that a value is a whole number from 1 to 999999999. Accepts text with digits, as sent in a
-- query string. Here and in every other pattern, [0-9] and not the class of digits: that one has the
-- digits of all scripts, which no cast to a number accepts.
create function private.check_whole(p_input jsonb, p_key text, p_label text)
  returns jsonb
  language plpgsql
  immutable
  set search_path = ''
as $$
begin
  return case
    when coalesce(jsonb_typeof(p_input -> p_key), 'null') = 'null' then '[]'
    when p_input ->> p_key ~ '^0*[1-9][0-9]{0,8}$' then '[]'
    else private.field_error(p_key, p_label || ' must be a whole number from 1 to 999999999.')
  end;
end;
$$;

-- Checks that a value is true or false. Accepts the words as text, as sent in a query string.
create function private.check_flag(p_input jsonb, p_key text, p_label text)
  returns jsonb
  language plpgsql
  immutable
  set search_path = ''
as $$
begin
  return case
    when coalesce(p_input ->> p_key, 'true') in ('true', 'false') then '[]'
    else private.field_error(p_key, p_label || ' must be true or false.')
  end;
end;
$$;

-- Run as the caller, in triggers and api functions.
grant execute on function
  private.input_of(text, jsonb),
  private.label_of(text),
  private.require_ids(jsonb),
  private.check_text_list(jsonb, text, text, integer),
  private.check_whole(jsonb, text, text),
  private.check_flag(jsonb, text, text),
  private.field_error(text, text),
  private.prefix_fields(text, jsonb),
  private.raise_field_errors(jsonb),
  private.check_keys(jsonb, text[]),
  private.check_text(jsonb, text, text, integer, integer),
  private.check_choice(jsonb, text, text, text[], boolean),
  private.check_date(jsonb, text, text, boolean),
  private.check_future(jsonb, text, text),
  private.check_range(date, date),
  private.check_uuid(jsonb, text, text, boolean)
to authenticated, service_role;

comment on function private.input_of(text, jsonb) is
  'Open to anon: reviews are read without a session. Reads only its input and the request.';
grant execute on function private.input_of(text, jsonb) to anon;
