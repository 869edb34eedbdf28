begin;
select plan(17);

create temporary table s as select * from tests.stage();
grant select on s to authenticated;
select tests.act_as_postgres();
update private.email_verifications set verified_at = now();
delete from private.outbox;

create function pg_temp.assign(p_count integer) returns void language plpgsql as $$
begin
  perform tests.act_as((select creator from s));
  insert into public.tasks (project_id, name, assignee_id, due_date)
  select project, 'Task ' || n, talent, current_date + 9 from s, generate_series(1, p_count) as n;
  perform tests.act_as_postgres();
end;
$$;
-- What a worker gets a minute later, as sent
create function pg_temp.sent(out mails bigint, out tasks bigint) language plpgsql as $$
begin
  update private.outbox set next_attempt_at = now() - interval '1 second' where status = 'pending';
  create temporary table claimed on commit drop as select * from private.claim_mail(100);
  select count(*), coalesce(sum(coalesce((payload ->> 'itemCount')::integer, 1)), 0)
  into mails, tasks
  from claimed;
  drop table claimed;
  perform private.mail_sent(o.id) from private.outbox as o where o.status = 'sending';
end;
$$;

-- Merging
select pg_temp.assign(150);
select is_empty('select * from private.claim_mail(100)', 'a mail waits for a minute');
select results_eq('select * from pg_temp.sent()', 'values (1::bigint, 150::bigint)', '150 assignments are one mail');

select pg_temp.assign(30);
update private.outbox set next_attempt_at = now() where status = 'pending';
create temporary table mail as select * from private.claim_mail(100);
select is(jsonb_array_length(payload -> 'items'), 20, 'a merged mail lists 20 sentences') from mail;
select is(
  payload #>> '{items,0}', 'You''ve been assigned to ''Task 1'' in Film project', 'the oldest comes first'
)
from mail;
select is(payload ->> 'itemCount', '30', 'the mail has the number of all') from mail;
select private.mail_sent(id) from mail;

-- Per sender and recipient: 6 in an hour. What is over the limit waits and is merged
select is((pg_temp.sent()).mails, 0::bigint, 'nothing is left');
do $$ begin for n in 1..4 loop perform pg_temp.assign(1); perform pg_temp.sent(); end loop; end $$;
select pg_temp.assign(2);
select is((pg_temp.sent()).mails, 0::bigint, 'the seventh mail in an hour waits');
select pg_temp.assign(3);
select is((pg_temp.sent()).mails, 0::bigint, 'and so does the eighth');
update private.outbox set sent_at = sent_at - interval '61 minutes' where status = 'sent';
select results_eq(
  'select * from pg_temp.sent()', 'values (1::bigint, 5::bigint)', 'an hour later one mail has all'
);

-- Per recipient: 30 in an hour, from all senders
delete from private.outbox;
insert into private.outbox (kind, user_id, recipient, status, sent_at, idempotency_key)
select 'team_added', talent, 'ada@example.com', 'sent', now(), n::text
from s, generate_series(1, 30) as n;
select pg_temp.assign(1);
select is((pg_temp.sent()).mails, 0::bigint, 'the 31st mail in an hour waits');
delete from private.outbox where status = 'sent';
select is((pg_temp.sent()).mails, 1::bigint, 'and is sent later');

-- A block
select pg_temp.assign(1);
select tests.act_as((select talent from s));
select api.block_user(creator::text) from s;
select tests.act_as_postgres();
select is((pg_temp.sent()).mails, 0::bigint, 'a blocked user causes no mail');
delete from public.user_blocks;

-- A departure
select pg_temp.assign(1);
select tests.act_as((select talent from s));
select api.remove_team_member(project::text, talent::text) from s;
select tests.act_as_postgres();
select is(
  (
    select count(*) from private.outbox
    where user_id = (select talent from s) and status = 'pending' and private.is_wanted_mail(outbox)
  ),
  0::bigint, 'a user who has left a project gets no mail about it'
);

-- The button
select vault.create_secret('https://app.example', 'site_url')
where not exists (select from vault.secrets where name = 'site_url');
select is(
  private.app_link('{"entityType": "task", "projectId": "p", "taskId": "t"}') ->> 'appUrl',
  private.site_url() || '/projects/p/tasks/t', 'a mail links to the page of the app'
);
update private.app_pages set path = '/todo/{taskId}' where thing = 'task';
select is(
  private.app_link('{"entityType": "task", "projectId": "p", "taskId": "t"}') ->> 'appUrl',
  private.site_url() || '/todo/t', 'paths can be changed'
);
select is(
  private.app_link('{"entityType": "task", "projectId": "p"}'), '{}', 'a link without its id is left out'
);

-- Sign-ups with many addresses of one mailbox
delete from private.outbox;
do $$
begin
  for n in 1..9 loop
    perform private.send_verification(
      (select talent from s), 'ada' || case n when 1 then '' else '+' || n end || '@mailbox.example'
    );
  end loop;
end;
$$;
select is(
  (select count(*) from private.outbox where kind = 'verify_email'), 5::bigint,
  'a mailbox gets 5 verification mails in an hour, however its address is written'
);

select * from finish();
rollback;
