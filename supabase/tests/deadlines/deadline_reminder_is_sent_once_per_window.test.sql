begin;
select plan(13);

create temporary table s as select * from tests.stage();
grant select on s to authenticated;
select tests.act_as_postgres();
update private.email_verifications set verified_at = now();
delete from private.outbox;

create function pg_temp.due(p_days integer)
  returns void
  language sql
as $$
  update public.tasks set due_date = private.today() + p_days where id = (select task from s)
$$;
create function pg_temp.reminders()
  returns text
  language plpgsql
as $$
begin
  perform private.notify_deadlines();
  return (
    select string_agg(who || count, ', ' order by who)
    from (
      select case n.user_id when s.creator then 'creator ' else 'talent ' end as who, count(*) as count
      from s
      join public.notifications as n
        on n.type = 'deadline_approaching' and n.entity_id = s.task
      group by 1
    ) as reminded
  );
end;
$$;

select pg_temp.due(4);
select is(pg_temp.reminders(), null, 'no reminder is sent four days before the deadline');
select pg_temp.due(3);
select is(
  pg_temp.reminders(), 'creator 1, talent 1',
  'three days before the deadline assignee and creator are reminded'
);
select results_eq(
  $$
    select title, message, entity_type, metadata from public.notifications, s
    where type = 'deadline_approaching' and user_id = talent and entity_id = task
  $$,
  $$
    select 'Deadline Approaching',
      '''Cut'' in Film project is due on ' || to_char(private.today() + 3, 'FMDay FMDD FMMonth YYYY'), 'task',
      jsonb_build_object('projectId', project, 'taskId', task)
    from s
  $$,
  'the reminder names the task and the day, and links to the task'
);
select is(
  (select string_agg(payload ->> 'daysLeft', ',') from private.outbox, s
    where kind = 'deadline_approaching' and payload ->> 'taskId' = task::text),
  '3,3', 'the reminders are sent by mail, too'
);
select is(
  (select max(pg_temp.reminders()) from generate_series(1, 24)), 'creator 1, talent 1',
  'hourly runs on the same day send no further reminder'
);
select pg_temp.due(2);
select is(
  pg_temp.reminders(), 'creator 1, talent 1', 'no reminder is sent two days before the deadline'
);
select pg_temp.due(1);
select is(
  pg_temp.reminders(), 'creator 2, talent 2', 'one day before the deadline both are reminded again'
);
select pg_temp.due(3);
select is(
  pg_temp.reminders(), 'creator 2, talent 2',
  'a due date that was already reminded of sends no reminder'
);

-- Another date, another reminder: the same day seen from a day earlier
update private.deadline_reminders set due_date = due_date + 10;
select is(pg_temp.reminders(), 'creator 3, talent 3', 'a new due date sends new reminders');

-- Completed task, completed project, no assignee
update private.deadline_reminders set due_date = due_date + 10;
update public.tasks set status = 'completed' where id = (select task from s);
select is(pg_temp.reminders(), 'creator 3, talent 3', 'a completed task sends no reminder');
update public.tasks set status = 'planning' where id = (select task from s);
update public.projects set status = 'completed' where id = (select project from s);
select is(
  pg_temp.reminders(), 'creator 3, talent 3', 'a task in a completed project sends no reminder'
);
update public.projects set status = 'planning' where id = (select project from s);
select tests.act_as((select creator from s));
select api.remove_team_member(project::text, talent::text) from s;
select tests.act_as_postgres();
select is(
  pg_temp.reminders(), 'creator 4, talent 3', 'a task without an assignee reminds its creator only'
);

select is(
  (select count(*) from cron.job where jobname like '%deadline%' and command ~ '^select private\.\w+\(\)$'),
  1::bigint, 'one scheduled job sends the reminders'
);

select * from finish();
rollback;
