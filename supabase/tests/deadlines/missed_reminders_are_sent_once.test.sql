begin;
select plan(10);

create temporary table s as select * from tests.stage();
select tests.act_as_postgres();
update public.tasks set created_at = now() - interval '30 days' where id = (select task from s);

-- The job last ran `p_last_run` days ago, and the task is due in `p_days` days.
create function pg_temp.after_an_outage(p_last_run integer, p_days integer)
  returns integer
  language plpgsql
as $$
begin
  delete from private.deadline_reminders;
  delete from public.notifications where type = 'deadline_approaching';
  update public.tasks set due_date = private.today() + p_days where id = (select task from s);
  insert into private.deadline_progress (reminded_until)
  values (private.today() - p_last_run)
  on conflict (only_row) do update set reminded_until = excluded.reminded_until;
  perform private.notify_deadlines();
  perform private.notify_deadlines();
  return pg_temp.reminders();
end;
$$;
-- Reminders of the assignee. Those of other tasks do not count.
create function pg_temp.reminders()
  returns integer
  language sql
as $$
  select count(*)::integer
  from public.notifications as n, s
  where n.type = 'deadline_approaching' and n.entity_id = s.task and n.user_id = s.talent
$$;

select is(pg_temp.after_an_outage(0, 2), 0, 'a day on which nothing was missed reminds of nothing');
select is(
  pg_temp.after_an_outage(1, 2), 1, 'the last hours of yesterday are caught up, and only once'
);
select is(
  pg_temp.after_an_outage(2, 0), 1, 'a reminder of 1 day that was missed comes on the day itself'
);
select is(
  (select message from public.notifications, s where type = 'deadline_approaching' and entity_id = task
    and user_id = talent),
  '''Cut'' in Film project is due on ' || to_char(private.today(), 'FMDay FMDD FMMonth YYYY'),
  'and names the right day'
);
select is(
  pg_temp.after_an_outage(20, 0), 1, 'two missed reminders of a task are sent as one'
);
select is(pg_temp.after_an_outage(20, -1), 0, 'a task that is overdue by now is not reminded of');
select is(pg_temp.after_an_outage(20, 4), 0, 'a reminder whose day has not come is not sent');

-- The day after a missed reminder was sent
select pg_temp.after_an_outage(1, 2);
update private.deadline_reminders set due_date = due_date - 1;
update public.tasks set due_date = due_date - 1 where id = (select task from s);
update private.deadline_progress set reminded_until = private.today() - 1;
select private.notify_deadlines();
select is(pg_temp.reminders(), 2, 'the reminder of 1 day follows one of 3 days that came late');

update public.tasks set created_at = now() where id = (select task from s);
select is(
  pg_temp.after_an_outage(20, 2), 0, 'a task that is newer than the day of its reminder missed none'
);
select is(
  (select reminded_until from private.deadline_progress), private.today(),
  'the next run starts from today'
);

select * from finish();
rollback;
