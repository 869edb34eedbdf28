-- Conversations of the last days. The newest messages are unread.

insert into public.conversations (id, creator_id, talent_id, created_at)
select v.id::uuid, c.id, t.id, now() - interval '20 days'
from (
  values
    ('70000000-0000-4000-8000-000000000001', 'maya@northlight.example', 'alia@talent.example'),
    ('70000000-0000-4000-8000-000000000002', 'maya@northlight.example', 'jun@talent.example'),
    ('70000000-0000-4000-8000-000000000003', 'daniel@kettleandcrane.example', 'grace@talent.example'),
    ('70000000-0000-4000-8000-000000000004', 'ines@fieldnote.example', 'sofia@talent.example'),
    ('70000000-0000-4000-8000-000000000005', 'tom@harbourfm.example', 'omar@talent.example'),
    ('70000000-0000-4000-8000-000000000006', 'tom@harbourfm.example', 'kwame@talent.example')
) as v (id, creator, talent)
join auth.users as c on c.email = v.creator
join auth.users as t on t.email = v.talent;

insert into public.messages (conversation_id, sender_id, content, sent_at)
select
  ('70000000-0000-4000-8000-00000000000' || v.conversation)::uuid,
  case v.sender when 'creator' then c.creator_id else c.talent_id end,
  v.content,
  date_trunc('milliseconds', now()) - v.ago::interval
from (
  values
    (1, 'creator', 'Storyboard is approved. The label loves frame 14.', '6 days 3 hours'),
    (1, 'talent', 'Great! I''ll start the rough cut tomorrow.', '6 days 2 hours'),
    (1, 'creator', 'Please make act two slower than the track suggests.', '5 days 22 hours'),
    (1, 'talent', 'Will do. Do we have the second camera for the rooftop?', '2 days 5 hours'),
    (1, 'creator', 'On the drive since noon, folder B-roll.', '2 days 4 hours'),
    (1, 'talent', 'Got it. The first act is cut, 1:12 right now. I''ll send all three on Thursday.', '3 hours'),
    (1, 'talent', 'One question: should the title appear on the last beat, or does Jun decide that?', '2 hours 50 minutes'),
    (2, 'creator', 'Jun, the title can be eight seconds at most.', '4 days'),
    (2, 'talent', 'Eight seconds is fine. I''ll send three style frames first.', '3 days 23 hours'),
    (3, 'talent', 'Clips 1 to 4 are cut, with captions. Is the font readable at that size?', '1 day 6 hours'),
    (3, 'creator', 'On my phone it is too thin. Could you make it bolder?', '1 day 5 hours'),
    (3, 'talent', 'Done. Exporting again now.', '1 day 4 hours'),
    (4, 'talent', 'Tested the form with gloves on six people. Four missed the save button.', '9 hours'),
    (4, 'creator', 'Then let''s move it to the bottom, full width. Thank you for testing it!', '8 hours'),
    (5, 'creator', 'For the theme: a harbour at night, calm and slow.', '1 day 2 hours'),
    (5, 'talent', 'I''ll send a first version with a fog horn tomorrow.', '1 day 1 hour'),
    (6, 'talent', 'Hi Tom, I liked the pilot episode. I could make a 3D harbour for the cover if you need one.', '40 minutes')
) as v (conversation, sender, content, ago)
join public.conversations as c
  on c.id = ('70000000-0000-4000-8000-00000000000' || v.conversation)::uuid
order by v.ago::interval desc;

-- Messages older than 5 hours are read.
update public.conversation_reads as r
set
  last_read_message_id = read.id,
  last_read_at = read.sent_at + interval '5 minutes',
  unread_count = (
    select count(*)
    from public.messages as m
    where m.conversation_id = r.conversation_id
      and m.sender_id <> r.user_id
      and m.sent_at > read.sent_at
  )
from (
  select distinct on (m.conversation_id) m.conversation_id, m.id, m.sent_at
  from public.messages as m
  where m.sent_at < now() - interval '5 hours'
  order by m.conversation_id, m.sent_at desc
) as read
where read.conversation_id = r.conversation_id;

-- Notifications about old changes are read, and no mails are sent about seeded data.
update public.notifications set is_read = true where type in ('team_added', 'task_assigned');
delete from private.message_mails;
delete from private.outbox where private.notification_defaults() ? kind;
