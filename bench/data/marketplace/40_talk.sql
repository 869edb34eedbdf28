-- Conversations: 500 of talent 0 and two of each creator, of 20 messages; one of them has 20,000. Creators have read
-- all, talents have read half.
create temp table bench_conversations on commit drop as
  select
    n,
    pg_temp.id_of('conversation', n::text) as id,
    pg_temp.id_of('creator', (case when n < 500 then n else (n - 500) / 2 end)::text) as creator_id,
    pg_temp.id_of('talent', (
      case when n < 500 then 0 else 1 + ((n - 500) / 2 * 5 + n % 2) % (s.talents - 1) end
    )::text) as talent_id,
    case n when 504 then 20000 else 20 end as message_count,
    date_trunc('day', now()) - interval '90 days'
      + date_trunc('second', n * interval '60 days' / (500 + 2 * s.creators)) as created_at
  from bench_size as s
  cross join lateral generate_series(0, 499 + 2 * s.creators) as n;

-- Even places are of the creator, odd ones of the talent.
create temp table bench_messages on commit drop as
  select
    c.n, c.id as conversation_id, place,
    pg_temp.id_of('message', c.n::text, place::text) as id,
    case place % 2 when 0 then c.creator_id else c.talent_id end as sender_id,
    c.created_at + place * interval '1 minute' as sent_at,
    place % 97 = 96 as is_deleted
  from bench_conversations as c
  cross join lateral generate_series(0, c.message_count - 1) as place;

insert into public.conversations (
  id, creator_id, talent_id, last_message_id, last_message_at, created_at
)
select
  id, creator_id, talent_id, pg_temp.id_of('message', n::text, (message_count - 1)::text),
  created_at + (message_count - 1) * interval '1 minute', created_at
from bench_conversations
order by n;

insert into public.messages (id, conversation_id, sender_id, content, sent_at, deleted_at)
select
  id, conversation_id, sender_id,
  case when not is_deleted then 'Message ' || place || ' of conversation ' || n end,
  sent_at, case when is_deleted then sent_at end
from bench_messages
order by sent_at, n;

insert into public.conversation_reads (
  conversation_id, user_id, last_read_message_id, last_read_at, unread_count
)
select
  c.id, reader.user_id, pg_temp.id_of('message', c.n::text, reader.place::text), now(),
  (
    select count(*)
    from generate_series(reader.place + 1, c.message_count - 1) as place
    where place % 2 = 0 and place % 97 <> 96
  )
from bench_conversations as c
cross join lateral (
  values (c.creator_id, c.message_count - 1), (c.talent_id, c.message_count / 2 - 1)
) as reader (user_id, place)
order by c.n;
