begin;
select plan(3);

create temporary table people as
select
  tests.sign_up('Iris', 'creator') as creator,
  tests.sign_up('Ada', 'talent') as leaver,
  tests.sign_up('Ben', 'talent') as stayer;
grant select on people to authenticated;

-- Acting as the creator
select tests.act_as((select creator from people));
create temporary table made as
select (api.create_project('Film', 'A film', (current_date + 30)::text) ->> 'id')::uuid as id;
do $$
begin
  perform api.add_team_member((select id from made)::text, (select leaver from people)::text);
  perform api.add_team_member((select id from made)::text, (select stayer from people)::text);
end;
$$;
create temporary table work as
select
  who,
  (
    api.create_task((select id from made)::text, who, null, assignee::text, (current_date + 3)::text) ->> 'id'
  )::uuid as id
from people, lateral (values ('leaver', leaver), ('stayer', stayer)) as names (who, assignee);
do $$
begin
  perform api.update_task((select id from made)::text, id::text, '{"status": "completed"}') from work;
  perform api.remove_team_member((select id from made)::text, (select leaver from people)::text);
end;
$$;

select is(
  api.get_task((select id from made)::text, (select id from work where who = 'leaver')::text)
    #>> '{assignee,name}',
  'Ada', 'a completed task keeps an assignee who left the team'
);
select is(
  api.update_task(
    (select id from made)::text, (select id from work where who = 'leaver')::text, '{"status": "planning"}'
  ) -> 'assignee',
  'null', 'a reopened task loses an assignee who left the team'
);
select is(
  api.update_task(
    (select id from made)::text, (select id from work where who = 'stayer')::text, '{"status": "planning"}'
  ) #>> '{assignee,name}',
  'Ben', 'a reopened task keeps an assignee who is on the team'
);

select * from finish();
rollback;
