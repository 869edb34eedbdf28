begin;
select plan(24);

create temporary table s as select * from tests.stage();
grant select on s to authenticated;
select tests.act_as_postgres();
delete from private.notifications where user_id in (select talent from s union select creator from s);

-- Notifications of earlier transactions, which the snapshot of a watermark sees.
insert into private.notifications (user_id, type, title, message, created_at, transaction_id)
select talent, 'mentioned', 'Nr. ' || n, 'x', now() - n * interval '1 minute', '3'
from s, generate_series(1, 30) as n;
insert into private.notifications (user_id, type, title, message, transaction_id)
select creator, 'mentioned', 'Nr. ' || n, 'x', '3' from s, generate_series(1, 5) as n;
update private.notifications
set is_read = true, read_at = now() - interval '1 day'
where title = 'Nr. 1' and user_id = (select talent from s);

create function pg_temp.rows_marked()
  returns bigint
  language sql
as $$
  select count(*) from private.notifications as n, s where n.user_id = s.talent and n.is_read
$$;

-- Acting as the talent
select tests.act_as((select talent from s));
select api.mark_all_notifications_read();
select tests.act_as_postgres();
select is(pg_temp.rows_marked(), 1::bigint, 'no row is written');
select is(
  (select count(*) from private.notification_watermarks as w, s where w.user_id = s.talent), 1::bigint,
  'but one watermark'
);

select tests.act_as((select talent from s));
select is(api.list_notifications() -> 'unreadCount', '0', 'nothing is unread in the badge');
select is(
  jsonb_path_query_array(api.list_notifications("limit" => '100'), '$.notifications[*].isRead') @> '[false]',
  false, 'nor in the list'
);
select is(api.list_notifications('false') #> '{pagination,total}', '0', 'the list of unread ones is empty');
select is(api.list_notifications('false') -> 'notifications', '[]', 'and has no items');
select is(api.list_notifications('true') #> '{pagination,total}', '30', 'the list of read ones has all');
select is(
  (select count(*) from public.notifications where not is_read), 0::bigint,
  'a plain read shows the same'
);
select is(
  (select count(*) from public.notifications where read_at = now()), 29::bigint,
  'they were read now, and one before that'
);
select throws_ok(
  $$update public.notifications set is_read = false where title = 'Nr. 2'$$, '42501', null,
  'one before the watermark cannot be marked as unread'
);

-- Acting as another user
select tests.act_as((select creator from s));
select is(api.list_notifications() -> 'unreadCount', '5', 'the watermark is of one user only');
select is_empty(
  'select from private.notification_watermarks', 'other users do not see it'
);

-- After the watermark
select tests.act_as_postgres();
insert into private.notifications (user_id, type, title, message)
select talent, 'mentioned', 'Later ' || n, 'x' from s, generate_series(1, 3) as n;
select tests.act_as((select talent from s));
select is(api.list_notifications() -> 'unreadCount', '3', 'later ones are unread');
select is(
  jsonb_path_query_array(api.list_notifications('false'), '$.notifications[*].title'),
  '["Later 3", "Later 2", "Later 1"]', 'and listed, newest first'
);
update public.notifications set is_read = true where title = 'Later 1';
select is(api.list_notifications() -> 'unreadCount', '2', 'one of them is read');
select api.mark_all_notifications_read();
select is(api.list_notifications() -> 'unreadCount', '0', 'all are read again, under the same watermark');

-- The job, in pieces
select tests.act_as_postgres();
insert into private.notifications (user_id, type, title, message)
select talent, 'mentioned', 'Last', 'x' from s;
select is(private.settle_watermarks(10), 10, 'the job marks some rows');
select is(
  (select row(t.total, t.unread)::text from s, private.notification_totals_of(s.talent) as t), '(34,1)',
  'totals are exact in between'
);
select is(private.settle_watermarks(100), 19, 'and then the others');
select is_empty('select from private.notification_watermarks', 'the watermark is gone');
select is(
  (select count(*) from private.notifications as n, s where n.user_id = s.talent and not n.is_read),
  1::bigint, 'what came after it is still unread'
);
select is(
  (select row(t.total, t.unread)::text from s, private.notification_totals_of(s.talent) as t), '(34,1)',
  'totals are the same without it'
);

-- As a service
select tests.act_as((select talent from s));
select api.mark_all_notifications_read();
select tests.act_as_postgres();
update public.notifications set is_read = false where title = 'Nr. 2' and user_id = (select talent from s);
select is(
  (
    select row(n.is_read, n.read_at, t.unread)::text
    from s, private.notification_totals_of(s.talent) as t, public.notifications as n
    where n.title = 'Nr. 2' and n.user_id = s.talent
  ),
  '(f,,1)', 'a service can mark one as unread, also before a watermark'
);

-- Nothing unread
delete from private.notification_watermarks;
delete from private.notifications where user_id = (select talent from s);
select tests.act_as((select talent from s));
select api.mark_all_notifications_read();
select tests.act_as_postgres();
select is_empty(
  'select from private.notification_watermarks', 'where nothing is unread, no watermark is written'
);

select * from finish();
rollback;
