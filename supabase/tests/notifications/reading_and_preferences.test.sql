begin;
select plan(29);

create temporary table s as select * from tests.stage();
grant select on s to authenticated;
select tests.act_as_postgres();
delete from public.notifications where user_id = (select talent from s);
insert into public.notifications (user_id, type, title, message)
select talent, 'mentioned', 'Nr. ' || n, 'x' from s, generate_series(1, 25) as n order by n;
create temporary table n as
select id, title from public.notifications where user_id = (select talent from s);
grant select on n to authenticated;

-- Acting as the reader
select tests.act_as((select talent from s));
select is(
  api.list_notifications() - 'notifications',
  '{"unreadCount": 25, "pagination": {"page": 1, "limit": 20, "total": 25, "totalPages": 2, "hasNext": true, "hasPrev": false}}',
  'twenty a page'
);
select is(api.list_notifications() #>> '{notifications,0,title}', 'Nr. 25', 'newest first');
select is(jsonb_array_length(api.list_notifications(null, 2) -> 'notifications'), 5, 'the rest');
select is(api.list_notifications(null, 1, 500) #>> '{pagination,limit}', '100', 'a hundred at most');
select is(
  tests.error_of('select api.list_notifications(null, 0, -1)') -> 'fields', '["limit", "page"]',
  'pages begin at one'
);

select lives_ok('select api.mark_notification_read(id) from n where title = ''Nr. 3''', 'read');
select lives_ok('select api.mark_notification_read(id) from n where title = ''Nr. 3''', 'twice is once');
select is(api.list_notifications(true) #>> '{notifications,0,title}', 'Nr. 3', 'filtered by read');
select isnt(api.list_notifications(true) #>> '{notifications,0,readAt}', null, 'with the moment');
select is(
  api.list_notifications(false) #> '{pagination,total}', '24', 'and by unread'
);
select is(api.list_notifications(true) -> 'unreadCount', '24', 'the badge is over all');
select is(
  tests.error_of('select api.mark_notification_read(gen_random_uuid())') ->> 'code', 'NOT_FOUND',
  'one that is not there'
);

-- By the table
update public.notifications set is_read = true where title = 'Nr. 4';
select isnt(
  (select read_at from public.notifications where title = 'Nr. 4'), null, 'a plain update reads too'
);
select throws_ok(
  $$update public.notifications set is_read = false where title = 'Nr. 4'$$, '42501', null,
  'nothing becomes unread'
);
select throws_ok(statement, '42501', null, what)
from (
  values
    ($$update public.notifications set title = 'x' where true$$, 'nothing else is written'),
    ($$insert into public.notifications (user_id, type, title, message) select talent, 'mentioned', 'x', 'x' from s$$, 'nobody tells themselves'),
    ('delete from public.notifications where true', 'or deletes')
) as v (statement, what);

-- Acting as somebody else
select tests.act_as((select stranger from s));
select is(api.list_notifications() -> 'unreadCount', '0', 'one''s own only');
select is(
  tests.error_of('select api.mark_notification_read(id) from n limit 1') ->> 'code', 'NOT_FOUND',
  'others'' are not there'
);
update public.notifications set is_read = true where true;
select tests.act_as((select talent from s));
select is(api.list_notifications() -> 'unreadCount', '23', 'nobody else ticks them off');
select api.mark_all_notifications_read();
select is(api.list_notifications() -> 'unreadCount', '0', 'all at once');

-- Ninety days later
select tests.act_as_postgres();
update public.notifications set read_at = now() - interval '91 days' where title in ('Nr. 1', 'Nr. 2');
update public.notifications set created_at = now() - interval '1 year' where title = 'Nr. 3';
select private.purge_notifications();
select is(
  (select count(*) from public.notifications where user_id = (select talent from s)), 23::bigint,
  'read long ago they go'
);

-- Preferences
select tests.act_as((select talent from s));
select is(
  api.get_notification_preferences() -> 'preferences',
  private.notification_defaults(), 'every type has a default'
);
select is(
  api.update_notification_preferences('{"mentioned": {"email": true}, "task_assigned": {"inApp": false, "email": false}}')
    -> 'preferences',
  private.notification_defaults()
  || '{"mentioned": {"inApp": true, "email": true}, "task_assigned": {"inApp": false, "email": false}}',
  'what is named changes'
);
select is(
  api.update_notification_preferences(api.get_notification_preferences()),
  api.get_notification_preferences(), 'what was answered can be sent back'
);
select is(tests.error_of(format('select api.update_notification_preferences(%L)', patch)) -> 'fields', fields::jsonb, what)
from (
  values
    ('{"pigeon": {"email": true}}', '["pigeon"]', 'a type has to be known'),
    ('{"mentioned": {"email": "yes"}}', '["mentioned"]', 'a choice is yes or no'),
    ('{"mentioned": {"sms": true}}', '["mentioned"]', 'a channel has to be known')
) as v (patch, fields, what);
select is(
  api.get_notification_preferences() #>> '{preferences,mentioned,email}', 'true', 'and all stays'
);

select * from finish();
rollback;
