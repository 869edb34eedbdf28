-- Why: the class of digits in a pattern has the digits of all scripts. A page, a limit, a rate, a size or an id of an event with such
-- digits passed the check, and its cast failed with 22P02 instead of an error that names the field.

create or replace function private.try_date(p_text text)
  returns date
  language plpgsql
  immutable
  parallel safe
  set search_path = ''
as $$
begin
  return case
    when p_text ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}$' and pg_input_is_valid(p_text, 'date')
      then p_text::date
  end;
end;
$$;

create or replace function private.check_whole(p_input jsonb, p_key text, p_label text)
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

create or replace function private.page_number(p_input jsonb)
  returns integer
  language plpgsql
  immutable
  parallel safe
  set search_path = ''
as $$
begin
  return case
    when p_input ->> 'page' ~ '^0*[1-9][0-9]{0,8}$' then (p_input ->> 'page')::integer
    else 1
  end;
end;
$$;

create or replace function private.page_limit(p_input jsonb, p_default integer)
  returns integer
  language plpgsql
  immutable
  parallel safe
  set search_path = ''
as $$
begin
  return case
    when p_input ->> 'limit' ~ '^0*[1-9][0-9]{0,8}$' then least((p_input ->> 'limit')::integer, 100)
    else p_default
  end;
end;
$$;

create or replace function private.client_address()
  returns text
  language plpgsql
  stable
  set search_path = ''
as $$
declare
  v_text constant text := btrim(split_part(
    nullif(current_setting('request.headers', true), '')::jsonb ->> 'x-forwarded-for', ',', 1
  ));
  v_address inet;
begin
  v_address := regexp_replace(v_text, '^::ffff:(?=[0-9]+\.)', '', 'i')::inet;
  return coalesce(
    case
      when family(v_address) = 6 then network(set_masklen(v_address, 64))::text
      else host(v_address)
    end,
    'unknown'
  );
exception when invalid_text_representation then
  return 'unknown';
end;
$$;

create or replace function api.list_security_events(before text default null, "limit" jsonb default null)
  returns jsonb
  language plpgsql
  stable
  set search_path = ''
as $$
declare
  v_input constant jsonb := private.input_of(
    'list_security_events', jsonb_build_object('before', before, 'limit', "limit")
  );
  v_limit constant integer := private.page_limit(v_input, 50);
  v_events jsonb;
begin
  perform private.require_session();
  perform private.raise_field_errors(
    private.check_page(v_input)
    || case
      when before !~ '^[0-9]{1,18}$'
        then private.field_error('before', 'Before must be the id of a security event.')
      else '[]'
    end
  );

  v_events := private.my_security_events(before::bigint, v_limit + 1);

  return jsonb_build_object(
    'events',
    case when jsonb_array_length(v_events) > v_limit then v_events - v_limit else v_events end,
    'hasMore', jsonb_array_length(v_events) > v_limit
  );
end;
$$;

create or replace function private.parse_recurrence(p_rule text)
  returns private.recurrence
  language plpgsql
  immutable
  parallel safe
  set search_path = ''
as $$
declare
  v_part text;
  v_key text;
  v_value text;
  v_seen text[] := '{}';
  v_rule private.recurrence;
begin
  if p_rule is null or length(p_rule) > 200 then
    return null;
  end if;

  v_rule.every := 1;
  foreach v_part in array string_to_array(regexp_replace(upper(btrim(p_rule)), '^RRULE:', ''), ';')
  loop
    v_key := split_part(v_part, '=', 1);
    v_value := substr(v_part, length(v_key) + 2);
    if v_key = any (v_seen) then
      return null;
    end if;
    v_seen := v_seen || v_key;

    case
      when v_key = 'FREQ' and v_value in ('DAILY', 'WEEKLY', 'MONTHLY') then
        v_rule.frequency := v_value;
      when v_key = 'INTERVAL' and v_value ~ '^[1-9][0-9]?$' then
        v_rule.every := v_value;
      when v_key = 'COUNT' and v_value ~ '^[1-9][0-9]{0,2}$' and v_value::integer between 2 and 366 then
        v_rule.occurrences := v_value;
      when v_key = 'UNTIL' and private.try_date(regexp_replace(
        v_value, '^([0-9]{4})([0-9]{2})([0-9]{2})(T[0-9]{6}Z)?$', '\1-\2-\3'
      )) is not null then
        v_rule.until_date := regexp_replace(
          v_value, '^([0-9]{4})([0-9]{2})([0-9]{2})(T[0-9]{6}Z)?$', '\1-\2-\3'
        );
      else
        return null;
    end case;
  end loop;

  if v_rule.frequency is null
    or v_rule.occurrences is not null and v_rule.until_date is not null
  then
    return null;
  end if;
  return v_rule;
end;
$$;

create or replace function private.file_field_errors(p_input jsonb)
  returns jsonb
  language plpgsql
  stable
  security definer
  set search_path = ''
as $$
declare
  v_upload_type constant text := p_input ->> 'uploadType';
  v_size constant bigint := case
    when p_input ->> 'fileSize' ~ '^[0-9]{1,15}$' then (p_input ->> 'fileSize')::bigint
  end;
  v_extension constant text := private.extension_of(p_input ->> 'fileName');
  v_name_errors constant jsonb := private.check_file_name(p_input);
  v_type private.file_types;
  v_types text;
