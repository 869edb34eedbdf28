begin;
select plan(6);

create temporary table people as select tests.sign_up('Ada', 'talent') as talent;
grant select on people to authenticated, anon;

create function pg_temp.mails() returns bigint language sql security definer as $$
  select count(*) from private.outbox where user_id = (select talent from people)
$$;
grant execute on function pg_temp.mails() to authenticated;

select tests.act_as((select talent from people));
select lives_ok('select api.resend_verification()', 'a mail that was lost is sent again');
select lives_ok('select api.resend_verification()', 'and again');
select is(
  tests.error_of('select api.resend_verification()') ->> 'code', 'RATE_LIMITED',
  'three an hour, the first one counted'
);
select is(pg_temp.mails(), 3::bigint, 'the refused one was not sent');

-- An hour later, once it is verified
select tests.act_as_postgres();
update private.outbox
set created_at = created_at - interval '2 hours'
where user_id = (select talent from people);
update private.email_verifications
set verified_at = now()
where user_id = (select talent from people);

select tests.act_as((select talent from people));
select is(
  tests.error_of('select api.resend_verification()') ->> 'code', 'INVALID_STATE',
  'there is nothing to verify any more'
);

select tests.act_as_anon();
select throws_ok('select api.resend_verification()', '42501', null, 'nobody without an account');

select * from finish();
rollback;
