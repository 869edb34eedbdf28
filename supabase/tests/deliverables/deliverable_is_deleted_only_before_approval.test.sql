begin;
select plan(13);

create temporary table s as select * from tests.stage();
grant select on s to authenticated;

create function pg_temp.submit() returns uuid language plpgsql as $$
begin
  perform tests.act_as((select talent from s));
  return (
    select api.submit_deliverable(project::text, task::text, 'Logo', null, tests.upload_for(project, task)) ->> 'id'
    from s
  );
end;
$$;

-- Withdrawn by its submitter
create temporary table d as select pg_temp.submit() as id;
select tests.act_as_postgres();
grant all on d to authenticated;
select tests.act_as((select colleague from s));
select is(
  tests.error_of('select api.delete_deliverable(id::text) from d') ->> 'code', 'FORBIDDEN',
  'another team member cannot delete a deliverable'
);
select tests.act_as((select talent from s));
select lives_ok(
  'select api.delete_deliverable(id::text) from d', 'the submitter can delete a pending deliverable'
);
select is(
  tests.error_of('select api.get_deliverable(id::text) from d') ->> 'code', 'NOT_FOUND',
  'a deleted deliverable is not found'
);
select is(
  tests.peek(format('select count(*) from private.object_removals where path like ''%%%s%%'' and next_attempt_at > now() + interval ''29 days''', id)),
  '1', 'its object is queued for removal in 30 days'
) from d;
select is(
  (select count(*) from public.files where deliverable_id = (select id from d)), 0::bigint,
  'its files are not visible any more'
);

-- Deleted by the creator
select tests.act_as_postgres();
update d set id = pg_temp.submit();
select tests.act_as((select creator from s));
select api.request_revision(id::text, 'No') from d;
select tests.act_as((select talent from s));
select is(
  tests.error_of('select api.delete_deliverable(id::text) from d') ->> 'code', 'INVALID_STATE',
  'the submitter cannot delete a deliverable after a decision'
);
select tests.act_as((select creator from s));
select lives_ok(
  'select api.delete_deliverable(id::text) from d', 'the creator can delete a deliverable in revision'
);

-- Accounts and tasks of open and approved deliverables
select tests.act_as_postgres();
update d set id = pg_temp.submit();
select is(
  tests.error_of('select api.delete_me(''x'')') ->> 'state', null,
  'deleting an account with a wrong password raises no SQL error'
);
select tests.act_as_postgres();
select is(
  tests.error_of('update public.profiles set deleted_at = now() where id = (select talent from s)') ->> 'code',
  'OPEN_DELIVERABLES', 'a talent with an open deliverable cannot delete the account'
);
select is(
  tests.error_of('update public.profiles set deleted_at = now() where id = (select creator from s)') ->> 'code',
  'OPEN_DELIVERABLES', 'a creator with an open deliverable cannot delete the account'
);
select tests.act_as((select creator from s));
select api.approve_deliverable(id::text) from d;
select is(
  tests.error_of('select api.delete_task(project::text, task::text) from s') ->> 'code', 'INVALID_STATE',
  'a task with an approved deliverable cannot be deleted'
);
select tests.act_as_postgres();
select lives_ok(
  'update public.profiles set deleted_at = now() where id = (select talent from s)',
  'a talent whose deliverables are all approved can delete the account'
);
select tests.act_as((select creator from s));
select is(
  api.get_deliverable(id::text) #>> '{submittedBy,name}', 'Deleted user',
  'the deliverable of a deleted account stays'
) from d;

select * from finish();
rollback;
