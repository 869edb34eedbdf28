-- Reviews in the shapes the API returns.

create function private.review_document(p_review public.reviews)
  returns jsonb
  language sql
  stable
  set search_path = ''
as $$
  select jsonb_build_object(
    'id', p_review.id,
    'talentId', p_review.talent_id,
    'creator', private.card(p_review.creator_id),
    'projectId', p_review.project_id,
    'rating', p_review.rating,
    'text', p_review.text,
    'createdAt', private.iso(p_review.created_at),
    'updatedAt', private.iso(p_review.updated_at)
  )
$$;

-- Runs as the caller, with the caller's rights.
grant execute on function private.review_document(public.reviews) to authenticated, service_role;

-- {"5": 10, "4": 3, …}
create function private.rating_distribution(p_counts integer[])
  returns jsonb
  language sql
  immutable
  parallel safe
  set search_path = ''
as $$
  select jsonb_object_agg(stars::text, c)
  from unnest(p_counts) with ordinality as counted (c, stars)
$$;

-- A page of a talent's reviews for everybody, also for anonymous callers: without the project, and of
-- the creator nothing but the card. Definer: anonymous callers have no right on any table.
create function private.reviews_of(
  p_talent_id uuid, p_order text, p_page integer, p_limit integer
)
  returns jsonb
  language plpgsql
  stable
  security definer
  set search_path = ''
as $$
declare
  v_talent public.profiles;
  v_reviews jsonb;
begin
  select p.*
  into v_talent
  from public.profiles as p
  where p.id = p_talent_id and p.deleted_at is null;

  if not found then
    raise sqlstate 'PT404' using
      message = 'User not found.',
      hint = 'NOT_FOUND';
  end if;

  if v_talent.user_type <> 'talent' then
    raise sqlstate 'PT403' using
      message = 'Creators have no reviews.',
      hint = 'PROFILE_PRIVATE';
  end if;

  execute format(
    'select coalesce(jsonb_agg(page.document order by page.place), ''[]'') from ('
      || 'select row_number() over () as place, '
      || 'private.review_document(r) - array[''talentId'', ''projectId''] as document from ('
      || 'select * from public.reviews where talent_id = $1 and deleted_at is null '
      || 'order by %s limit %s offset %s) as r) as page',
    p_order, p_limit, (p_page - 1)::bigint * p_limit
  )
  into v_reviews
  using p_talent_id;

  return jsonb_build_object(
    'averageRating', v_talent.average_rating,
    'totalReviews', v_talent.total_reviews,
    'reviewDistribution', private.rating_distribution(v_talent.rating_counts),
    'reviews', v_reviews,
    'pagination', private.pagination(p_page, p_limit, v_talent.total_reviews)
  );
end;
$$;

-- Shows what anybody may see; p_order is the calling function's own text.
grant execute on function
  private.reviews_of(uuid, text, integer, integer)
to anon, authenticated, service_role;
