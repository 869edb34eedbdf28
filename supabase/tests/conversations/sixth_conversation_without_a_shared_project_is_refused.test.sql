begin;
select plan(6);

create temporary table s as select * from tests.stage();
create temporary table creators as
select n, tests.sign_up('Creator ' || n, 'creator') as id from generate_series(1, 7) as n;
grant select on s, creators to authenticated;

-- Acting as a talent on the creator's team
select tests.act_as((select talent from s));
select api.open_conversation(id::text) from creators where n <= 5;
select is(
  tests.error_of('select api.open_conversation(id::text) from creators where n = 6') ->> 'code',
  'RATE_LIMITED', 'the sixth conversation of a day without a shared project is refused'
);
select is(
  api.open_conversation(id::text) ->> 'created', 'false', 'an existing conversation can still be opened'
) from creators where n = 1;
select is(
  api.open_conversation(creator::text) ->> 'created', 'true',
  'a conversation with a creator of a shared project is not limited'
) from s;

-- Acting as a creator
select tests.act_as((select other_creator from s));
create temporary table talents as select tests.peek(
  format('select tests.sign_up(%L, %L)', 'Talent ' || n, 'talent')
)::uuid as id from generate_series(1, 6) as n;
select is(
  (select count(*) from talents where api.open_conversation(id::text) ->> 'created' = 'true'), 6::bigint,
  'creators can open conversations without a limit'
);

-- A day later
select tests.act_as_postgres();
update public.conversations set created_at = created_at - interval '25 hours';
select tests.act_as((select talent from s));
select is(
  api.open_conversation(id::text) ->> 'created', 'true', 'a day later another conversation can be opened'
) from creators where n = 6;
select is(
  (select count(*) from public.conversations where opened_cold), 6::bigint,
  'conversations without a shared project are marked as cold'
);

select * from finish();
rollback;
