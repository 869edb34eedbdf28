begin;
select plan(10);

create temporary table s as select * from tests.stage();
grant select on s to authenticated;
select tests.act_as_postgres();

-- Whether the totals of all users are what counting gives.
create function pg_temp.is_exact()
  returns boolean
  language sql
as $$
  select not exists (
    select
    from public.profiles as p
    cross join private.notification_totals_of(p.id) as stored
    where stored is distinct from (
      select row(count(*), count(*) filter (where not n.is_read))
      from public.notifications as n
      where n.user_id = p.id
    )
  )
$$;

insert into private.notifications (user_id, type, title, message)
select talent, 'mentioned', 'Nr. ' || n, 'x' from s, generate_series(1, 30) as n;
insert into private.notifications (user_id, type, title, message, is_read)
select creator, 'mentioned', 'Nr. ' || n, 'x', n % 3 = 0 from s, generate_series(1, 30) as n;
select ok(pg_temp.is_exact(), 'new notifications are counted, read ones as well');

update private.notifications set is_read = title like '%1';
select ok(pg_temp.is_exact(), 'one statement reads and unreads notifications of several users');

update private.notifications set title = title || '!';
select is(
  (select count(*) from private.notification_total_changes where total = 0 and unread = 0), 0::bigint,
  'a change of the text is no change of a total'
);

select lives_ok('select private.add_up_notifications()', 'the job adds the changes up');
select is(
  (select count(*) from private.notification_total_changes), 0::bigint, 'no change is left'
);
select ok(pg_temp.is_exact(), 'the totals say the same as before');

select tests.act_as((select talent from s));
select api.mark_all_notifications_read();
select is(api.list_notifications() -> 'unreadCount', '0', 'all are read in one step');
select tests.act_as_postgres();
select ok(pg_temp.is_exact(), 'reading all is counted');

delete from private.notifications where title like '%2!';
select private.add_up_notifications();
select ok(pg_temp.is_exact(), 'deleted notifications no longer count');

insert into private.notifications (user_id, type, title, message)
select talent, 'mentioned', 'Last', 'x' from s;
delete from private.notifications where user_id = (select talent from s);
select is(
  (select private.notification_totals_of(talent)::text from s), '(0,0)', 'nothing is left to count'
);

select * from finish();
rollback;