begin
  select t.*
  into v_type
  from private.file_types as t
  where t.upload_type = v_upload_type
    and t.mime_type = private.type_of_file(
      v_upload_type, p_input ->> 'mimeType', p_input ->> 'fileName'
    );

  select string_agg(t.mime_type, ', ' order by t.mime_type)
  into v_types
  from private.file_types as t
  where t.upload_type = v_upload_type;

  return private.check_choice(
      p_input, 'uploadType', 'Upload type', array['deliverable', 'avatar', 'sample']
    )
    || v_name_errors
    || case
      when p_input ->> 'fileSize' is null
        then private.field_error('fileSize', 'File size is required.')
      when v_size is null or jsonb_typeof(p_input -> 'fileSize') <> 'number'
        then private.field_error('fileSize', 'File size must be a whole number of bytes.')
      when v_size < 1 then private.field_error('fileSize', 'File size must be at least 1 byte.')
      else '[]'
    end
    || case
      when p_input ->> 'mimeType' is null
        then private.field_error('mimeType', 'MIME type is required.')
      when jsonb_typeof(p_input -> 'mimeType') <> 'string'
        then private.field_error('mimeType', 'MIME type must be text.')
      when v_type.mime_type is null and v_types is not null
        then private.field_error('mimeType', format('MIME type must be one of: %s.', v_types))
      else '[]'
    end
    || case
      when v_name_errors = '[]' and v_extension <> all (v_type.extensions)
        then private.field_error('fileName', format(
          'File name must end in %s for the type %s.',
          '.' || array_to_string(v_type.extensions, ' or .'), v_type.mime_type
        ))
      else '[]'
    end
    || case
      when v_upload_type = 'avatar' and v_size > v_type.max_bytes
        then private.field_error('fileSize', 'Avatar must be at most 5 MB.')
      else '[]'
    end;
end;
$$;

create or replace function private.check_side(p_input jsonb, p_key text, p_label text)
  returns jsonb
  language plpgsql
  immutable
  set search_path = ''
as $$
begin
  return case
    when coalesce(p_input ->> p_key, '1') ~ '^0*([1-9][0-9]{0,2}|1[0-9]{3}|2[0-4][0-9]{2}|2500)$' then '[]'
    else private.field_error(p_key, p_label || ' must be a whole number from 1 to 2500.')
  end;
end;
$$;

create or replace function private.is_mixed_step(p_facets text[], p_is_backward boolean, p_step integer)
  returns boolean
  language plpgsql
  immutable
  parallel safe
  set search_path = ''
as $$
begin
  return (
    select coalesce(
      case
        when p_is_backward then p_facets[cardinality(p_facets) - p_step + 1]
        else p_facets[p_step]
      end ~ '^rate<[0-9]',
      false
    )
  );
end;
$$;

create or replace function private.check_number(
  p_input jsonb, p_key text, p_label text, p_min numeric, p_max numeric
)
  returns jsonb
  language plpgsql
  immutable
  set search_path = ''
as $$
begin
  return case
    when coalesce(jsonb_typeof(p_input -> p_key), 'null') = 'null' then '[]'
    when p_input ->> p_key ~ '^[0-9]{1,9}(\.[0-9]+)?$'
      and (p_input ->> p_key)::numeric between p_min and p_max
      then '[]'
    else private.field_error(
      p_key, format('%s must be a number from %s to %s.', p_label, p_min, p_max)
    )
  end;
end;
$$;

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
    and v_parts[5] ~ '^-?[0-9]{1,12}(\.[0-9]{1,6})?$'
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

create or replace function api.list_audit_events(
  "projectId" text default null, before text default null, "limit" jsonb default null
)
  returns jsonb
  language plpgsql
  stable
  set search_path = ''
as $$
declare
  v_input constant jsonb := private.input_of('list_audit_events', jsonb_build_object(
    'projectId', "projectId", 'before', before, 'limit', "limit"
  ));
  v_limit constant integer := private.page_limit(v_input, 50);
  v_ids bigint[];
  v_events jsonb;
begin
  perform private.require_session();
  perform private.raise_field_errors(
    private.check_uuid(v_input, 'projectId', 'Project id', true)
    || private.check_page(v_input)
    || case
      when before !~ '^[0-9]{1,18}$'
        then private.field_error('before', 'Before must be the id of an audit event.')
      else '[]'
    end
  );

  v_ids := private.my_audit_event_ids(
    "projectId"::uuid, coalesce(before::bigint, 9223372036854775807), v_limit + 1
  );

  select coalesce(jsonb_agg(e.document order by e.id desc), '[]')
  into v_events
  from (
    select a.id, private.audit_document(a) as document
    from public.audit_events as a
    where a.id = any (v_ids)
    order by a.id desc
    limit v_limit + 1
  ) as e;

  return jsonb_build_object(
    'events', case when jsonb_array_length(v_events) > v_limit then v_events - v_limit else v_events end,
    'hasMore', jsonb_array_length(v_events) > v_limit
  );
end;
$$;
