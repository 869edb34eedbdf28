begin;
select plan(15);

create temporary table s as select * from tests.stage();
grant select on s to authenticated;

select tests.act_as((select talent from s));
create temporary table d as
select (
  api.create_deliverable(project, task, 'Logo', null, tests.upload_for(project, task)) ->> 'id'
)::uuid as id
from s;
grant select on d to authenticated;

-- Acting as the submitter
select is(
  tests.error_of('select api.decide_deliverable(id, ''approve'') from d') ->> 'code',
  'FORBIDDEN', 'nobody approves their own work'
);
update public.deliverables set status = 'approved' where id = (select id from d);
select is(
  (select status from public.deliverables where id = (select id from d)), 'pending',
  'nor through the table'
);
select is(
  tests.error_of('select api.resubmit_deliverable(id, null, null, tests.upload_for(project, task)) from d, s') ->> 'code',
  'INVALID_STATE', 'what is pending is not resubmitted'
);
select throws_ok(
  'insert into public.deliverables (project_id, task_id, submitted_by_id, title) select project, task, talent, ''x'' from s',
  '42501', null, 'nothing is inserted directly'
);

-- Acting as the creator, by the table alone
select tests.act_as((select creator from s));
select is(
  tests.error_of('update public.deliverables set status = ''pending'' where id = (select id from d)') ->> 'code',
  'INVALID_STATE', 'pending to pending is no move'
);
select is(
  tests.error_of('update public.deliverables set status = ''revision'' where id = (select id from d)') -> 'fields',
  '["feedback"]', 'a revision needs feedback'
);
select is(
  tests.error_of('update public.deliverables set feedback = ''Hm'' where id = (select id from d)') ->> 'code',
  'INVALID_STATE', 'feedback comes with a decision'
);
select throws_ok(
  'update public.deliverables set revision_count = 0 where id = (select id from d)',
  '42501', null, 'counters are not granted'
);
update public.deliverables set status = 'revision', feedback = 'Warmer' where id = (select id from d);
select is(
  (
    select jsonb_build_array(d.status, d.revision_count, d.feedback, r.action, r.feedback, r.reviewer_id = (select creator from s))
    from public.deliverables as d
    join public.deliverable_reviews as r on r.deliverable_id = d.id
    where d.id = (select id from d)
  ),
  '["revision", 1, "Warmer", "request_revision", "Warmer", true]', 'a decision by the table is whole'
);
select is(
  tests.error_of('update public.deliverables set status = ''pending'' where id = (select id from d)') ->> 'code',
  'INVALID_STATE', 'the creator does not resubmit'
);
select is(
  tests.error_of('update public.deliverables set status = ''approved'' where id = (select id from d)') ->> 'code',
  'INVALID_STATE', 'what is in revision is not approved'
);

-- Acting as the talent again
select tests.act_as((select talent from s));
select is(
  tests.error_of('select api.create_deliverable(project, task, ''Other'', null, tests.upload_for(project, task)) from s') ->> 'code',
  'INVALID_STATE', 'no second submission while one is in revision'
);
select is(
  tests.error_of('select api.delete_deliverable(id) from d') ->> 'code',
  'INVALID_STATE', 'a judged one cannot be withdrawn'
);
select is(
  api.resubmit_deliverable(id, 'Logo 2', null, tests.upload_for(project, task)) ->> 'title',
  'Logo 2', 'resubmitted'
) from d, s;

-- The feedback of the last round does not serve again.
select tests.act_as((select creator from s));
select is(
  tests.error_of('update public.deliverables set status = ''revision'' where id = (select id from d)') -> 'fields',
  '["feedback"]', 'each revision has its own feedback'
);

select * from finish();
rollback;
