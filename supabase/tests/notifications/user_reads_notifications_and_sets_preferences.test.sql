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
  'a page has 20 notifications by default'
);
select is(
  api.list_notifications() #>> '{notifications,0,title}', 'Nr. 25',
  'notifications are listed newest first'
);
select is(
  jsonb_array_length(api.list_notifications(null, '2') -> 'notifications'), 5,
  'the last page holds the rest'
);
select is(
  api.list_notifications(null, '1', '500') #>> '{pagination,limit}', '100',
  'a page has at most 100 notifications'
);
select is(
  tests.error_of('select api.list_notifications(null, ''0'', ''-1'')') -> 'fields', '["limit", "page"]',
  'a page or limit below 1 is refused'
);

select lives_ok(
  'select api.mark_notification_read(id::text) from n where title = ''Nr. 3''',
  'a user marks a notification as read'
);
select lives_ok(
  'select api.mark_notification_read(id::text) from n where title = ''Nr. 3''',
  'marking it as read again changes nothing'
);
select is(
  api.list_notifications('true') #>> '{notifications,0,title}', 'Nr. 3',
  'the list can be filtered by read'
);
select isnt(
  api.list_notifications('true') #>> '{notifications,0,readAt}', null,
  'a read notification has readAt'
);
select is(
  api.list_notifications('false') #> '{pagination,total}', '24', 'the list can be filtered by unread'
);
select is(
  api.list_notifications('true') -> 'unreadCount', '24',
  'the unread count does not depend on the filter'
);
select is(
  tests.error_of('select api.mark_notification_read(gen_random_uuid()::text)') ->> 'code', 'NOT_FOUND',
  'an unknown notification is not found'
);

-- Direct updates
update public.notifications set is_read = true where title = 'Nr. 4';
select isnt(
  (select read_at from public.notifications where title = 'Nr. 4'), null,
  'a direct update of is_read sets read_at'
);
select throws_ok(
  $$update public.notifications set is_read = false where title = 'Nr. 4'$$, '42501', null,
  'a notification cannot be marked as unread'
);
select throws_ok(statement, '42501', null, what)
from (
  values
    ($$update public.notifications set title = 'x' where true$$, 'users cannot write other columns'),
    ($$insert into public.notifications (user_id, type, title, message) select talent, 'mentioned', 'x', 'x' from s$$, 'users cannot insert notifications'),
    ('delete from public.notifications where true', 'users cannot delete notifications')
) as v (statement, what);

-- Acting as another user
select tests.act_as((select stranger from s));
select is(
  api.list_notifications() -> 'unreadCount', '0', 'a user sees their own notifications only'
);
select is(
  tests.error_of('select api.mark_notification_read(id::text) from n limit 1') ->> 'code', 'NOT_FOUND',
  'notifications of other users are not found'
);
update public.notifications set is_read = true where true;
select tests.act_as((select talent from s));
select is(api.list_notifications() -> 'unreadCount', '23', 'another user cannot mark them as read');
select api.mark_all_notifications_read();
select is(api.list_notifications() -> 'unreadCount', '0', 'a user marks all notifications as read');

-- Ninety days later
select tests.act_as_postgres();
update private.notifications set read_at = now() - interval '91 days' where title in ('Nr. 1', 'Nr. 2');
update private.notifications set created_at = now() - interval '1 year' where title = 'Nr. 3';
select private.purge_notifications();
select is(
  (select count(*) from public.notifications where user_id = (select talent from s)), 23::bigint,
  'notifications read more than 90 days ago are deleted'
);

-- Preferences
select tests.act_as((select talent from s));
select is(
  api.get_notification_preferences() -> 'preferences',
  private.notification_defaults(), 'every type has a default preference'
);
select is(
  api.update_notification_preferences('{"mentioned": {"email": true}, "task_assigned": {"inApp": false, "email": false}}')
    -> 'preferences',
  private.notification_defaults()
  || '{"mentioned": {"inApp": true, "email": true}, "task_assigned": {"inApp": false, "email": false}}',
  'an update changes the named types and keeps the others'
);
select is(
  api.update_notification_preferences(api.get_notification_preferences()),
  api.get_notification_preferences(), 'the response can be sent back as an update'
);
select is(tests.error_of(format('select api.update_notification_preferences(%L)', patch)) -> 'fields', fields::jsonb, what)
from (
  values
    ('{"pigeon": {"email": true}}', '["pigeon"]', 'an unknown type is refused'),
    ('{"mentioned": {"email": "yes"}}', '["mentioned"]', 'a choice that is not a boolean is refused'),
    ('{"mentioned": {"sms": true}}', '["mentioned"]', 'an unknown channel is refused')
) as v (patch, fields, what);
select is(
  api.get_notification_preferences() #>> '{preferences,mentioned,email}', 'true',
  'a refused update changes nothing'
);

select * from finish();
rollback;
