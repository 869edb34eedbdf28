begin;
select plan(13);

create temporary table s as select * from tests.stage();
grant select on s to authenticated;

create function pg_temp.hand_in() returns uuid language plpgsql as $$
begin
  perform tests.act_as((select talent from s));
  return (
    select api.create_deliverable(project, task, 'Logo', null, tests.upload_for(project, task)) ->> 'id'
    from s
  );
end;
$$;

-- Withdrawn by its submitter
create temporary table d as select pg_temp.hand_in() as id;
select tests.act_as_postgres();
grant all on d to authenticated;
select tests.act_as((select colleague from s));
select is(
  tests.error_of('select api.delete_deliverable(id) from d') ->> 'code', 'FORBIDDEN', 'not by others'
);
select tests.act_as((select talent from s));
select lives_ok('select api.delete_deliverable(id) from d', 'a pending one');
select is(
  tests.error_of('select api.get_deliverable(id) from d') ->> 'code', 'NOT_FOUND', 'is gone'
);
select is(
  tests.peek(format('select count(*) from private.object_removals where path like ''%%%s%%'' and next_attempt_at > now() + interval ''29 days''', id)),
  '1', 'its object goes after thirty days'
) from d;
select is(
  (select count(*) from public.files where deliverable_id = (select id from d)), 0::bigint,
  'its files are out of reach at once'
);

-- Deleted by the creator
select tests.act_as_postgres();
update d set id = pg_temp.hand_in();
select tests.act_as((select creator from s));
select api.decide_deliverable(id, 'request_revision', 'No') from d;
select tests.act_as((select talent from s));
select is(
  tests.error_of('select api.delete_deliverable(id) from d') ->> 'code', 'INVALID_STATE',
  'a judged one is not withdrawn'
);
select tests.act_as((select creator from s));
select lives_ok('select api.delete_deliverable(id) from d', 'but the creator may');

-- An approved one keeps its task
select tests.act_as_postgres();
update d set id = pg_temp.hand_in();
select is(
  tests.error_of('select api.delete_me(''x'')') ->> 'state', null, 'a wrong password is an answer'
);
select tests.act_as_postgres();
select is(
  tests.error_of('update public.profiles set deleted_at = now() where id = (select talent from s)') ->> 'code',
  'OPEN_DELIVERABLES', 'an account with open work stays'
);
select is(
  tests.error_of('update public.profiles set deleted_at = now() where id = (select creator from s)') ->> 'code',
  'OPEN_DELIVERABLES', 'the judge''s as well'
);
select tests.act_as((select creator from s));
select api.decide_deliverable(id, 'approve') from d;
select is(
  tests.error_of('select api.delete_task(project, task) from s') ->> 'code', 'INVALID_STATE',
  'approved work keeps its task'
);
select tests.act_as_postgres();
select lives_ok(
  'update public.profiles set deleted_at = now() where id = (select talent from s)',
  'with everything approved the talent may go'
);
select tests.act_as((select creator from s));
select is(
  api.get_deliverable(id) #>> '{submittedBy,name}', 'Deleted user', 'and the work remains'
) from d;

select * from finish();
rollback;
