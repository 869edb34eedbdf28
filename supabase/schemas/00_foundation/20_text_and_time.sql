-- Conversions of text, dates and JSON. They never raise: invalid input becomes null, and the
-- validators report what is wrong with it.

-- Returns whether a text has a character that can be seen. White space, format characters and
-- characters that are drawn as nothing (fillers, variation selectors, blank patterns) cannot.
create function private.is_visible(p_text text)
  returns boolean
  language plpgsql
  immutable
  parallel safe
  set search_path = ''
as $$
begin
  return coalesce(p_text ~ (
    '[^\u0001-\u0020\u007F-\u00A0\u00AD\u034F\u0600-\u0605\u061C\u06DD\u070F\u0890\u0891\u08E2'
      '\u115F\u1160\u1680\u17B4\u17B5\u180B-\u180F\u2000-\u200F\u2028-\u202F\u205F-\u206F\u2800'
      '\u3000\u3164\uFDD0-\uFDEF\uFE00-\uFE0F\uFEFF\uFFA0\uFFF0-\uFFFB\uFFFE\uFFFF'
      '\U000110BD\U000110CD\U00013430-\U0001343F\U0001BCA0-\U0001BCA3\U0001D159'
      '\U0001D173-\U0001D17A\U000E0000-\U000E0FFF]'
  ), false);
end;
$$;

-- Removes white space around a text.
create function private.trim_space(p_text text)
  returns text
  language plpgsql
  immutable
  parallel safe
  set search_path = ''
as $$
begin
  return btrim(
    p_text,
    e' \t\n\r\u00A0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200A\u200B'
      '\u202F\u205F\u3000\uFEFF'
  );
end;
$$;

-- Cleans text with several lines. Composes characters (NFC), so that the same word is always the
-- same text. Line and paragraph separators, vertical tabs and form feeds become line breaks. Removes
-- other control characters, and white space around the text. Text of which nothing can be seen
-- becomes empty. Changes nothing else: "<3" and "O'Brien" are stored as typed and encoded where they
-- are shown, and joined emoji and Persian words keep their joiners.
--
-- Most text is plain ASCII between two visible characters, of which nothing changes: one pattern finds it.
create function private.clean_text(p_text text)
  returns text
  language plpgsql
  immutable
  parallel safe
  set search_path = ''
as $$
begin
  return case
    when p_text is null or p_text ~ '^[!-~]([\t\n\r -~]*[!-~])?$' then p_text
    when not private.is_visible(p_text) then ''
    else private.trim_space(
      normalize(regexp_replace(
        regexp_replace(p_text, '[\u000B\u000C\u2028\u2029]', e'\n', 'g'),
        '[\u0001-\u0008\u000E-\u001F\u007F-\u009F]', '', 'g'
      ), nfc)
    )
  end;
end;
$$;

-- Cleans text with one line, such as a name: line breaks and tabs become spaces. Removes characters
-- that turn the direction of what follows, because a name is shown inside other sentences. The
-- direction marks LRM and RLM stay.
create function private.clean_line(p_text text)
  returns text
  language plpgsql
  immutable
  parallel safe
  set search_path = ''
as $$
begin
  return private.clean_text(regexp_replace(
    regexp_replace(p_text, '[\u202A-\u202E\u2066-\u2069]', '', 'g'),
    '[\t\n\r\u000B\u000C\u2028\u2029]+', ' ', 'g'
  ));
end;
$$;

create function private.try_uuid(p_text text)
  returns uuid
  language plpgsql
  immutable
  parallel safe
  set search_path = ''
as $$
begin
  return case when pg_input_is_valid(p_text, 'uuid') then p_text::uuid end;
end;
$$;

-- Accepts YYYY-MM-DD only, not the other forms that PostgreSQL accepts ("tomorrow", "infinity").
create function private.try_date(p_text text)
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

-- Formats a time for the API: RFC 3339 in UTC with milliseconds.
create function private.iso(p_moment timestamptz)
  returns text
  language plpgsql
  stable
  strict
  parallel safe
  set search_path = ''
as $$
begin
  return to_char(p_moment at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"');
end;
$$;

-- The current date in UTC, independent of the session's time zone.
create function private.today()
  returns date
  language plpgsql
  stable
  parallel safe
  set search_path = ''
as $$
begin
  return (now() at time zone 'UTC')::date;
end;
$$;

-- Returns the strings of a JSON array in their order; an empty array for null.
create function private.text_array(p_list jsonb)
  returns text[]
  language plpgsql
  immutable
  parallel safe
  set search_path = ''
as $$
begin
  return case
    when jsonb_typeof(p_list) = 'array' then array(
      select item
      from jsonb_array_elements_text(p_list) with ordinality as list (item, place)
      order by place
    )
    else '{}'
  end;
end;
$$;

-- Renames the keys of a patch to column names: {"dueDate": …} becomes {"due_date": …}. For
-- jsonb_populate_record.
create function private.columns_of(p_patch jsonb)
  returns jsonb
  language plpgsql
  immutable
  parallel safe
  set search_path = ''
as $$
begin
  return (
    select coalesce(jsonb_object_agg(lower(regexp_replace(key, '([A-Z])', '_\1', 'g')), value), '{}')
    from jsonb_each(p_patch)
  );
end;
$$;

-- All are pure and run as the caller, in triggers and api functions.
grant execute on function
  private.is_visible(text),
  private.trim_space(text),
  private.clean_text(text),
  private.clean_line(text),
  private.try_uuid(text),
  private.try_date(text),
  private.iso(timestamptz),
  private.today(),
  private.text_array(jsonb),
  private.columns_of(jsonb)
to authenticated, service_role;
