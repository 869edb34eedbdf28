begin;
select plan(4);

create temporary table people as
select tests.sign_up('  Ada Byron  ', 'talent') as talent, tests.sign_up('Iris', 'creator') as creator;

select results_eq(
  'select name, user_type from public.profiles where id = (select talent from people)',
  $$ values ('Ada Byron'::text, 'talent'::text) $$,
  'the profile gets the trimmed name and the user type of the sign-up'
);

select throws_ok(
  $$ select tests.sign_up('Mallory', 'admin') $$,
  'PT400', null, 'an unknown user type is refused'
);

select throws_ok(
  $$ select tests.sign_up('   ', 'talent') $$,
  'PT400', null, 'an empty name is refused'
);

-- The user changes their metadata later.
update auth.users
set raw_user_meta_data = raw_user_meta_data || '{"userType": "creator"}'
where id = (select talent from people);
select is(
  (select user_type from public.profiles where id = (select talent from people)),
  'talent', 'changing user metadata does not change the user type'
);

select * from finish();
rollback;
