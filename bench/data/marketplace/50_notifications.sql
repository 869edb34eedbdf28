-- Notifications: every second unread. Talent 1 has 100,000 of them, others a few.
insert into private.notifications (
  id, user_id, actor_id, type, title, message, entity_type, entity_id, is_read, read_at, created_at
)
select
  pg_temp.id_of('notification', p.kind, p.n::text, k::text), p.id, pg_temp.id_of('creator', '0'),
  'task_assigned', 'New Task', 'Creator 0 assigned you a task', 'task',
  pg_temp.id_of('task', k::text), k % 2 = 0, case k % 2 when 0 then now() end,
  date_trunc('day', now()) - k * interval '1 minute'
from bench_people as p
cross join bench_size as s
cross join lateral generate_series(
  1, case when p.kind = 'talent' and p.n = 1 then 100000 else s.notifications_each end
) as k
order by k desc;

-- One for each conversation with unread messages.
insert into private.notifications (
  id, user_id, actor_id, type, title, message, entity_type, entity_id, metadata, created_at
)
select
  pg_temp.id_of('notification', c.n::text), c.talent_id, c.creator_id, 'message_received',
  'New Message', 'Messages were sent to you', 'message', v.last_message_id,
  jsonb_build_object('conversationId', c.id), v.last_message_at
from bench_conversations as c
join public.conversations as v on v.id = c.id
join public.conversation_reads as r on r.conversation_id = c.id and r.user_id = c.talent_id
where r.unread_count > 0;

insert into private.notification_totals (user_id, total, unread)
select n.user_id, count(*), count(*) filter (where not n.is_read)
from bench_people as p
join private.notifications as n on n.user_id = p.id
group by n.user_id;
