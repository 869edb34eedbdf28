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
select is(api.get_me() -> 'emailVerified', 'false', 'not at first');

-- Acting as whoever opens the link
select tests.act_as_anon();
select is(
  tests.error_of($$select api.verify_email('made up')$$) ->> 'code', 'INVALID_VERIFICATION_TOKEN',
  'not with any token'
);
select is(api.verify_email(pg_temp.latest_token()), '{"verified": true}', 'with the one sent');
select is(api.verify_email(pg_temp.latest_token()), '{"verified": true}', 'twice is fine');

select tests.act_as((select talent from people));
select is(api.get_me() -> 'emailVerified', 'true', 'from then on');

-- Another address
select tests.act_as_postgres();
update auth.users set email = 'z' || email where id = (select talent from people);
select tests.act_as((select talent from people));
select is(api.get_me() -> 'emailVerified', 'false', 'a changed address has to be verified anew');

select * from finish();
rollback;
