-- From what a caller asks for to what has to be read.

-- A search after validation. Without text, query is null.
create type private.talent_search as (
  query tsquery,
  head_query tsquery,
  skills text[],
  any_skill boolean,
  min_rate numeric,
  max_rate numeric,
  availability text,
  min_rating numeric,
  -- Empty for the order of relevance.
  sort text
);

-- The text of a search. A term is one word of the query with the words that it stands for. Its
-- profiles are those of its facets together with those that match its rare query.
create type private.search_text as (
  query tsquery,
  head_query tsquery,
  -- False if no profile can contain every term.
  is_possible boolean,
  -- True if each term has bitmaps.
  has_bitmaps boolean,
  facets text[],
  facet_terms integer[],
  rare_queries tsquery[],
  rare_terms integer[]
);

create function private.quoted_word(p_word text, p_flags text)
  returns tsquery
  language plpgsql
  immutable
  parallel safe
  set search_path = ''
as $$
begin
  return ('''' || p_word || '''' || p_flags)::tsquery;
end;
$$;

-- The same query for name and title only.
create function private.in_head(p_query tsquery)
  returns tsquery
  language plpgsql
  immutable
  parallel safe
  set search_path = ''
as $$
begin
  return regexp_replace(p_query::text, '(''[^'']+'')', '\1:A', 'g')::tsquery;
end;
$$;

-- The words of the vocabulary that begin with a prefix.
create function private.words_with_prefix(p_prefix text)
  returns setof text
  language sql
  stable
  set search_path = ''
as $$
  select w.word
  from private.search_words as w
  where w.word >= p_prefix collate "C" and w.word < (p_prefix || U&'\+10FFFF') collate "C"
$$;

-- The longest beginning that all words with a prefix have in common; null if there is no such word.
create function private.common_prefix(p_prefix text)
  returns text
  language plpgsql
  stable
  set search_path = ''
as $$
declare
  v_end constant text := p_prefix || U&'\+10FFFF';
  v_first text;
  v_last text;
begin
  select w.word into v_first
  from private.search_words as w
  where w.word >= p_prefix collate "C" and w.word < v_end collate "C"
  order by w.word
  limit 1;

  select w.word into v_last
  from private.search_words as w
  where w.word >= p_prefix collate "C" and w.word < v_end collate "C"
  order by w.word desc
  limit 1;

  while not starts_with(v_last, v_first) loop
    v_first := left(v_first, -1);
  end loop;
  return v_first;
end;
$$;

-- The words that differ from a word in one letter: another, one more, one less, or two swapped.
create function private.similar_words(p_word text)
  returns setof text
  language sql
  stable
  set search_path = ''
as $$
  select w.word
  from private.search_words as w
  where w.patterns && (private.one_letter_changed(p_word) || private.one_letter_added(p_word))
  union
  select w.word
  from private.search_words as w
  where w.word = any (private.one_letter_left_out(p_word) || private.two_letters_swapped(p_word))
$$;

-- Returns the words that a word of a query stands for, and which of their facets exist. A word that no
-- profile contains stands for the words that differ in one letter, if it has five letters or more.
create function private.expand_word(
  p_word text, p_is_prefix boolean,
  out query tsquery, out head_query tsquery, out facets text[], out rare_query tsquery
)
  language plpgsql
  stable
  set search_path = ''
as $$
declare
  v_words text[];
  v_common text;
begin
  if p_is_prefix then
    query := private.quoted_word(p_word, ':*');
    head_query := private.quoted_word(p_word, ':*A');
    v_common := private.common_prefix(p_word);
    select array_agg(f.facet) into facets
    from private.search_facets as f where f.facet = 'prefix:' || v_common;
    if facets is not null then
      return;
    end if;
    v_words := array(select private.words_with_prefix(p_word));
  else
    query := private.quoted_word(p_word, '');
    head_query := private.quoted_word(p_word, ':A');
    v_words := array[p_word];
  end if;

  select array_agg(f.facet) into facets
  from private.search_facets as f
  where f.facet = any (array(select 'word:' || word from unnest(v_words) as word));

  if facets is null and (
    v_words = '{}'
    or not exists (
      select from private.searchable_talents as t where t.words @@ expand_word.query
    )
  ) then
    if char_length(p_word) < 5 or private.is_unspaced(p_word) then
      query := null;
      return;
    end if;

    v_words := array(select private.similar_words(p_word));
    if v_words = '{}' then
      query := null;
      return;
    end if;

    query := array_to_string(array(select '''' || word || '''' from unnest(v_words) as word), '|');
    head_query := private.in_head(query);
    select array_agg(f.facet) into facets
    from private.search_facets as f
    where f.facet = any (array(select 'word:' || word from unnest(v_words) as word));
  end if;

  if facets is not null then
    rare_query := nullif(array_to_string(
      array(
        select '''' || word || ''''
        from unnest(v_words) as word
        where 'word:' || word <> all (facets)
      ), '|'
    ), '');
  end if;
end;
$$;

create function private.read_search_text(p_text text)
  returns private.search_text
  language plpgsql
  stable
  set search_path = ''
as $$
declare
  v_text private.search_text;
  v_term integer := 0;
  v_word record;
  v_meaning record;
begin
  v_text.has_bitmaps := true;
  v_text.is_possible := true;
  for v_word in select w.* from private.query_words(p_text) as w loop
    v_meaning := private.expand_word(v_word.word, v_word.is_prefix);
    if v_meaning.query is null then
      v_text.is_possible := false;
      return v_text;
    end if;

    v_term := v_term + 1;
    v_text.query := coalesce(v_text.query && v_meaning.query, v_meaning.query);
    v_text.head_query := coalesce(v_text.head_query && v_meaning.head_query, v_meaning.head_query);
    if v_meaning.facets is null then
      v_text.has_bitmaps := false;
    else
      v_text.facets := v_text.facets || v_meaning.facets;
      v_text.facet_terms := v_text.facet_terms
        || array_fill(v_term, array[cardinality(v_meaning.facets)]);
    end if;
    if v_meaning.rare_query is not null then
      v_text.rare_queries := v_text.rare_queries || v_meaning.rare_query;
      v_text.rare_terms := v_text.rare_terms || v_term;
    end if;
  end loop;
  return v_text;
end;
$$;
