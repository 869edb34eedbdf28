begin;
select plan(4);

create temporary table s as select * from tests.stage();
grant select on s to authenticated;
delete from private.object_removals;
delete from private.file_scans;

select is(
  private.waiting_files(),
  '{"scans": {"waiting": 0, "failing": 0}, "removals": {"waiting": 0, "failing": 0}}'::jsonb,
  'empty queues count zero'
);

-- Acting as the talent
select tests.act_as((select talent from s));
create temporary table f as
select (tests.upload_for(project, task) #>> '{0,fileId}')::uuid as id from s, generate_series(1, 2);
select api.confirm_upload(id::text) from f;
select tests.act_as_postgres();
select private.claim_scans(10);
select private.scan_failed(id, 'clamd is down') from f limit 1;
select is(
  private.waiting_files() -> 'scans', '{"waiting": 2, "failing": 1}'::jsonb,
  'a failed scan counts as waiting and failing'
);

select private.remove_object('deliverables', 'now', 'orphan');
select private.remove_object('deliverables', 'stuck', 'orphan');
select private.remove_object('deliverables', 'in-thirty-days', 'deleted', interval '30 days');
select private.claim_removals(10);
select private.removal_failed('deliverables', 'stuck', 'Storage is down');
select is(
  private.waiting_files() -> 'removals', '{"waiting": 2, "failing": 1}'::jsonb,
  'a removal delayed on purpose is not counted'
);

-- Acting as the talent
select tests.act_as((select talent from s));
select throws_ok('select private.waiting_files()', '42501', null, 'users cannot read the counts');

select * from finish();
rollback;
