begin;
select plan(9);

create temporary table s as select * from tests.stage();
grant select on s to authenticated;

select tests.act_as((select talent from s));
create temporary table d as
select (
  api.submit_deliverable(project::text, task::text, 'Logo', null, tests.upload_for(project, task)) ->> 'id'
)::uuid as id
from s;
grant select on d to authenticated;
create temporary table spare as select tests.upload_for(project, task) as files from s;

-- Completed project
select tests.act_as((select creator from s));
select api.update_project(project::text, '{"status": "completed"}') from s;
select is(
  api.request_revision(id::text, 'Warmer') ->> 'status', 'revision',
  'the creator can review a deliverable of a completed project'
) from d;
select tests.act_as((select talent from s));
select is(
  tests.error_of('select api.resubmit_deliverable(id::text, null, null, files) from d, spare') ->> 'code',
  'INVALID_STATE', 'a deliverable of a completed project cannot be resubmitted'
);
select tests.act_as((select creator from s));
select api.update_project(project::text, '{"status": "in-progress"}') from s;

-- Deleted creator account (with force): the project is archived
select tests.act_as_postgres();
select set_config('onswift.force', 'true', true);
select lives_ok(
  'update public.profiles set deleted_at = now() where id = (select creator from s)',
  'the creator account can be deleted with force'
);
select tests.act_as((select talent from s));
select is(
  api.get_deliverable(id::text) ->> 'status', 'revision',
  'the submitter still reads the deliverable of a deleted creator'
) from d;
select is(
  tests.error_of('select api.resubmit_deliverable(id::text, null, null, files) from d, spare') ->> 'code',
  'INVALID_STATE', 'a deliverable of an archived project cannot be resubmitted'
);
select is(
  tests.error_of('select api.approve_deliverable(id::text) from d') ->> 'code', 'FORBIDDEN',
  'no other user can review the deliverable'
);

-- Deleted task
select tests.act_as_postgres();
update public.profiles set deleted_at = null where id = (select creator from s);
select tests.act_as((select creator from s));
select api.delete_task(project::text, task::text) from s;
select is(
  tests.error_of('select api.get_deliverable(id::text) from d') ->> 'code', 'NOT_FOUND',
  'a deliverable of a deleted task is not found'
);
select is(
  (api.list_deliverables() #>> '{pagination,total}')::integer, 0,
  'a deliverable of a deleted task is not listed'
);
select tests.act_as((select talent from s));
select is(
  (select count(*) from public.files), 0::bigint,
  'files of a deleted task are not visible, also unused reservations'
);

select * from finish();
rollback;
