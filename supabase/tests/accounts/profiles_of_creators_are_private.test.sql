begin;
select plan(5);

create temporary table people as
select tests.sign_up('Ada', 'talent') as talent, tests.sign_up('Iris', 'creator') as creator;
grant select on people to authenticated;

-- Acting as the talent
select tests.act_as((select talent from people));

select is(
  tests.error_of('select api.get_user((select creator from people)::text)'),
  '{"state": "PT403", "code": "PROFILE_PRIVATE", "fields": null}', 'the profile of a creator is private'
);
select is(
  tests.error_of('select api.get_user(gen_random_uuid()::text)') ->> 'state', 'PT404', 'an unknown user is not found'
);
select is(
  api.get_user((select talent from people)::text) ->> 'name', 'Ada', 'users see their own profile'
);
select ok(
  not api.get_user((select talent from people)::text) ? 'email', 'a public profile contains no email address'
);
select is_empty(
  'select id from public.profiles where id = (select creator from people)', 'the table does not show creators either'
);

select * from finish();
rollback;
