begin;
select plan(3);

create temporary table people as
select tests.sign_up('Ada', 'talent') as talent;

update auth.users
set raw_user_meta_data = raw_user_meta_data || '{"userType": "creator"}'
where id = (select talent from people);

create temporary table token as
select private.custom_access_token(
  jsonb_build_object(
    'user_id', talent,
    'claims', jsonb_build_object('sub', talent, 'role', 'authenticated', 'email', 'a@example.com'),
    'authentication_method', 'password'
  )
) -> 'claims' as claims
from people;

select is(claims ->> 'userType', 'talent', 'userType comes from the profile, not from user metadata') from token;
select is((claims ->> 'userId')::uuid, (select talent from people), 'userId is added to the claims') from token;
select is(claims ->> 'role', 'authenticated', 'the other claims are kept') from token;

select * from finish();
rollback;
