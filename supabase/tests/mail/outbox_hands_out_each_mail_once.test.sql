begin;
select plan(9);

delete from private.outbox where true;
create temporary table people as select tests.sign_up('Ada', 'talent') as talent;

create temporary table claimed as select * from private.claim_mail(10);
select is((select kind from claimed), 'verify_email', 'a sign-up leaves a mail');
select is_empty('select id from private.claim_mail(10)', 'which only one worker gets');

-- A worker that is lost
update private.outbox set next_attempt_at = now() where true;
select is((select attempts from private.claim_mail(10)), 2, 'it comes back when the worker is lost');

-- A worker that fails
select lives_ok(
  format('select private.mail_failed(%L, %L)', (select id from claimed), 'no route'), 'it failed'
);
select is(
  (select next_attempt_at - now() from private.outbox), interval '1 minute',
  'later each time'
);
update private.outbox set attempts = 8, status = 'sending' where true;
do $$ begin perform private.mail_failed(id, 'no route') from private.outbox; end; $$;
select is((select status from private.outbox), 'dead', 'and given up in the end');

-- A worker that succeeds
update private.outbox set status = 'sending' where true;
do $$ begin perform private.mail_sent(id) from private.outbox; end; $$;
select is((select status from private.outbox), 'sent', 'sent is sent');
select is((select payload from private.outbox), '{}', 'and its secrets are gone');

-- Acting as nobody
select tests.act_as_anon();
select is(
  tests.error_of('select * from private.claim_mail(1)') ->> 'state', '42501', 'workers only'
);

select * from finish();
rollback;
