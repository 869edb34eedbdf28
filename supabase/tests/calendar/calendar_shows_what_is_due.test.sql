begin;
select plan(14);

create temporary table s as select * from tests.stage();
grant select on s to authenticated;

select tests.act_as((select creator from s));
select api.create_task(project::text, 'Sound', null, colleague::text, (current_date + 3)::text) from s;
select api.create_task(project::text, 'Late', null, talent::text, (current_date - 2)::text) from s;
select api.create_task(project::text, 'Far', null, talent::text, (current_date + 400)::text) from s;

-- Acting as the creator
create temporary table c as
select api.get_calendar((current_date)::text, (current_date + 60)::text) as calendar;
grant select on c to authenticated;
select is(
  jsonb_path_query_array(calendar, '$.days[*].date'),
  jsonb_build_array(current_date + 3, current_date + 30),
  'Days with something due come in order, and no others'
) from c;
select is(
  jsonb_path_query_array(calendar, '$.days[0].tasks[*].name'), '["Cut", "Sound"]',
  'A creator sees the tasks of all members that are due on a day'
) from c;
select is(
  jsonb_path_query_array(calendar, '$.days[1].projects[*].name'), '["Film"]',
  'Projects stand on the day they are due'
) from c;
select is(
  jsonb_path_query_array(calendar, '$.overdue[*].name'), '["Late"]',
  'Open tasks whose date has passed are overdue, whatever the range'
) from c;
select is(
  jsonb_build_array(calendar -> 'from', calendar -> 'to'),
  jsonb_build_array(
    date_trunc('month', current_date)::date,
    (date_trunc('month', current_date) + interval '1 month - 1 day')::date
  ),
  'Without dates the calendar shows the present month'
) from api.get_calendar() as calendar;
select is(
  tests.error_of('select api.get_calendar(''2027-02-30'', ''soon'')') -> 'fields', '["from", "to"]',
  'Both dates must be real dates'
);
select is(
  jsonb_build_array(
    tests.error_of('select api.get_calendar(''2027-03-02'', ''2027-03-01'')') -> 'fields',
    tests.error_of('select api.get_calendar(''2027-01-01'', ''2028-01-02'')') -> 'fields',
    api.get_calendar('2027-01-01', '2028-01-01') -> 'to'
  ),
  '[["from"], ["to"], "2028-01-01"]',
  'The range runs forwards and covers at most 366 days'
);

-- Acting as the talent
select tests.act_as((select talent from s));
select is(
  jsonb_build_array(
    jsonb_path_query_array(calendar, '$.days[*].tasks[*].name'),
    jsonb_path_query_array(calendar, '$.days[*].projects[*].name'),
    jsonb_path_query_array(calendar, '$.overdue[*].name')
  ),
  '[["Cut"], ["Film"], ["Late"]]',
  'A talent sees their own tasks and the projects of their teams'
) from api.get_calendar(current_date::text, (current_date + 60)::text) as calendar;
select api.update_task(project::text, task::text, '{"status": "completed"}') from s;

-- Acting as a stranger
select tests.act_as((select stranger from s));
select is(
  jsonb_build_array(
    api.get_calendar(current_date::text, (current_date + 60)::text) -> 'days',
    tests.error_of('select api.get_calendar(null, null, project::text) from s') ->> 'code'
  ),
  '[[], "FORBIDDEN"]',
  'A stranger sees nothing and may not ask for the project'
);

-- Links of calendar programs
select tests.act_as((select talent from s));
create temporary table l as select api.create_calendar_link() as link;
grant select on l to authenticated;
select ok(
  link ->> 'url' like '%/calendar.ics?token=' || (link ->> 'token') and length(link ->> 'token') = 64,
  'A link carries a secret of 256 bits'
) from l;
select tests.act_as_postgres();
select is(
  jsonb_path_query_array(private.calendar_feed(link ->> 'token'), '$.events[*].name'),
  '["Late", "Cut", "Film"]',
  'The feed holds the talent''s tasks and projects'
) from l;
select ok(
  not exists (select from private.calendar_links as k, l where k.token_hash = link ->> 'token'),
  'Only a hash of the secret is kept'
);
select tests.act_as((select talent from s));
select api.create_calendar_link();
select tests.act_as_postgres();
select is(
  tests.error_of('select private.calendar_feed(link ->> ''token'') from l') ->> 'code', 'NOT_FOUND',
  'A new link ends the earlier one'
);
select tests.act_as((select talent from s));
select api.delete_calendar_link();
select is(api.get_calendar_link(), '{"link": null}', 'A deleted link is gone');

select * from finish();
rollback;
