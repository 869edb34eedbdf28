begin;
select plan(9);

create temporary table s as select * from tests.stage();
grant select on s to authenticated;

select tests.act_as((select talent from s));
create temporary table d as
select (
  api.create_deliverable(project, task, 'Logo', null, tests.upload_for(project, task)) ->> 'id'
)::uuid as id
from s;
grant select on d to authenticated;
create temporary table spare as select tests.upload_for(project, task) as files from s;

-- A completed project can still be judged.
select tests.act_as((select creator from s));
select api.update_project(project, '{"status": "completed"}') from s;
select is(
  api.decide_deliverable(id, 'request_revision', 'Warmer') ->> 'status', 'revision', 'judged when completed'
) from d;
select tests.act_as((select talent from s));
select is(
  tests.error_of('select api.resubmit_deliverable(id, null, null, files) from d, spare') ->> 'code',
  'INVALID_STATE', 'but not resubmitted'
);
select tests.act_as((select creator from s));
select api.update_project(project, '{"status": "in-progress"}') from s;

-- A deleted account, with force: a talent's work stays, a creator's project is archived.
select tests.act_as_postgres();
select set_config('onswift.force', 'true', true);
select lives_ok(
  'update public.profiles set deleted_at = now() where id = (select creator from s)', 'force'
);
select tests.act_as((select talent from s));
select is(api.get_deliverable(id) ->> 'status', 'revision', 'its submitter still reads it') from d;
select is(
  tests.error_of('select api.resubmit_deliverable(id, null, null, files) from d, spare') ->> 'code',
  'INVALID_STATE', 'an archived project takes nothing'
);
select is(
  tests.error_of('select api.decide_deliverable(id, ''approve'') from d') ->> 'code', 'FORBIDDEN',
  'and nobody judges in the creator''s place'
);

-- A deleted task takes its deliverables and what was reserved for it along.
select tests.act_as_postgres();
update public.profiles set deleted_at = null where id = (select creator from s);
select tests.act_as((select creator from s));
select api.delete_task(project, task) from s;
select is(
  tests.error_of('select api.get_deliverable(id) from d') ->> 'code', 'NOT_FOUND', 'with its task'
);
select is(
  (api.list_deliverables() #>> '{pagination,total}')::integer, 0, 'in lists as well'
);
select tests.act_as((select talent from s));
select is((select count(*) from public.files), 0::bigint, 'and its files');

select * from finish();
rollback;
