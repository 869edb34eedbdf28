-- GET /users/:userId/reviews and /reviews.

create function api.list_reviews(
  "userId" text default null, page jsonb default null, "limit" jsonb default null,
  sort text default null
)
  returns jsonb
  language plpgsql
  stable
  set search_path = ''
as $$
begin
  return private.list_reviews(private.input_of('list_reviews', jsonb_build_object(
    'userId', "userId", 'page', page, 'limit', "limit", 'sort', sort
  )));
end;
$$;

comment on function api.list_reviews(text, jsonb, jsonb, text) is
  'Returns the reviews of a talent with their average and distribution. Anonymous callers allowed.
page from 1. limit 20, at most 100. sort: createdAt, rating, with - in front for descending; newest
first by default.
Returns {averageRating, totalReviews, reviewDistribution: {"1": n, … "5": n}, reviews: [{id, creator,
rating, text, createdAt, updatedAt}], pagination}. averageRating has one decimal and is null without
reviews.
Errors: VALIDATION_ERROR, NOT_FOUND, PROFILE_PRIVATE for a creator.';

create function api.create_review(
  "talentId" text default null, "projectId" text default null, rating jsonb default null,
  text text default null
)
  returns jsonb
  language plpgsql
  volatile
  set search_path = ''
as $$
declare
  v_input constant jsonb := private.input_of('create_review', jsonb_build_object(
    'talentId', "talentId", 'projectId', "projectId", 'rating', rating, 'text', text
  ));
  v_answer jsonb;
  v_review public.reviews;
begin
  perform private.require_creator();

  v_answer := private.earlier_answer('create_review', v_input);
  if v_answer is not null then
    return v_answer;
  end if;

  perform private.raise_field_errors(
    private.check_keys(v_input, array['talentId', 'projectId', 'rating', 'text'])
    || private.review_field_errors(v_input)
  );

  begin
    insert into public.reviews (talent_id, project_id, rating, text)
    values ("talentId"::uuid, "projectId"::uuid, rating::integer, create_review.text)
    returning *
    into v_review;
  exception
    -- A concurrent request of the same creator inserted first.
    when unique_violation then
      raise sqlstate 'PT400' using
        message = 'You have already reviewed this talent for this project.',
        hint = 'ALREADY_REVIEWED';
  end;

  return private.keep_answer(private.review_document(v_review));
end;
$$;

comment on function api.create_review(text, text, jsonb, text) is
  'Creates a review of a talent for one of the caller''s completed projects and returns it.
Requires: the project''s creator; the project is completed; the talent was on its team at that time or
has an approved deliverable in it. One review per talent and project.
rating: 1 to 5. text: 1 to 2000 characters.
With the header Idempotency-Key a repetition within 24 hours returns the first answer.
Returns {id, talentId, creator, projectId, rating, text, createdAt, updatedAt}.
Errors: VALIDATION_ERROR, ALREADY_REVIEWED, NO_COMPLETED_PROJECT, CREATOR_ONLY, FORBIDDEN for another
creator''s project, NOT_FOUND, CONFLICT, NOT_AUTHENTICATED, SESSION_REVOKED.';

-- Raises NOT_FOUND for a missing or deleted review, FORBIDDEN for a review of another creator.
create function private.require_own_review(p_review_id uuid)
  returns void
  language plpgsql
  stable
  security definer
  set search_path = ''
as $$
declare
  v_creator_id uuid;
begin
  select r.creator_id
  into v_creator_id
  from public.reviews as r
  where r.id = p_review_id and r.deleted_at is null;

  if not found then
    raise sqlstate 'PT404' using
      message = 'Review not found.',
      hint = 'NOT_FOUND';
  end if;

  if v_creator_id is distinct from auth.uid() then
    raise sqlstate 'PT403' using
      message = 'Only the author of a review can change or delete it.',
      hint = 'FORBIDDEN';
  end if;
end;
$$;

create function private.delete_review(p_review_id uuid)
  returns void
  language plpgsql
  security definer
  set search_path = ''
as $$
begin
  perform private.require_own_review(p_review_id);
  update public.reviews set deleted_at = now() where id = p_review_id and deleted_at is null;

  -- A concurrent deletion was first.
  if not found then
    raise sqlstate 'PT404' using
      message = 'Review not found.',
      hint = 'NOT_FOUND';
  end if;
end;
$$;

-- Called by api functions as the caller; they check that the review is the caller's.
grant execute on function
  private.require_own_review(uuid),
  private.delete_review(uuid)
to authenticated;

create function api.update_review("reviewId" text default null, patch jsonb default null)
  returns jsonb
  language plpgsql
  volatile
  set search_path = ''
as $$
declare
  v_id uuid;
  v_review public.reviews;
begin
  perform private.require_session();
  perform private.require_ids(jsonb_build_object('reviewId', "reviewId"));
  v_id := "reviewId"::uuid;
  perform private.require_own_review(v_id);

  perform private.raise_field_errors(
    private.check_keys(patch, array['rating', 'text'])
    || private.check_rating(patch)
    || private.check_text(patch, 'text', 'Text', 1, 2000)
  );

  update public.reviews
  set
    rating = coalesce((patch ->> 'rating')::integer, reviews.rating),
    text = coalesce(patch ->> 'text', reviews.text)
  where id = v_id
  returning *
  into v_review;

  return private.review_document(v_review);
end;
$$;

comment on function api.update_review(text, jsonb) is
  'Updates a review and returns it. Requires: the author of the review.
patch: {rating?, text?}, as in create_review. There is no time limit.
Errors: VALIDATION_ERROR, NOT_FOUND, FORBIDDEN, NOT_AUTHENTICATED, SESSION_REVOKED.';

create function api.delete_review("reviewId" text default null)
  returns void
  language plpgsql
  volatile
  set search_path = ''
as $$
begin
  perform private.require_session();
  perform private.require_ids(jsonb_build_object('reviewId', "reviewId"));
  perform private.delete_review("reviewId"::uuid);
end;
$$;

comment on function api.delete_review(text) is
  'Deletes a review: it is no longer shown and no longer counts. Requires: the author of the review.
The creator may review the same talent for the same project again.
Errors: VALIDATION_ERROR, NOT_FOUND, FORBIDDEN, NOT_AUTHENTICATED, SESSION_REVOKED.';

grant execute on function
  api.list_reviews(text, jsonb, jsonb, text)
to anon, authenticated, service_role;
grant execute on function
  api.create_review(text, text, jsonb, text),
  api.update_review(text, jsonb),
  api.delete_review(text)
to authenticated;
