-- Release 0.2.0, from supabase/schemas/57_reviews. A later change is made there and in a migration of its own.


-- ── 57_reviews/10_reviews.sql ───────────────────────────────────────────────────────────────────

-- Reviews that creators write about talents after a completed project. A talent has one review from a
-- creator for each project. Deleting a review keeps its row, so that the history stays known even
-- where a second review replaced it.

create table public.reviews (
  id uuid primary key default gen_random_uuid(),
  talent_id uuid not null references public.profiles (id) on delete cascade,
  creator_id uuid not null default auth.uid() references public.profiles (id) on delete cascade,
  project_id uuid not null references public.projects (id) on delete cascade,
  rating integer not null,
  text text not null,
  created_at timestamptz not null default clock_timestamp(),
  updated_at timestamptz not null default clock_timestamp(),
  deleted_at timestamptz,

  constraint rating_is_1_to_5 check (rating between 1 and 5),
  constraint text_has_1_to_2000_characters check (char_length(text) between 1 and 2000)
);

comment on table public.reviews is
  'Reviews of talents by creators. Anyone can read them through api.list_reviews.';
comment on column public.reviews.rating is 'Stars: 1 to 5.';
comment on column public.reviews.deleted_at is
  'When its creator deleted it. Deleted reviews do not count and are not shown.';

create unique index reviews_one_per_project_key
  on public.reviews (creator_id, talent_id, project_id)
  where deleted_at is null;
create index reviews_talent_id_idx
  on public.reviews (talent_id, created_at desc, id desc)
  where deleted_at is null;
create index reviews_talent_id_rating_idx
  on public.reviews (talent_id, rating, id)
  where deleted_at is null;
create index reviews_all_of_talent_idx on public.reviews (talent_id);
create index reviews_creator_id_idx on public.reviews (creator_id, created_at desc, id desc);
create index reviews_project_id_idx on public.reviews (project_id);
create index reviews_rating_idx on public.reviews (rating);

alter table public.reviews enable row level security;

create policy all_live_session on public.reviews
  as restrictive for all to authenticated
  using ((select private.session_is_live()))
  with check ((select private.session_is_live()));

create policy select_everybody on public.reviews
  for select to authenticated
  using (deleted_at is null);

create policy insert_creator on public.reviews
  for insert to authenticated
  with check (creator_id = (select auth.uid()));

create policy update_author on public.reviews
  for update to authenticated
  using (deleted_at is null and creator_id = (select auth.uid()))
  with check (creator_id = (select auth.uid()));

-- The author is the caller, by default. Deleting is api.delete_review: the row stays.
grant select on public.reviews to authenticated;
grant insert (talent_id, project_id, rating, text) on public.reviews to authenticated;
grant update (rating, text) on public.reviews to authenticated;
grant select, insert, update, delete on public.reviews to service_role;


-- ── 57_reviews/20_review_rules.sql ──────────────────────────────────────────────────────────────

-- Who may review whom and what a review may hold, for every path.

-- A whole number of stars. An absent key is not checked.
create function private.check_rating(p_input jsonb)
  returns jsonb
  language plpgsql
  immutable
  set search_path = ''
as $$
declare
  v_rating constant jsonb := p_input -> 'rating';
begin
  return case
    when v_rating is null or v_rating in ('1', '2', '3', '4', '5') then '[]'
    when v_rating = 'null' then private.field_error('rating', 'Rating is required.')
    else private.field_error('rating', 'Rating must be a whole number from 1 to 5.')
  end;
end;
$$;

create function private.review_field_errors(p_input jsonb)
  returns jsonb
  language plpgsql
  immutable
  set search_path = ''
as $$
begin
  return private.check_uuid(p_input, 'talentId', 'Talent id')
    || private.check_uuid(p_input, 'projectId', 'Project id')
    || private.check_rating(p_input)
    || private.check_text(p_input, 'text', 'Text', 1, 2000);
end;
$$;

-- Pure; triggers and api functions run them as the caller.
grant execute on function
  private.review_field_errors(jsonb),
  private.check_rating(jsonb)
to authenticated, service_role;

create function private.tg_reviews__normalise()
  returns trigger
  language plpgsql
  set search_path = ''
as $$
begin
  new.text := private.clean_text(new.text);
  return new;
end;
$$;

create trigger _100_normalise
  before insert or update of text on public.reviews
  for each row
  execute function private.tg_reviews__normalise();

-- Raises CREATOR_ONLY instead of a bare policy error.
create function private.tg_reviews__creators_only()
  returns trigger
  language plpgsql
  set search_path = ''
as $$
begin
  perform private.require_creator();
  return new;
end;
$$;

create trigger _200_creators_only
  before insert on public.reviews
  for each row
  when (current_user = 'authenticated')
  execute function private.tg_reviews__creators_only();

create function private.tg_reviews__validate()
  returns trigger
  language plpgsql
  set search_path = ''
as $$
begin
  perform private.raise_field_errors(private.review_field_errors(jsonb_build_object(
    'talentId', new.talent_id, 'projectId', new.project_id, 'rating', new.rating, 'text', new.text
  )));
  return new;
end;
$$;

create trigger _210_validate
  before insert or update of rating, text on public.reviews
  for each row
  execute function private.tg_reviews__validate();

