begin;
select plan(7);

create temporary table s as select * from tests.stage();
grant select on s to authenticated;
select tests.act_as_postgres();
delete from realtime.messages;

-- Acting as the creator
select tests.act_as((select creator from s));
select api.create_task(project::text, 'Mix', null, talent::text, (current_date + 9)::text) from s;
select tests.act_as_postgres();
select results_eq(
  'select event, payload - ''{task,assignedBy}''::text[] from s, tests.own_events(creator)',
  $$
    select 'task:assigned', jsonb_build_object('actorId', creator, 'sessionId', creator) from s
  $$,
  'the user who made a change gets its event, with the session of the change'
);
select results_eq(
  $$
    select m.event, m.payload ->> 'actorId' = creator::text, m.payload ? 'sessionId'
    from s, realtime.messages as m
    where m.topic = 'user:' || talent and m.event = 'task:assigned'
  $$,
  $$ values ('task:assigned', true, false) $$,
  'others get the actor and not the session'
);
select is_empty(
  $$
    select from s, realtime.messages as m
    where m.topic = 'user:' || creator and m.event = 'notification:new'
  $$,
  'a notification never goes to the actor'
);

-- The system
delete from realtime.messages;
update public.tasks set status = 'in-progress' where project_id = (select project from s);
select is(
  (
    select jsonb_agg(distinct m.payload -> 'actorId')
    from realtime.messages as m
    where m.event = 'task:status_changed'
  ),
  '[null]', 'a change of the system has no actor'
);

-- A block
select tests.act_as((select talent from s));
create temporary table opened as
select (api.open_conversation(creator::text) ->> 'id')::uuid as id from s;
select api.block_user(creator::text) from s;
select tests.act_as_postgres();
select results_eq(
  $$ select topic from realtime.messages where event = 'conversation:closed' and private $$,
  $$ select 'conversation:' || id from opened $$, 'a block closes the conversation''s channel'
);
delete from realtime.messages;
select tests.act_as((select talent from s));
select api.block_user(creator::text) from s;
select tests.act_as_postgres();
select is_empty(
  $$ select from realtime.messages where event = 'conversation:closed' $$, 'a second block changes nothing'
);
select tests.act_as((select talent from s));
select api.block_user(stranger::text) from s;
select tests.act_as_postgres();
select is_empty(
  $$ select from realtime.messages where event = 'conversation:closed' $$,
  'without a conversation there is no channel'
);

select * from finish();
rollback;
