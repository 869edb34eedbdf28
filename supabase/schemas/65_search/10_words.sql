-- Text search compares words. This file says what a word is, for profiles and for queries alike.
--
-- Letters are compared without case, accents and vowel marks: "Zoë" is "zoe". Apostrophes vanish:
-- "O'Brien" is "obrien". Everything that is neither letter nor digit separates words. Chinese,
-- Japanese and Korean do not separate words with spaces, so there each pair of neighbouring
-- characters is a word; the last character of such a run is one too.

create function private.fold(p_text text)
  returns text
  language sql
  immutable
  parallel safe
  set search_path = ''
as $$
  select normalize(
    translate(
      regexp_replace(
        replace(replace(replace(replace(
          normalize(lower(p_text), nfkd),
          'ß', 'ss'), 'æ', 'ae'), 'œ', 'oe'), 'þ', 'th'
        ),
        '[\u0300-\u036F\u0483-\u0487\u0591-\u05BD\u05BF-\u05C7\u0640\u064B-\u065F\u0670'
          '\u1AB0-\u1AFF\u1DC0-\u1DFF\u200C\u200D\u00AD''`\u02B9-\u02BC\u2018\u2019\u2032]',
        '', 'g'
      ),
      U&'\00F8\0142\0111\00F0\0127\0131\0237\0649\0629\06A9\06CC',
      U&'olddhij\064A\0647\0643\064A'
    ),
    nfc
  )
$$;

-- Folded text with one space between its words. Most text is ASCII, which takes a short cut.
create function private.separate_words(p_text text)
  returns text
  language sql
  immutable
  parallel safe
  set search_path = ''
as $$
  select btrim(case
    when octet_length(p_text) = char_length(p_text)
      then regexp_replace(translate(lower(p_text), '''`', ''), '[^a-z0-9]+', ' ', 'g')
    else regexp_replace(
      private.fold(p_text),
      '[\u0001-/:-@\u005B-\u0060{-\u00A9\u00AB-\u00B1\u00B4\u00B6-\u00B8\u00BB\u00BF\u00D7\u00F7'
        '\u060C\u061B\u061F\u066A-\u066D\u06D4\u0964\u0965\u2000-\u206F\u20A0-\u20CF\u2190-\u2BFF'
        '\u2E00-\u2E7F\u3000-\u3004\u3008-\u3020\u3030\u303D-\u303F\u30FB\uFE00-\uFE0F'
        '\uFF00-\uFF0F\uFF1A-\uFF20\uFF3B-\uFF40\uFF5B-\uFF65\U0001F000-\U0001FAFF'
        '\U000E0000-\U000E01EF]+',
      ' ', 'g'
    )
  end)
$$;

-- Characters of scripts that are written without spaces, for a regular expression: Chinese, Japanese,
-- Korean.
create function private.unspaced_letters()
  returns text
  language sql
  immutable
  parallel safe
  set search_path = ''
as $$
  select '\u1100-\u11FF\u2E80-\u2FDF\u3005-\u3007\u3021-\u302F\u3031-\u303C\u3040-\u30FA'
    '\u30FC-\u31FF\u3400-\u9FFF\uA960-\uA97F\uAC00-\uD7FF\uF900-\uFAFF\U00020000-\U0003FFFF'
$$;

create function private.is_unspaced(p_word text)
  returns boolean
  language plpgsql
  immutable
  parallel safe
  set search_path = ''
as $$
begin
  return p_word ~ ('[' || private.unspaced_letters() || ']');
end;
$$;

-- Splits a word where it changes between scripts with and without spaces: "3d動画" is "3d" and "動画".
create function private.runs_of(p_word text)
  returns table (run text, is_unspaced boolean, place bigint)
  language plpgsql
  immutable
  parallel safe
  set search_path = ''
as $$
begin
  return query
    select m.parts[1], private.is_unspaced(m.parts[1]), m.place
    from regexp_matches(
      p_word,
      '[' || private.unspaced_letters() || ']+|[^' || private.unspaced_letters() || ']+',
      'g'
    ) with ordinality as m (parts, place);
end;
$$;

-- Returns the words of text. Words are cut after 40 characters.
create function private.words_of(p_text text)
  returns setof text
  language plpgsql
  immutable
  parallel safe
  set search_path = ''
as $$
declare
  v_words constant text := private.separate_words(p_text);
  v_list text[];
begin
  if not private.is_unspaced(v_words) then
    return query
      select distinct left(word, 40) from string_to_table(v_words, ' ') as word where word <> '';
    return;
  end if;

  v_list := array(
    with runs as materialized (
      select r.run, r.is_unspaced
      from string_to_table(v_words, ' ') as word
      cross join private.runs_of(word) as r
    )
    select left(r.run, 40) from runs as r where not r.is_unspaced
    union all
    select substr(r.run, at, 2)
    from runs as r
    cross join generate_series(1, char_length(r.run)) as at
    where r.is_unspaced
  );
  -- From a list, because the planner takes the query above for millions of words.
  return query select distinct word from unnest(v_list) as word;
end;
$$;

-- Returns the words that a query looks for. The last word may be the beginning of a word, so that
-- results appear while the user types; so may a single Chinese, Japanese or Korean character. A word that
-- was typed in full before is looked for as both.
create function private.query_words(p_query text)
  returns table (word text, is_prefix boolean)
  language plpgsql
  immutable
  parallel safe
  set search_path = ''
as $$
declare
  v_words constant text := private.separate_words(p_query);
  v_list text[];
begin
  if not private.is_unspaced(v_words) then
    v_list := string_to_array(v_words, ' ');
    return query
      select distinct left(w.word, 40), w.place = cardinality(v_list)
      from unnest(v_list) with ordinality as w (word, place)
      where w.word <> '';
    return;
  end if;

  return query
    with runs as (
      select
        r.run, r.is_unspaced,
        row_number() over (order by w.place desc, r.place desc) = 1 as is_last
      from string_to_table(v_words, ' ') with ordinality as w (word, place)
      cross join private.runs_of(w.word) as r
    )
    select left(r.run, 40), r.is_last
    from runs as r
    where not r.is_unspaced
    union
    select substr(r.run, at, 2), char_length(r.run) = 1
    from runs as r
    cross join generate_series(1, greatest(char_length(r.run) - 1, 1)) as at
    where r.is_unspaced;
end;
$$;

-- A pattern for each letter of a word that may be another one: a?b, ?ab. Words that share a pattern
-- differ in one letter.
create function private.one_letter_changed(p_word text)
  returns text[]
  language sql
  immutable
  parallel safe
  set search_path = ''
as $$
  select array(
    select overlay(p_word placing '?' from at for 1)
    from generate_series(1, char_length(p_word)) as at
  )
$$;

create function private.one_letter_added(p_word text)
  returns text[]
  language sql
  immutable
  parallel safe
  set search_path = ''
as $$
  select array(
    select overlay(p_word placing '?' from at for 0)
    from generate_series(1, char_length(p_word) + 1) as at
  )
$$;

create function private.one_letter_left_out(p_word text)
  returns text[]
  language sql
  immutable
  parallel safe
  set search_path = ''
as $$
  select array(
    select overlay(p_word placing '' from at for 1)
    from generate_series(1, char_length(p_word)) as at
  )
$$;

create function private.two_letters_swapped(p_word text)
  returns text[]
  language sql
  immutable
  parallel safe
  set search_path = ''
as $$
  select array(
    select overlay(p_word placing reverse(substr(p_word, at, 2)) from at for 2)
    from generate_series(1, char_length(p_word) - 1) as at
  )
$$;
