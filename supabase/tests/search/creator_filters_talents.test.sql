begin;
select plan(96);

select tests.hide_other_talents();
create temporary table c (creator uuid, talent uuid);
grant select on c to authenticated;
insert into c select tests.sign_up('Iris', 'creator');

update c set talent = tests.add_talent(
  'Ann',
  '{"skills": ["Figma", "UI Design"], "rate": 40, "availability": "available_now", "rating": 4.5}', 50
);
select tests.add_talent(
  'Bob', '{"skills": ["Figma"], "rate": 80, "availability": "not_available", "rating": 5}', 40
);
select tests.add_talent(
  'Cat', '{"skills": ["UI Design", "Illustration"], "availability": "available_1_2_weeks"}', 30
);
select tests.add_talent('Dan', '{
  "skills": ["Figma", "UI Design", "Illustration"], "rate": 60.5, "rating": 4.5,
  "availability": "available_2_4_weeks"
}', 20);
select tests.add_talent('Eve', '{"rate": 5, "rating": 3.9}', 10);

create temporary table cases (place serial, what text, arguments jsonb, expected text[]);
grant select on cases to authenticated;
insert into cases (what, arguments, expected) values
  ('By default the available come first, then the better rated, then the newer', '{}', '{Dan,Ann,Eve,Cat,Bob}'),
  ('An empty text is no text', '{"q": "  "}', '{Dan,Ann,Eve,Cat,Bob}'),
  ('All of the skills', '{"skills": ["Figma", "UI Design"]}', '{Dan,Ann}'),
  ('Skills without regard to case, and once each', '{"skills": ["figma", "FIGMA"]}', '{Dan,Ann,Bob}'),
  ('An empty list of skills is no filter', '{"skills": []}', '{Dan,Ann,Eve,Cat,Bob}'),
  ('Any of two skills: those with both first', '{"skills": ["Figma", "UI Design"], "skillsMode": "any"}', '{Dan,Ann,Cat,Bob}'),
  ('Any of three skills', '{"skills": ["Illustration", "UI Design", "Figma"], "skillsMode": "any"}', '{Dan,Ann,Cat,Bob}'),
  ('Any of one skill', '{"skills": ["Illustration"], "skillsMode": "any"}', '{Dan,Cat}'),
  ('Any without skills is no filter', '{"skillsMode": "any"}', '{Dan,Ann,Eve,Cat,Bob}'),
  ('A minimum rate contains itself', '{"minRate": 40}', '{Dan,Ann,Bob}'),
  ('A minimum rate with cents', '{"minRate": 40.01}', '{Dan,Bob}'),
  ('A maximum rate contains itself', '{"maxRate": 60.5}', '{Dan,Ann,Eve}'),
  ('A maximum rate with cents', '{"maxRate": 60.49}', '{Ann,Eve}'),
  ('Equal bounds find one rate', '{"minRate": 60.5, "maxRate": 60.5}', '{Dan}'),
  ('Bounds between two rates find none', '{"minRate": 61, "maxRate": 79.99}', '{}'),
  ('A minimum of 0 leaves out only those without a rate', '{"minRate": 0}', '{Dan,Ann,Eve,Bob}'),
  ('A maximum above all rates leaves out only those without a rate', '{"maxRate": 9999}', '{Dan,Ann,Eve,Bob}'),
  ('A minimum rating contains itself', '{"minRating": 4.5}', '{Dan,Ann,Bob}'),
  ('A minimum rating with hundredths', '{"minRating": 4.51}', '{Bob}'),
  ('A bound with any number of decimals', '{"minRating": 4.5000000000000000001}', '{Bob}'),
  ('A minimum rating of 1 leaves out only those without reviews', '{"minRating": 1}', '{Dan,Ann,Eve,Bob}'),
  ('One availability', '{"availability": "available_now"}', '{Ann}'),
  ('Those who are not available can be asked for', '{"availability": "not_available"}', '{Bob}'),
  ('All filters together', '{"skills": ["Figma"], "maxRate": 70, "minRating": 4, "availability": "available_now"}', '{Ann}'),
  ('By rate', '{"sort": "hourlyRate"}', '{Eve,Ann,Dan,Bob,Cat}'),
  ('By rate, descending; without a rate last', '{"sort": "-hourlyRate"}', '{Bob,Dan,Ann,Eve,Cat}'),
  ('By rating; of equals the newer first', '{"sort": "averageRating"}', '{Eve,Dan,Ann,Bob,Cat}'),
  ('By rating, descending; without reviews last', '{"sort": "-averageRating"}', '{Bob,Dan,Ann,Eve,Cat}'),
  ('By age of the account', '{"sort": "createdAt"}', '{Ann,Bob,Cat,Dan,Eve}'),
  ('By age of the account, descending', '{"sort": "-createdAt"}', '{Eve,Dan,Cat,Bob,Ann}');

