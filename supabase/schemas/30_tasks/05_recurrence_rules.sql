-- The rules of recurring tasks: a subset of RFC 5545's RRULE: FREQ=DAILY, WEEKLY or MONTHLY, with INTERVAL (1 to 99) and either COUNT
-- (2 to 366, the first task included) or UNTIL (YYYYMMDD). It is kept in one spelling.

create type private.recurrence as (
  frequency text,
  every integer,
  occurrences integer,
  until_date date
);

-- The rule that a text means; null for a text that means none.
create function private.parse_recurrence(p_rule text)
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

-- The one spelling of a rule; null for a text that means none.
create function private.canonical_recurrence(p_rule text)
  returns text
  language plpgsql
  immutable
  parallel safe
  set search_path = ''
as $$
declare
  v_rule constant private.recurrence := private.parse_recurrence(p_rule);
begin
  if v_rule.frequency is null then
    return null;
  end if;
  return 'FREQ=' || v_rule.frequency
    || case when v_rule.every > 1 then ';INTERVAL=' || v_rule.every else '' end
    || coalesce(';COUNT=' || v_rule.occurrences, '')
    || coalesce(';UNTIL=' || to_char(v_rule.until_date, 'YYYYMMDD'), '');
end;
$$;

create function private.check_recurrence(p_input jsonb)
  returns jsonb
  language plpgsql
  immutable
  set search_path = ''
as $$
declare
  v_type constant text := coalesce(jsonb_typeof(p_input -> 'recurrence'), 'null');
begin
  return case
    when v_type = 'null' then '[]'
    when v_type = 'string' and private.canonical_recurrence(p_input ->> 'recurrence') is not null
      then '[]'
    else private.field_error(
      'recurrence',
      'Recurrence must be a rule such as FREQ=WEEKLY;INTERVAL=2;COUNT=10 or FREQ=MONTHLY;UNTIL=20271231.'
    )
  end;
end;
$$;

-- Pure; triggers and api functions run them as the caller.
grant execute on function
  private.parse_recurrence(text),
  private.canonical_recurrence(text),
  private.check_recurrence(jsonb)
to authenticated, service_role;
