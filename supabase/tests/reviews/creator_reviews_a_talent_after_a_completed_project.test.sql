begin;
select plan(25);

create temporary table s as select * from tests.stage();
grant select on s to authenticated, anon;

-- Acting as the creator
select tests.act_as((select creator from s));
select is(
  tests.error_of('select api.create_review() from s') -> 'fields',
  '["projectId", "rating", "talentId", "text"]',
  'A review without anything names every missing field'
);
select is(
  tests.error_of(
    'select api.create_review(talent::text, ''nonsense'', ''5.5'', repeat(''x'', 2001)) from s'
  ) -> 'fields',
  '["projectId", "rating", "text"]',
  'A review names every bad field'
);
select is(
  tests.error_of('select api.create_review(talent::text, project::text, ''5'', ''Great'') from s'),
  '{"state": "PT400", "code": "NO_COMPLETED_PROJECT", "fields": null}',
  'A project that is not completed allows no review'
);
select api.update_project(project::text, '{"status": "completed"}') from s;
create temporary table r as
select api.create_review(talent::text, project::text, '5', ' Great work ') as review from s;
grant select on r to authenticated, anon;
select is(
  review - '{id,createdAt,updatedAt}'::text[],
  jsonb_build_object(
    'talentId', talent, 'projectId', project, 'rating', 5, 'text', 'Great work',
    'creator', jsonb_build_object('id', creator, 'name', 'Iris', 'avatarUrl', null)
  ),
  'A review has the documented shape'
) from r, s;
select is(
  tests.error_of('select api.create_review(talent::text, project::text, ''4'', ''Again'') from s'),
  '{"state": "PT400", "code": "ALREADY_REVIEWED", "fields": null}',
  'A second review of the same talent for the same project is refused'
);
select is(
  tests.error_of(
    'insert into public.reviews (talent_id, project_id, rating, text) select talent, project, 4, ''Again'' from s'
  ) ->> 'code',
  'ALREADY_REVIEWED',
  'A direct insert follows the same rule'
);
select is(
  tests.error_of('select api.create_review(stranger::text, project::text, ''1'', ''Who?'') from s') ->> 'code',
  'NO_COMPLETED_PROJECT',
  'A talent who never worked on the project cannot be reviewed'
);
select is(
  tests.error_of(
    'select api.create_review(talent::text, gen_random_uuid()::text, ''5'', ''Great'') from s'
  ) ->> 'code',
  'NOT_FOUND',
  'An unknown project is not found'
);

-- The public list
select tests.act_as_anon();
select is(
  api.list_reviews(talent::text) #- '{reviews,0,id}' #- '{reviews,0,createdAt}' #- '{reviews,0,updatedAt}',
  jsonb_build_object(
    'averageRating', 5.0, 'totalReviews', 1,
    'reviewDistribution', '{"1": 0, "2": 0, "3": 0, "4": 0, "5": 1}'::jsonb,
    'reviews', jsonb_build_array(jsonb_build_object(
      'creator', jsonb_build_object('id', creator, 'name', 'Iris', 'avatarUrl', null),
      'rating', 5, 'text', 'Great work'
    )),
    'pagination', '{"page": 1, "limit": 20, "total": 1, "totalPages": 1, "hasNext": false, "hasPrev": false}'::jsonb
  ),
  'Anonymous callers read reviews with the average and the distribution, without the project'
) from s;
select is(
  tests.error_of('select api.list_reviews(creator::text) from s') ->> 'code', 'PROFILE_PRIVATE',
  'Creators have no reviews'
);
select is(
  tests.error_of('select api.list_reviews(gen_random_uuid()::text)') ->> 'code', 'NOT_FOUND',
  'Reviews of an unknown user are not found'
);
select is(
  tests.error_of('select api.list_reviews(''x'', ''0'', ''0'', ''text'')') -> 'fields',
  '["limit", "page", "sort", "userId"]',
  'The list names every bad argument'
);
select throws_ok(
  'select * from public.reviews', '42501', null, 'Anonymous callers have no right on the table'
);

-- Acting as others
select tests.act_as((select talent from s));
select is(
  tests.error_of('select api.create_review(colleague::text, project::text, ''5'', ''Nice'') from s') ->> 'code',
  'CREATOR_ONLY',
  'Talents write no reviews'
);
select is(
  tests.error_of('select api.update_review(review ->> ''id'', ''{"rating": 5}'') from r') ->> 'code',
  'FORBIDDEN',
  'The talent cannot change the review'
);
select is(
  (select count(*) from public.notifications where type = 'review_received'), 1::bigint,
  'The talent has one notification about the review'
);
select tests.act_as((select other_creator from s));
select is(
  jsonb_build_array(
    tests.error_of('select api.create_review(talent::text, project::text, ''1'', ''Bad'') from s') ->> 'code',
    tests.error_of('select api.delete_review(review ->> ''id'') from r') ->> 'code',
    tests.error_of('select api.update_review(review ->> ''id'', ''{"text": "Bad"}'') from r') ->> 'code'
  ),
  '["FORBIDDEN", "FORBIDDEN", "FORBIDDEN"]',
  'Another creator can neither review for this project nor touch the review'
);
update public.reviews set text = 'Bad';
select is(
  (select text from public.reviews), 'Great work',
  'A direct update by another creator changes nothing'
);

-- The author changes and deletes it
select tests.act_as((select creator from s));
select is(
  api.update_review(review ->> 'id', '{"rating": 2}') ->> 'text', 'Great work',
  'A patch leaves what it does not name'
) from r;
select is(
  tests.error_of('select api.update_review(review ->> ''id'', ''{"rating": 0, "talentId": null}'') from r') -> 'fields',
  '["rating", "talentId"]',
  'A patch names every bad field'
);
select is(
  (select jsonb_build_array(average_rating, total_reviews, rating_counts) from public.profiles, s where id = talent),
  '[2.0, 1, [0, 1, 0, 0, 0]]',
  'The profile follows the changed rating'
);
select api.delete_review(review ->> 'id') from r;
select is(
  (select jsonb_build_array(average_rating, total_reviews, rating_counts) from public.profiles, s where id = talent),
  '[null, 0, [0, 0, 0, 0, 0]]',
  'A deleted review does not count'
);
select is(
  tests.error_of('select api.delete_review(review ->> ''id'') from r') ->> 'code', 'NOT_FOUND',
  'A deleted review is not found'
);
select isnt(
  api.create_review(talent::text, project::text, '3', 'On second thought') ->> 'id',
  (select review ->> 'id' from r),
  'After deleting, the creator may review again'
) from s;
select is(
  tests.peek('select count(*) from public.reviews'), '2', 'The deleted review stays in the history'
);

select * from finish();
rollback;
