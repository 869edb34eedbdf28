-- Reviews as the JSON that the API returns.

create function private.review_document(p_review public.reviews)
  returns jsonb
  language plpgsql
  stable
  set search_path = ''
as $$
begin
  return jsonb_build_object(
    'id', p_review.id,
    'talentId', p_review.talent_id,
    'creator', (
      select jsonb_build_object('id', c.id, 'name', c.name, 'avatarUrl', c.avatar_url)
      from private.cards as c
      where c.id = p_review.creator_id
    ),
    'projectId', p_review.project_id,
    'rating', p_review.rating,
    'text', p_review.text,
    'createdAt', private.iso(p_review.created_at),
    'updatedAt', private.iso(p_review.updated_at)
  );
end;
$$;

-- Runs as the caller, with the caller's rights.
grant execute on function private.review_document(public.reviews) to authenticated, service_role;

-- {"5": 10, "4": 3, …}
create function private.rating_distribution(p_counts integer[])
  returns jsonb
  language plpgsql
  immutable
  parallel safe
  set search_path = ''
as $$
begin
  return (
    select jsonb_object_agg(stars::text, c)
    from unnest(p_counts) with ordinality as counted (c, stars)
  );
end;
$$;

-- Reviews as everyone sees them: without talent and project.
create view private.public_review_documents with (security_invoker = true) as
  select
    r.id,
    r.talent_id,
    r.created_at,
    r.rating,
    private.review_document(r) - array['talentId', 'projectId'] as document
  from public.reviews as r
  where r.deleted_at is null;

comment on view private.public_review_documents is 'Reviews as everyone sees them.';

grant select on private.public_review_documents to authenticated;

-- Returns what a profile shows of its reviews, besides their number and average.
create function private.review_summary(p_user_id uuid)
  returns jsonb
  language sql
  stable
  set search_path = ''
as $$
  select jsonb_build_object(
    'reviewDistribution', (
      select private.rating_distribution(p.rating_counts)
      from public.profiles as p
      where p.id = p_user_id
    ),
    'latestReviews', coalesce(
      (
        select jsonb_agg(latest.document order by latest.created_at desc, latest.id desc)
        from (
          select d.document, d.created_at, d.id
          from private.public_review_documents as d
          where d.talent_id = p_user_id
          order by d.created_at desc, d.id desc
          limit 3
        ) as latest
      ),
      '[]'
    )
  )
$$;

-- Runs as the caller, under the caller's policies.
grant execute on function
  private.rating_distribution(integer[]),
  private.review_summary(uuid)
to authenticated;

-- Returns a page of a talent's reviews, also to anonymous callers: with only the card of the creator.
-- Definer: anonymous callers have no right on any table.
create function private.list_reviews(p_input jsonb)
  returns jsonb
  language plpgsql
  stable
  security definer
  set search_path = ''
as $$
declare
  v_sorts constant jsonb := '{"createdAt": "created_at", "rating": "rating"}';
  v_talent public.profiles;
  v_page record;
begin
  perform private.raise_field_errors(
    private.check_uuid(p_input, 'userId', 'User id')
    || private.check_page(p_input)
    || private.check_sort(p_input, v_sorts)
  );

  select p.*
  into v_talent
  from public.profiles as p
  where p.id = (p_input ->> 'userId')::uuid and p.deleted_at is null;

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

  v_page := private.page_of_documents(
    'private.public_review_documents',
    'talent_id = $1',
    private.order_clause(coalesce(p_input ->> 'sort', '-createdAt'), v_sorts),
    private.page_number(p_input), private.page_limit(p_input, 20),
    v_talent.id
  );

  return jsonb_build_object(
    'averageRating', v_talent.average_rating,
    'totalReviews', v_talent.total_reviews,
    'reviewDistribution', private.rating_distribution(v_talent.rating_counts),
    'reviews', v_page.documents,
    'pagination', v_page.pagination
  );
end;
$$;

comment on function private.list_reviews(jsonb) is
  'Backs api.list_reviews. Executable by anonymous callers: reviews are public.';

grant execute on function
  private.list_reviews(jsonb)
to anon, authenticated, service_role;
