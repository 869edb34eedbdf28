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
  perform api.create_task(project, p_name, null, talent, (current_date + 9)::text) from s;
  perform tests.act_as_postgres();
end;
$$;
create function pg_temp.claimed()
  returns table (kind text, recipient text, payload jsonb, idempotency_key text)
  language sql
as $$
  select kind, recipient, payload, idempotency_key from private.claim_mail(100)
  where kind <> 'verify_email'
$$;

-- Before the address is verified
select pg_temp.assign('Unverified');
select is_empty('select * from private.outbox', 'no mail to an address nobody has confirmed');

-- Afterwards
select pg_temp.verify(talent), pg_temp.verify(creator) from s;
select pg_temp.assign('Verified');
create temporary table mail as select * from pg_temp.claimed();
select is((select count(*) from mail), 1::bigint, 'one mail, and to the assignee only');
select is(
  payload - '{unsubscribeToken,unsubscribeUrl,entityId,taskId}'::text[],
  jsonb_build_object(
    'recipientName', 'Ada', 'title', 'New Task Assigned',
    'message', 'You''ve been assigned to ''Verified'' in Film project', 'entityType', 'task',
    'projectId', project, 'projectName', 'Film', 'taskName', 'Verified',
    'dueDate', current_date + 9, 'actorName', 'Iris'
  ),
  'with what its text needs'
) from mail, s;
select is(recipient, talent || '@example.com', 'to the address itself') from mail, s;
select is(
  idempotency_key,
  'notification:' || (
    select id from public.notifications where type = 'task_assigned' order by created_at desc limit 1
  ),
  'named after its notification'
) from mail;
select is_empty('select * from pg_temp.claimed()', 'handed out once');

-- Not in the app, but by mail, and the other way round
select private.set_preferences(talent, '{"task_assigned": {"inApp": false}, "team_added": {"email": true}}') from s;
select pg_temp.assign('Mail only');
select is((select count(*) from pg_temp.claimed()), 1::bigint, 'mail does not need the app');
select tests.act_as((select creator from s));
select api.remove_team_member(project, talent), api.add_team_member(project, talent) from s;
select tests.act_as_postgres();
select results_eq(
  'select kind, payload ->> ''message'' from pg_temp.claimed()',
  $$values ('team_added', 'You''ve been added to the team of Film')$$, 'a type can be switched on'
);

-- Decided again when it leaves
select private.set_preferences(talent, '{"task_assigned": {"email": true}}') from s;
select pg_temp.assign('Too late');
select private.set_preferences(talent, '{"task_assigned": {"email": false}}') from s;
select is_empty('select * from pg_temp.claimed()', 'switched off meanwhile, it does not leave');
select results_eq(
  $$select kind, payload from private.outbox where status = 'suppressed'$$,
  $$values ('task_assigned', '{}'::jsonb)$$, 'and is kept as suppressed'
);
select private.set_preferences(talent, '{"task_assigned": {"email": true}}') from s;
select pg_temp.assign('Moved');
update auth.users set email = 'new-' || email where id = (select talent from s);
select is_empty('select * from pg_temp.claimed()', 'not to an address that is not theirs any more');
select pg_temp.verify(talent) from s;

-- One click
select pg_temp.assign('One click');
create temporary table click as select payload ->> 'unsubscribeToken' as token from pg_temp.claimed();
grant select on click to anon;
select tests.act_as_anon();
select is(
  api.unsubscribe(token), '{"unsubscribed": true, "type": "task_assigned"}', 'one click, not signed in'
) from click;
select is(
  api.unsubscribe(token), '{"unsubscribed": true, "type": "task_assigned"}', 'two clicks'
) from click;
select is(tests.error_of(format('select api.unsubscribe(%L)', bad)) -> 'fields', '["token"]', what)
from click, lateral (
  values
    (replace(token, 'task_assigned', 'mentioned'), 'of one type only'),
    (token || '0', 'as it was sent'),
    ('', 'some token'),
    (null, 'any token')
) as v (bad, what);
select tests.act_as_postgres();
select pg_temp.assign('Unsubscribed');
select is_empty('select * from pg_temp.claimed()', 'then no more of it');
select is(
  private.wants(talent, 'task_assigned', 'email')::text
    || private.wants(talent, 'task_assigned', 'inApp')::text
    || private.wants(talent, 'deliverable_approved', 'email')::text,
  'falsefalsetrue', 'the rest stays as chosen'
) from s;

select * from finish();
rollback;
