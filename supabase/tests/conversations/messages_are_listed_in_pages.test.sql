begin;
select plan(13);

create temporary table s as select * from tests.stage();
grant select on s to authenticated;
select tests.act_as((select creator from s));
create temporary table c as
select (api.open_conversation(talent::text) ->> 'id')::uuid as id,
  (api.open_conversation(colleague::text) ->> 'id')::uuid as other from s;
grant select on c to authenticated;

-- 150 messages, the last ten with the same time
select tests.act_as_postgres();
create temporary table m as
select n, gen_random_uuid() as id from generate_series(1, 150) as n;
grant select on m to authenticated;
insert into public.messages (id, conversation_id, sender_id, content, sent_at)
select m.id, c.id, creator, n, now() - interval '1 day' + interval '1 second' * least(n, 140)
from m, c, s order by n;

create function pg_temp.numbers(p_page jsonb)
  returns integer[]
  language sql
as $$
  select array_agg((item ->> 'content')::integer order by place)
  from jsonb_array_elements(p_page -> 'messages') with ordinality as list (item, place)
$$;
create function pg_temp.message(p_number integer)
  returns uuid
  language sql
as $$
  select id from m where n = p_number
$$;
grant execute on function pg_temp.numbers(jsonb), pg_temp.message(integer) to authenticated;

-- Acting as the talent
select tests.act_as((select talent from s));
select is(
  cardinality(pg_temp.numbers(api.list_messages(id::text))), 50, 'a page has 50 messages by default'
) from c;
select is(
  cardinality(pg_temp.numbers(api.list_messages(id::text, "limit" => '1000'))), 100,
  'a page has at most 100 messages'
) from c;
select is(
  pg_temp.numbers(api.list_messages(id::text, pg_temp.message(100)::text, null, '3')), '{99,98,97}',
  '"before" returns older messages, newest first'
) from c;
select is(
  pg_temp.numbers(api.list_messages(id::text, null, pg_temp.message(100)::text, '3')), '{101,102,103}',
  '"after" returns newer messages, oldest first'
) from c;
select is(
  api.list_messages(id::text, pg_temp.message(3)::text, null, '2') ->> 'hasMore', 'false',
  'hasMore is false on the last page'
) from c;
select is(
  api.list_messages(id::text, pg_temp.message(4)::text, null, '2') ->> 'hasMore', 'true',
  'hasMore is true before the last page'
) from c;
select is(
  api.list_messages(id::text, pg_temp.message(1)::text), '{"messages": [], "hasMore": false}',
  'there is nothing before the first message'
) from c;

create function pg_temp.all_pages()
  returns integer[]
  language plpgsql
as $$
declare
  v_page jsonb := api.list_messages((select id from c)::text, "limit" => '7');
  v_all integer[] := pg_temp.numbers(v_page);
begin
  while (v_page ->> 'hasMore')::boolean loop
    v_page := api.list_messages(
      (select id from c)::text, v_page -> 'messages' -> -1 ->> 'id', null, '7'
    );
    v_all := v_all || pg_temp.numbers(v_page);
  end loop;
  return v_all;
end;
$$;
select is(
  (select count(distinct n) || '/' || count(*) from unnest(pg_temp.all_pages()) as n), '150/150',
  'paging returns every message once, also messages with equal times'
);

select is(
  tests.error_of(format('select api.list_messages(c.%s) from c', call)) -> 'fields', fields::jsonb, what
)
from (
  values
    ('id::text, gen_random_uuid()::text', '["before"]', 'an unknown message as "before" is refused'),
    ('id::text, null, gen_random_uuid()::text', '["after"]', 'an unknown message as "after" is refused'),
    ('id::text, pg_temp.message(1)::text, pg_temp.message(2)::text', '["after"]', '"before" together with "after" is refused'),
    ('id::text, null, null, ''0''', '["limit"]', 'a limit of 0 is refused')
) as v (call, fields, what);

select tests.act_as((select creator from s));
select is(
  tests.error_of('select api.list_messages(other::text, pg_temp.message(1)::text) from c') -> 'fields',
  '["before"]', 'a message of another conversation as "before" is refused'
);

select * from finish();
rollback;
