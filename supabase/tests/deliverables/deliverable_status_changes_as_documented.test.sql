begin;
select plan(15);

create temporary table s as select * from tests.stage();
grant select on s to authenticated;

select tests.act_as((select talent from s));
create temporary table d as
select (
  api.submit_deliverable(project::text, task::text, 'Logo', null, tests.upload_for(project, task)) ->> 'id'
)::uuid as id
from s;
grant select on d to authenticated;

-- Acting as the submitter
select is(
  tests.error_of('select api.approve_deliverable(id::text) from d') ->> 'code',
  'FORBIDDEN', 'a submitter cannot approve their own deliverable'
);
update public.deliverables set status = 'approved' where id = (select id from d);
select is(
  (select status from public.deliverables where id = (select id from d)), 'pending',
  'a submitter cannot approve it by direct update'
);
select is(
  tests.error_of('select api.resubmit_deliverable(id::text, null, null, tests.upload_for(project, task)) from d, s') ->> 'code',
  'INVALID_STATE', 'a pending deliverable cannot be resubmitted'
);
select throws_ok(
  'insert into public.deliverables (project_id, task_id, submitted_by_id, title) select project, task, talent, ''x'' from s',
  '42501', null, 'users cannot insert deliverables directly'
);

-- Acting as the creator, with direct updates
select tests.act_as((select creator from s));
select is(
  tests.error_of('update public.deliverables set status = ''pending'' where id = (select id from d)') ->> 'code',
  'INVALID_STATE', 'setting a pending deliverable to pending is refused'
);
select is(
  tests.error_of('update public.deliverables set status = ''revision'' where id = (select id from d)') -> 'fields',
  '["feedback"]', 'a revision without feedback is refused'
);
select is(
  tests.error_of('update public.deliverables set feedback = ''Hm'' where id = (select id from d)') ->> 'code',
  'INVALID_STATE', 'feedback without a decision is refused'
);
select throws_ok(
  'update public.deliverables set revision_count = 0 where id = (select id from d)',
  '42501', null, 'the creator cannot write the revision count'
);
update public.deliverables set status = 'revision', feedback = 'Warmer' where id = (select id from d);
select is(
  (
    select jsonb_build_array(d.status, d.revision_count, d.feedback, r.action, r.feedback, r.reviewer_id = (select creator from s))
    from public.deliverables as d
    join public.deliverable_reviews as r on r.deliverable_id = d.id
    where d.id = (select id from d)
  ),
  '["revision", 1, "Warmer", "request_revision", "Warmer", true]',
  'a revision request by direct update stores counter, feedback and reviewer'
);
select is(
  tests.error_of('update public.deliverables set status = ''pending'' where id = (select id from d)') ->> 'code',
  'INVALID_STATE', 'the creator cannot set a deliverable back to pending'
);
select is(
  tests.error_of('update public.deliverables set status = ''approved'' where id = (select id from d)') ->> 'code',
  'INVALID_STATE', 'a deliverable in revision cannot be approved'
);

-- Acting as the talent again
select tests.act_as((select talent from s));
select is(
  tests.error_of('select api.submit_deliverable(project::text, task::text, ''Other'', null, tests.upload_for(project, task)) from s') ->> 'code',
  'INVALID_STATE', 'a talent cannot submit again for a task while a deliverable is in revision'
);
select is(
  tests.error_of('select api.delete_deliverable(id::text) from d') ->> 'code',
  'INVALID_STATE', 'the submitter cannot delete a deliverable after a decision'
);
select is(
  api.resubmit_deliverable(id::text, 'Logo 2', null, tests.upload_for(project, task)) ->> 'title',
  'Logo 2', 'the submitter resubmits a deliverable in revision'
) from d, s;

-- The feedback of the last revision is not reused.
select tests.act_as((select creator from s));
select is(
  tests.error_of('update public.deliverables set status = ''revision'' where id = (select id from d)') -> 'fields',
  '["feedback"]', 'each revision needs new feedback'
);

select * from finish();
rollback;