select tests.act_as((select creator from c));
select is(
  array[tests.names_in(page)::text, page #>> '{pagination,total}'],
  array[expected::text, cardinality(expected)::text],
  what || ' (rows)'
)
from cases
cross join lateral tests.search(arguments) as page
order by place;

select tests.index_search('merged');
select is(
  array[tests.names_in(page)::text, page #>> '{pagination,total}'],
  array[expected::text, cardinality(expected)::text],
  what || ' (merged)'
)
from cases
cross join lateral tests.search(arguments) as page
order by place;

select tests.index_search('rebuilt');
select is(
  array[tests.names_in(page)::text, page #>> '{pagination,total}'],
  array[expected::text, cardinality(expected)::text],
  what || ' (rebuilt)'
)
from cases
cross join lateral tests.search(arguments) as page
order by place;

select is(
  (tests.search('{"availability": "available_now"}') -> 'users' -> 0) - 'id',
  '{
    "name": "Ann", "professionalTitle": null, "avatarUrl": null, "skills": ["Figma", "UI Design"],
    "hourlyRate": 40.00, "currency": "USD", "availability": "available_now", "averageRating": 4.5,
    "totalReviews": 1
  }',
  'A talent has the documented shape'
);
select is(
  tests.error_of('select tests.search(''{
    "skills": ["Figma", "Juggling"], "skillsMode": "some", "minRate": -1, "maxRate": "much",
    "availability": "always", "minRating": 5.5, "sort": "name", "page": 0, "limit": 1.5, "cursor": "?"
  }'')') -> 'fields',
  '["availability", "cursor", "limit", "maxRate", "minRate", "minRating", "page", "skills",
    "skillsMode", "sort"]',
  'Every invalid argument is named at once'
);
select is(
  jsonb_build_array(
    tests.error_of('select tests.search(''{"minRate": 60.01, "maxRate": 60}'')') -> 'fields',
    tests.error_of('select tests.search(''{"skills": "Figma"}'')') -> 'fields',
    tests.error_of('select tests.search(''{"skills": ["Figma", 7]}'')') -> 'fields',
    tests.error_of('select tests.search(jsonb_build_object(''q'', repeat(''x'', 201)))') -> 'fields',
    tests.error_of('select tests.search(''{"minRating": 0.9}'')') -> 'fields',
    tests.error_of('select tests.search(''{"minRate": true}'')') -> 'fields',
    tests.error_of('select tests.search(jsonb_build_object(
      ''skills'', (select jsonb_agg(name) from (select name from public.skills limit 11) as s)
    ))') -> 'fields'
  ),
  '[["minRate"], ["skills"], ["skills[1]"], ["q"], ["minRating"], ["minRate"], ["skills"]]',
  'A minimum above the maximum, other types and too much are refused'
);
select is(
  tests.search(jsonb_build_object('q', repeat('x', 200))) #>> '{pagination,total}', '0',
  'A text of 200 characters is not too long'
);

-- Acting as others
select tests.act_as((select talent from c));
select is(
  tests.error_of('select api.search_talent()'),
  '{"state": "PT403", "code": "CREATOR_ONLY", "fields": null}',
  'Talents cannot search'
);
select tests.act_as_anon();
select throws_ok(
  'select api.search_talent()', '42501', null, 'Anonymous callers have no right on the search'
);

select * from finish();
rollback;
