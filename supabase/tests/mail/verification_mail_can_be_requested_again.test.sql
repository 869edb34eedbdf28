begin;
select plan(6);

create temporary table people as select tests.sign_up('Ada', 'talent') as talent;
grant select on people to authenticated, anon;

create function pg_temp.mails() returns bigint language sql security definer as $$
  select count(*) from private.outbox where user_id = (select talent from people)
$$;
grant execute on function pg_temp.mails() to authenticated;

select tests.act_as((select talent from people));
select lives_ok('select api.resend_verification()', 'a user can request another verification mail');
select lives_ok('select api.resend_verification()', 'a user can request a third verification mail');
select is(
  tests.error_of('select api.resend_verification()') ->> 'code', 'RATE_LIMITED',
  'a user gets at most 3 verification mails per hour, including the first'
);
select is(pg_temp.mails(), 3::bigint, 'a refused request queues no mail');

-- 2 hours later, with a verified address
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
  'a verified address needs no verification mail'
);

select tests.act_as_anon();
select throws_ok('select api.resend_verification()', '42501', null, 'a caller without a session is refused');

select * from finish();
rollback;
