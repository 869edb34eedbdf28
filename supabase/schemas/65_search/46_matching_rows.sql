-- Search in the rows of talents: for words that are rare, and for talents that changed since they were
-- merged into the bitmaps.

-- The place of a talent in the order of a search, as values that are compared one after the other,
-- smallest first. By relevance: those who are available, then those whose name or title match, then
-- those with more of the skills, then the better rated, then the newer. By another order: the value, then
-- the newer. Talents without the value come last either way.
create type private.talent_rank as (
  is_last integer,
  tier integer,
  missing_skills integer,
  cost numeric,
  age numeric,
  user_id uuid
);

-- Returns the places of the matching talents among p_user_ids. With null, of those that match the text,
-- through the index of words. One statement, because a function for each row takes longer than the rest.
create function private.matching_talents(s private.talent_search, p_user_ids uuid[])
  returns setof private.talent_rank
  language plpgsql
  stable
  set search_path = ''
as $$
declare
  v_by_relevance constant boolean := s.sort = '';
  v_user_ids uuid[] := p_user_ids;
begin
  if p_user_ids is null then
    v_user_ids := array(
      select t.user_id from private.searchable_talents as t where t.words @@ s.query
    );
  end if;

  return query
    select
      case when v_by_relevance and t.availability = 'not_available' then 1 else 0 end,
      case
        when v_by_relevance and s.query is not null and not t.words @@ s.head_query then 1
        else 0
      end,
      case
        when v_by_relevance and s.any_skill then (
          select count(*) from unnest(s.skills) as skill where skill <> all (t.skills)
        )::integer
        else 0
      end,
      coalesce(
        case s.sort
          when '' then -t.average_rating
          when '-averageRating' then -t.average_rating
          when 'averageRating' then t.average_rating
          when '-hourlyRate' then -t.hourly_rate
          when 'hourlyRate' then t.hourly_rate
          else 0
        end,
        'infinity'
      ),
      extract(epoch from t.created_at) * case s.sort when 'createdAt' then 1 else -1 end,
      t.user_id
    from private.searchable_talents as t
    where t.user_id = any (v_user_ids)
      and (s.query is null or t.words @@ s.query)
      and (t.banned_until is null or t.banned_until <= now())
      and (
        s.skills is null
        or case when s.any_skill then t.skills && s.skills else t.skills @> s.skills end
      )
      and (s.min_rate is null or t.hourly_rate >= s.min_rate)
      and (s.max_rate is null or t.hourly_rate <= s.max_rate)
      and (s.availability is null or t.availability = s.availability)
      and (s.min_rating is null or t.average_rating >= s.min_rating);
end;
$$;

-- Whether a comes after b. Of talents of the same age the one with the higher id comes first, or last in
-- the order of createdAt.
create function private.comes_after(
  a private.talent_rank, b private.talent_rank, s private.talent_search
)
  returns boolean
  language sql
  immutable
  parallel safe
  set search_path = ''
as $$
  select case
    when (a.is_last, a.tier, a.missing_skills, a.cost, a.age)
      = (b.is_last, b.tier, b.missing_skills, b.cost, b.age)
      then case s.sort when 'createdAt' then a.user_id > b.user_id else a.user_id < b.user_id end
    else (a.is_last, a.tier, a.missing_skills, a.cost, a.age)
      > (b.is_last, b.tier, b.missing_skills, b.cost, b.age)
  end
$$;

-- Returns the ids of p_limit of the talents in their order, after p_offset.
create function private.in_order(
  p_ranks private.talent_rank[], s private.talent_search, p_offset bigint, p_limit integer
)
  returns uuid[]
  language plpgsql
  immutable
  set search_path = ''
as $$
begin
  return array(
    select r.user_id
    from unnest(p_ranks) as r
    order by
      r.is_last, r.tier, r.missing_skills, r.cost, r.age,
      case s.sort when 'createdAt' then r.user_id end, r.user_id desc
    limit p_limit
    offset p_offset
  );
end;
$$;
