begin;
select plan(6);

create temporary table people as
select tests.sign_up('Ada', 'talent') as talent, tests.sign_up('Iris', 'creator') as creator;
grant select on people to authenticated;

-- Acting as the talent
select tests.act_as((select talent from people));

select is(
  tests.error_of(
    $$
      select api.update_me(
        '{"name": "", "bio": 7, "hourlyRate": 4.99, "skills": ["Figma", "Telepathy"], "availability": "soon",
          "portfolioLinks": ["ftp://x.example"], "linkedinUrl": "not a url"}'
      )
    $$
  ) -> 'code',
  '"VALIDATION_ERROR"', 'all invalid fields are reported in one error'
);

select ok(
  (
    tests.error_of(
      $$ select api.update_me('{"email": "x@example.com", "userType": "creator", "id": "1", "nonsense": 1}') $$
    ) -> 'fields'
  ) @> '["email", "userType", "id", "nonsense"]',
  'read-only and unknown fields are reported'
);

select is(
  tests.error_of($$ select api.update_me('{"companyName": "Mine"}') $$) -> 'fields',
  '["companyName"]', 'a talent cannot set a field of creators'
);

select is(
  api.update_me('{"skills": ["figma", "FIGMA", " ui design "]}') -> 'skills',
  '["Figma", "UI Design"]', 'skills are matched case-insensitively and stored once'
);

select is(
  api.update_me('{"bio": "Hello"}') ->> 'bio', 'Hello', 'a valid field is stored'
);

select is(
  api.update_me('{"bio": null}') -> 'bio', 'null', 'null clears a field'
);

select * from finish();
rollback;
