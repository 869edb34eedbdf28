begin;
select plan(19);

create temporary table s as select * from tests.stage();
grant select on s to authenticated;
select tests.act_as_postgres();
delete from private.outbox;
create function pg_temp.verify(p_user_id uuid)
  returns void
  language sql
as $$
  update private.email_verifications set verified_at = now() where user_id = p_user_id
$$;
create function pg_temp.assign(p_name text)
  returns void
  language plpgsql
as $$
begin
  perform tests.act_as((select creator from s));
  perform api.create_task(project::text, p_name, null, talent::text, (current_date + 9)::text) from s;
  perform tests.act_as_postgres();
end;
$$;
create function pg_temp.claimed()
  returns table (kind text, recipient text, payload jsonb, idempotency_key text)
  language sql
as $$
  -- A minute later
  update private.outbox set next_attempt_at = now() where status = 'pending';
  select kind, recipient, payload, idempotency_key from private.claim_mail(100)
  where kind <> 'verify_email'
$$;

-- Before the address is verified
select pg_temp.assign('Unverified');
select is_empty('select * from private.outbox', 'no mail is queued for an unverified address');

-- Afterwards
select pg_temp.verify(talent), pg_temp.verify(creator) from s;
select pg_temp.assign('Verified');
create temporary table mail as select * from pg_temp.claimed();
select is((select count(*) from mail), 1::bigint, 'one mail is queued, for the assignee');
select is(
  payload - '{unsubscribeToken,unsubscribeUrl,appUrl,entityId,taskId}'::text[],
  jsonb_build_object(
    'recipientName', 'Ada', 'title', 'New Task Assigned',
    'message', 'You''ve been assigned to ''Verified'' in Film project', 'entityType', 'task',
    'projectId', project, 'projectName', 'Film', 'taskName', 'Verified',
    'dueDate', current_date + 9, 'actorName', 'Iris'
  ),
  'the mail contains what its text needs'
) from mail, s;
select is(
  recipient, talent || '@example.com', 'the mail goes to the address of the user'
) from mail, s;
select is(
  idempotency_key,
  'notification:' || (
    select id from public.notifications where type = 'task_assigned' order by created_at desc limit 1
  ),
  'the idempotency key names the notification'
) from mail;
select is_empty('select * from pg_temp.claimed()', 'a claimed mail is not claimed again');

-- By mail only, and a type that is off by default
select private.set_preferences(talent, '{"task_assigned": {"inApp": false}, "team_added": {"email": true}}') from s;
select pg_temp.assign('Mail only');
select is(
  (select count(*) from pg_temp.claimed()), 1::bigint,
  'a mail is queued for a type that is off in the app'
);
select tests.act_as((select creator from s));
select api.remove_team_member(project::text, talent::text), api.add_team_member(project::text, talent::text) from s;
select tests.act_as_postgres();
select results_eq(
  'select kind, payload ->> ''message'' from pg_temp.claimed()',
  $$values ('team_added', 'You''ve been added to the team of Film')$$,
  'a type that is off by default can be turned on'
);

-- Checked again before sending
select private.set_preferences(talent, '{"task_assigned": {"email": true}}') from s;
select pg_temp.assign('Too late');
select private.set_preferences(talent, '{"task_assigned": {"email": false}}') from s;
select is_empty(
  'select * from pg_temp.claimed()', 'a queued mail is not sent after its type was turned off'
);
select results_eq(
  $$select kind, payload from private.outbox where status = 'suppressed'$$,
  $$values ('task_assigned', '{}'::jsonb)$$,
  'a mail that is not sent is kept as suppressed, without its payload'
);
select private.set_preferences(talent, '{"task_assigned": {"email": true}}') from s;
select pg_temp.assign('Moved');
update auth.users set email = 'new-' || email where id = (select talent from s);
select is_empty(
  'select * from pg_temp.claimed() where kind <> ''email_changed''',
  'a queued mail is not sent to a changed address'
);
select pg_temp.verify(talent) from s;

-- Unsubscribing
select pg_temp.assign('One click');
create temporary table click as select payload ->> 'unsubscribeToken' as token from pg_temp.claimed();
grant select on click to anon;
select tests.act_as_anon();
select is(
  api.unsubscribe(token), '{"unsubscribed": true, "type": "task_assigned"}',
  'a link turns off mails of its type without signing in'
) from click;
select is(
  api.unsubscribe(token), '{"unsubscribed": true, "type": "task_assigned"}',
  'following the link again changes nothing'
) from click;
select is(tests.error_of(format('select api.unsubscribe(%L)', bad)) -> 'fields', '["token"]', what)
from click, lateral (
  values
    (replace(token, 'task_assigned', 'mentioned'), 'a token changed to another type is refused'),
    (token || '0', 'a changed token is refused'),
    ('', 'an empty token is refused'),
    (null, 'a missing token is refused')
) as v (bad, what);
select tests.act_as_postgres();
select pg_temp.assign('Unsubscribed');
select is_empty('select * from pg_temp.claimed()', 'no mail of an unsubscribed type is queued');
select is(
  private.wants(talent, 'task_assigned', 'email')::text
    || private.wants(talent, 'task_assigned', 'inApp')::text
    || private.wants(talent, 'deliverable_approved', 'email')::text,
  'falsefalsetrue', 'unsubscribing does not change other preferences'
) from s;

select * from finish();
rollback;
