begin;
select plan(9);

delete from private.outbox where true;
create temporary table people as select tests.sign_up('Ada', 'talent') as talent;

create temporary table claimed as select * from private.claim_mail(10);
select is((select kind from claimed), 'verify_email', 'a sign-up queues a verification mail');
select is_empty('select id from private.claim_mail(10)', 'a claimed mail is not given to another worker');

-- A worker that stops without reporting
update private.outbox set next_attempt_at = now() where true;
select is((select attempts from private.claim_mail(10)), 2, 'a mail can be claimed again when its worker did not report in time');

-- A worker that fails
select lives_ok(
  format('select private.mail_failed(%L, %L)', (select id from claimed), 'no route'), 'a worker can report a failure'
);
select is(
  (select next_attempt_at - now() from private.outbox), interval '1 minute',
  'a failed mail is retried later each time'
);
update private.outbox set attempts = 8, status = 'sending' where true;
do $$ begin perform private.mail_failed(id, 'no route') from private.outbox; end; $$;
select is((select status from private.outbox), 'dead', 'a mail is given up after 8 attempts');

-- A worker that succeeds
update private.outbox set status = 'sending' where true;
do $$ begin perform private.mail_sent(id) from private.outbox; end; $$;
select is((select status from private.outbox), 'sent', 'a mail that was sent is marked as sent');
select is((select payload from private.outbox), '{}', 'the payload of a sent mail is removed');

-- Without a session
select tests.act_as_anon();
select is(
  tests.error_of('select * from private.claim_mail(1)') ->> 'state', '42501', 'only workers can claim mails'
);

select * from finish();
rollback;
