begin;
select plan(6);

create temporary table people as select tests.sign_up('Ada', 'talent') as talent;
grant select on people to authenticated, anon;

create function pg_temp.latest_token() returns text language sql security definer as $$
  select split_part(payload ->> 'path', 'token=', 2)
  from private.outbox
  where user_id = (select talent from people)
  order by created_at desc, recipient desc
  limit 1
$$;

grant execute on function pg_temp.latest_token() to anon;

select tests.act_as((select talent from people));
select is(api.get_me() -> 'emailVerified', 'false', 'a new email address is not verified');

-- Opening the link without a session
select tests.act_as_anon();
select is(
  tests.error_of($$select api.verify_email('made up')$$) ->> 'code', 'INVALID_VERIFICATION_TOKEN',
  'an unknown token is refused'
);
select is(api.verify_email(pg_temp.latest_token()), '{"verified": true}', 'the token of the mail verifies the address');
select is(api.verify_email(pg_temp.latest_token()), '{"verified": true}', 'the token can be used again');

select tests.act_as((select talent from people));
select is(api.get_me() -> 'emailVerified', 'true', 'the address is verified afterwards');

-- The user changes the address
select tests.act_as_postgres();
update auth.users set email = 'z' || email where id = (select talent from people);
select tests.act_as((select talent from people));
select is(api.get_me() -> 'emailVerified', 'false', 'a changed email address is not verified');

select * from finish();
rollback;