-- The project must be the author's own and completed, and the talent must have been on its team when it
-- was completed, or have an approved deliverable in it. Definer: reads memberships and deliverables
-- that are long over.
create function private.tg_reviews__worked_together()
  returns trigger
  language plpgsql
  security definer
  set search_path = ''
as $$
declare
  v_project public.projects;
begin
  -- Held, so that the project is still completed when the review is there.
  select p.*
  into v_project
  from public.projects as p
  where p.id = new.project_id and p.deleted_at is null
  for share;

  if not found then
    raise sqlstate 'PT404' using
      message = 'Project not found.',
      hint = 'NOT_FOUND';
  end if;

  if v_project.creator_id <> new.creator_id then
    raise sqlstate 'PT403' using
      message = 'You can review talents only for your own projects.',
      hint = 'FORBIDDEN';
  end if;

  if v_project.status <> 'completed'
    or not private.has_worked(new.talent_id, v_project.id, v_project.completed_at)
  then
    raise sqlstate 'PT400' using
      message = 'You have no completed project with this talent.',
      hint = 'NO_COMPLETED_PROJECT';
  end if;

  if exists (
    select
    from public.reviews as r
    where r.creator_id = new.creator_id
      and r.talent_id = new.talent_id
      and r.project_id = new.project_id
      and r.deleted_at is null
  ) then
    raise sqlstate 'PT400' using
      message = 'You have already reviewed this talent for this project.',
      hint = 'ALREADY_REVIEWED';
  end if;

  return new;
end;
$$;

create trigger _220_worked_together
  before insert on public.reviews
  for each row
  execute function private.tg_reviews__worked_together();

create function private.has_worked(
  p_talent_id uuid, p_project_id uuid, p_completed_at timestamptz
)
  returns boolean
  language plpgsql
  stable
  security definer
  set search_path = ''
as $$
begin
  return private.account_exists(p_talent_id) and (
    exists (
      select
      from public.project_members as m
      where m.project_id = p_project_id
        and m.user_id = p_talent_id
        and m.joined_at <= p_completed_at
        and (m.removed_at is null or m.removed_at >= p_completed_at)
    )
    or exists (
      select
      from public.deliverables as d
      where d.project_id = p_project_id
        and d.submitted_by_id = p_talent_id
        and d.status = 'approved'
        and d.deleted_at is null
    )
  );
end;
$$;

create trigger _310_touch
  before update of rating, text on public.reviews
  for each row
  when ((old.rating, old.text) is distinct from (new.rating, new.text))
  execute function private.tg__touch();


-- ── 57_reviews/30_rating_totals.sql ─────────────────────────────────────────────────────────────

-- Keeps a talent's rating beside the profile: how many reviews there are of each number of stars, their sum
-- and their average. Changes under the profile's row lock, so it is exact however many creators
-- review at once; lists and search never count reviews.

alter table public.profiles
  add column rating_counts integer[] not null default '{0,0,0,0,0}',
  add constraint rating_counts_are_five check (
    cardinality(rating_counts) = 5 and 0 <= all (rating_counts)
  );

comment on column public.profiles.rating_counts is
  'How many reviews have 1, 2, 3, 4 and 5 stars.';

create function private.tg_reviews__count()
  returns trigger
  language plpgsql
  security definer
  set search_path = ''
as $$
declare
  v_counts integer[];
  v_total integer;
begin
  select p.rating_counts
  into v_counts
  from public.profiles as p
  where p.id = new.talent_id
  for no key update;

  if tg_op = 'UPDATE' and old.deleted_at is null then
    v_counts[old.rating] := v_counts[old.rating] - 1;
  end if;
  if new.deleted_at is null then
    v_counts[new.rating] := v_counts[new.rating] + 1;
  end if;

  v_total := (select sum(c) from unnest(v_counts) as c);

  update public.profiles
  set
    rating_counts = v_counts,
    total_reviews = v_total,
    average_rating = (
      select round(sum(c * stars)::numeric / nullif(v_total, 0), 1)
      from unnest(v_counts) with ordinality as counted (c, stars)
    )
  where id = new.talent_id;

  return null;
end;
$$;

create trigger _500_count
  after insert on public.reviews
  for each row
  execute function private.tg_reviews__count();

create trigger _501_count_changes
  after update of rating, deleted_at on public.reviews
  for each row
  when ((old.rating, old.deleted_at) is distinct from (new.rating, new.deleted_at))
  execute function private.tg_reviews__count();


-- ── 57_reviews/40_documents.sql ─────────────────────────────────────────────────────────────────

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


-- ── 57_reviews/50_operations.sql ────────────────────────────────────────────────────────────────

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


-- ── 57_reviews/70_notifications.sql ─────────────────────────────────────────────────────────────

-- The notification of a new review.

create function private.tg_reviews__notify_received()
  returns trigger
  language plpgsql
  security definer
  set search_path = ''
as $$
begin
  perform private.notify(
    new.talent_id, new.creator_id, 'review_received', 'New Review',
    format(
      '%s reviewed your work on %s: %s of 5 stars',
      private.card_name(new.creator_id), p.name, new.rating
    ),
    'review', new.id, jsonb_build_object('projectId', new.project_id),
    jsonb_build_object('projectName', p.name, 'rating', new.rating, 'text', new.text)
  )
  from public.projects as p
  where p.id = new.project_id;

  return null;
end;
$$;

create trigger _900_notify_received
  after insert on public.reviews
  for each row
  execute function private.tg_reviews__notify_received();
