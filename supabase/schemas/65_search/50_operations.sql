-- GET /users/search.

-- Cursors name the last talent of a page by its rank, so a list goes on behind it however it changes.
create function private.search_cursor(p_rank private.talent_rank)
  returns text
  language plpgsql
  immutable
  parallel safe
  set search_path = ''
as $$
begin
  return translate(
    encode(convert_to(concat_ws(
      ' ', p_rank.is_last, p_rank.tier, p_rank.missing_skills, p_rank.cost, p_rank.age, p_rank.user_id
    ), 'UTF8'), 'base64'),
    e'+/=\n', '-_'
  );
end;
$$;

-- Returns null for a text that is no cursor.
create function private.try_search_cursor(p_cursor text)
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

create function private.check_number(
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

create function private.search_field_errors(p_input jsonb)
  returns jsonb
  language plpgsql
  stable
  set search_path = ''
as $$
begin
  return private.check_text(p_input, 'q', 'Search text', 0, 200)
    || private.check_skills(p_input)
    || private.check_choice(p_input, 'skillsMode', 'Skills mode', array['all', 'any'], true)
    || private.check_number(p_input, 'minRate', 'Minimum rate', 0, 9999)
    || private.check_number(p_input, 'maxRate', 'Maximum rate', 0, 9999)
    || private.check_availability(p_input)
    || private.check_number(p_input, 'minRating', 'Minimum rating', 1, 5)
    || private.check_page(p_input)
    || private.check_sort(
      p_input,
      '{"averageRating": "average_rating", "hourlyRate": "hourly_rate", "createdAt": "created_at"}'
    )
    || case
      when p_input ->> 'cursor' is null then '[]'
      when private.try_search_cursor(p_input ->> 'cursor') is null
        then private.field_error('cursor', 'Cursor must be the nextCursor of an earlier response.')
      when p_input ->> 'page' is not null
        then private.field_error('cursor', 'Cursor cannot be combined with page.')
      else '[]'
    end;
end;
$$;

create function private.search_of_input(p_input jsonb, p_text private.search_text)
  returns private.talent_search
  language plpgsql
  stable
  set search_path = ''
as $$
begin
  return row(
    p_text.query,
    p_text.head_query,
    case
      when p_input ->> 'skills' is not null
        then nullif(private.canonical_skills(private.text_array(p_input -> 'skills')), '{}')
    end,
    coalesce(
      p_input ->> 'skillsMode' = 'any' and private.text_array(p_input -> 'skills') <> '{}', false
    ),
    (p_input ->> 'minRate')::numeric,
    (p_input ->> 'maxRate')::numeric,
    p_input ->> 'availability',
    (p_input ->> 'minRating')::numeric,
    coalesce(p_input ->> 'sort', '')
  )::private.talent_search;
end;
$$;

-- Returns p_limit talents and the number of all, from the rows alone.
create function private.search_rows(
  s private.talent_search, p_hidden uuid[], p_after private.talent_rank, p_offset bigint,
  p_limit integer,
  out page uuid[], out total bigint
)
  language plpgsql
  stable
  set search_path = ''
as $$
declare
  v_all private.talent_rank[];
begin
  v_all := array(
    select m::private.talent_rank
    from private.matching_talents(s, null) as m
    where m.user_id <> all (p_hidden)
  );
  total := cardinality(v_all);
  if p_after.user_id is not null then
    v_all := array(
      select a::private.talent_rank
      from unnest(v_all) as a
      where private.comes_after(a, p_after, s)
    );
  end if;
  page := private.in_order(v_all, s, p_offset, p_limit);
end;
$$;

-- The same from the bitmaps, and from the rows of the talents that changed since.
create function private.search_bitmaps(
  s private.talent_search, x private.search_text, p_hidden uuid[], p_after private.talent_rank,
  p_offset bigint, p_limit integer,
  out page uuid[], out total bigint
)
  language plpgsql
  stable
  set search_path = ''
as $$
declare
  v_changed constant uuid[] := array(select distinct c.user_id from private.search_changes as c);
  v_reads constant private.search_reads := private.reads_of(s, x, p_hidden || v_changed);
  v_merged constant private.search_block := private.matches_of(v_reads);
  v_matches private.talent_rank[] := '{}';
  v_first bigint := p_offset;
begin
  if v_changed <> '{}' then
    v_matches := array(
      select m::private.talent_rank
      from private.matching_talents(s, v_changed) as m
      where m.user_id <> all (p_hidden)
    );
  end if;
  total := cardinality(v_matches) + v_merged.matches;

  if p_after.user_id is not null then
    v_matches := array(
      select c::private.talent_rank
      from unnest(v_matches) as c
      where private.comes_after(c, p_after, s)
    );
    page := private.talents_of_matches(v_reads, v_merged, s, p_after, 0, p_limit);
  else
    -- At most all of the changed talents come before the page, so it begins at v_first or later.
    v_first := greatest(p_offset - cardinality(v_matches), 0);
    page := private.talents_of_matches(
      v_reads, v_merged, s, null, v_first, (p_offset - v_first)::integer + p_limit
    );
  end if;

  if v_matches <> '{}' then
    page := private.in_order(
      array(select m::private.talent_rank from private.matching_talents(s, page) as m) || v_matches,
      s, case when p_after.user_id is null then p_offset - v_first else 0 end, p_limit
    );
  end if;
end;
$$;

-- Definer: creators have no rights on the tables of the search.
create function private.search_talents(p_input jsonb)
  returns json
  language plpgsql
  stable
  security definer
  set search_path = ''
  -- Planning these statements takes longer than running them.
  set plan_cache_mode = force_generic_plan
as $$
declare
  v_caller constant uuid := auth.uid();
  v_page constant integer := private.page_number(p_input);
  v_limit constant integer := least(private.page_limit(p_input, 20), 50);
  v_after constant private.talent_rank := private.try_search_cursor(p_input ->> 'cursor');
  v_hidden constant uuid[] := array(
    select b.blocked_id from public.user_blocks as b where b.blocker_id = v_caller
    union
    select b.blocker_id from public.user_blocks as b where b.blocked_id = v_caller
  );
  v_text private.search_text := private.read_search_text(p_input ->> 'q');
  v_search constant private.talent_search := private.search_of_input(p_input, v_text);
  v_found record;
  v_users json;
  v_next text;
begin
  if not v_text.is_possible then
    select '{}'::uuid[] as page, 0::bigint as total into v_found;
  elsif v_text.has_bitmaps then
    v_found := private.search_bitmaps(
      v_search, v_text, v_hidden, v_after, (v_page - 1)::bigint * v_limit, v_limit + 1
    );
  else
    v_found := private.search_rows(
      v_search, v_hidden, v_after, (v_page - 1)::bigint * v_limit, v_limit + 1
    );
  end if;

  select coalesce(
    json_agg(
      json_build_object(
        'id', p.id,
        'name', p.name,
        'professionalTitle', p.professional_title,
        'avatarUrl', p.avatar_url,
        'skills', p.skills,
        'hourlyRate', p.hourly_rate,
        'currency', 'USD',
        'availability', p.availability,
        'averageRating', p.average_rating,
        'totalReviews', p.total_reviews
      )
      order by r.place
    ),
    '[]'
  )
  into v_users
  from unnest(v_found.page[:v_limit]) with ordinality as r (user_id, place)
  join public.profiles as p on p.id = r.user_id;

  if cardinality(v_found.page) > v_limit then
    select private.search_cursor(m::private.talent_rank)
    into v_next
    from private.matching_talents(v_search, v_found.page[v_limit : v_limit]) as m;
  end if;

  return json_build_object(
    'users', v_users,
    'pagination', private.pagination(v_page, v_limit, v_found.total)
      || jsonb_build_object('hasNext', v_next is not null),
    'nextCursor', v_next
  );
end;
$$;

-- Called by api.search_talent after it checked that the caller is a creator.
grant execute on function
  private.search_talents(jsonb),
  private.search_field_errors(jsonb),
  private.try_search_cursor(text),
  private.check_number(jsonb, text, text, numeric, numeric)
to authenticated;

create function api.search_talent(
  q text default null, skills jsonb default null, "skillsMode" text default null,
  "minRate" jsonb default null, "maxRate" jsonb default null, availability text default null,
  "minRating" jsonb default null, sort text default null, page jsonb default null,
  "limit" jsonb default null, cursor text default null
)
  returns json
  language plpgsql
  stable
  set search_path = ''
as $$
declare
  v_input constant jsonb := private.input_of('search_talent', jsonb_build_object(
    'q', q, 'skills', skills, 'skillsMode', "skillsMode", 'minRate', "minRate",
    'maxRate', "maxRate", 'availability', availability, 'minRating', "minRating", 'sort', sort,
    'page', page, 'limit', "limit", 'cursor', cursor
  ));
  v_errors jsonb;
begin
  perform private.require_creator();

  v_errors := private.search_field_errors(v_input);
  if v_errors = '[]' and (v_input ->> 'minRate')::numeric > (v_input ->> 'maxRate')::numeric then
    v_errors := private.field_error('minRate', 'Minimum rate must not exceed maximum rate.');
  end if;
  perform private.raise_field_errors(v_errors);

  return private.search_talents(v_input);
end;
$$;

comment on function api.search_talent(
  text, jsonb, text, jsonb, jsonb, text, jsonb, text, jsonb, jsonb, text
) is
  'Returns a page of the talents that match. Deleted and banned talents, and those in a block with the
caller, are left out.
Requires: a creator.
q (at most 200 characters): words in name, title or bio; every word must be there. Case and accents do
not matter. The last word may be the beginning of a word. A word of five letters or more that no
profile contains also finds the words that differ in one letter.
skills: names from the list of skills; all of them, or any with skillsMode any. minRate and maxRate in
US dollars per hour; talents without a rate are left out. availability: available_now,
available_1_2_weeks, available_2_4_weeks or not_available. minRating: 1 to 5.
sort: averageRating, hourlyRate or createdAt, with - in front for descending. By default: talents who
are not available last, then matches in name or title first, then more of the skills (mode any), then
the better rated, then the newer.
page from 1. limit 20, at most 50. Instead of page, cursor: the nextCursor of an earlier response; the
list goes on behind its last talent, also when others changed meanwhile. It is a list of its own: page is 1
and hasPrev false; total and totalPages are those of the whole search.
Returns {users: [{id, name, professionalTitle, avatarUrl, skills, hourlyRate, currency, availability,
averageRating, totalReviews}], pagination, nextCursor}. The total is exact. nextCursor is null on the
last page.
Errors: VALIDATION_ERROR, CREATOR_ONLY, NOT_AUTHENTICATED, SESSION_REVOKED.';

grant execute on function api.search_talent(
  text, jsonb, text, jsonb, jsonb, text, jsonb, text, jsonb, jsonb, text
) to authenticated;
