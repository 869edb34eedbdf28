begin;
select plan(16);

create temporary table s as select * from tests.stage();
grant select on s to authenticated;

-- Acting as the talent
select tests.act_as((select talent from s));
create temporary table d as
select (
  api.submit_deliverable(project::text, task::text, 'Logo', 'Final', tests.upload_for(project, task)) ->> 'id'
)::uuid as id
from s;
grant select on d to authenticated;

select tests.act_as((select creator from s));
select is(
  api.get_deliverable(id::text) ->> 'status', 'pending', 'a submitted deliverable is pending'
) from d;
select is(
  tests.error_of('select api.request_revision(id::text, ''   '') from d') -> 'fields',
  '["feedback"]', 'a revision request without feedback is refused'
);
-- The REST API sends the action as part of the input.
select set_config(
  'onswift.input', '{"operation": "approve_deliverable", "input": {"action": "reject"}}', true
);
select is(
  tests.error_of('select api.approve_deliverable(id::text) from d') -> 'fields',
  '["action"]', 'the action "reject" is refused'
);
select set_config('onswift.input', '', true);

-- Three rounds
create function pg_temp.round(p_number integer) returns jsonb language plpgsql as $$
declare
  v_answer jsonb;
begin
  perform tests.act_as((select creator from s));
  perform api.request_revision((select id from d)::text, 'Round ' || p_number);
  perform tests.act_as((select talent from s));
  v_answer := api.resubmit_deliverable(
    (select id from d)::text, null, null, (select tests.upload_for(project, task) from s)
  );
  perform tests.act_as((select creator from s));
  return v_answer;
end;
$$;

select is(
  pg_temp.round(1) - '{submittedBy,files,versions}'::text[] ->> 'revisionCount', '1',
  'the first revision counts one'
);
select is(pg_temp.round(2) ->> 'revisionCount', '2', 'the second revision counts two');
select is(pg_temp.round(3) ->> 'revisionCount', '3', 'the third revision counts three');

select is(
  tests.error_of('select api.request_revision(id::text, ''Again'') from d'),
  '{"state": "PT400", "code": "MAX_REVISIONS_REACHED", "fields": null}',
  'the fourth revision request is refused'
);
select is(
  tests.error_of('update public.deliverables set status = ''revision'', feedback = ''Again'' where id = (select id from d)') ->> 'code',
  'MAX_REVISIONS_REACHED', 'a fourth revision by direct update is refused'
);
select is(
  (select status || revision_count from public.deliverables where id = (select id from d)),
  'pending3', 'a refused revision changes nothing'
);

-- Earlier versions stay readable.
select is(
  (select jsonb_agg(v -> 'review' ->> 'feedback') from d, jsonb_array_elements(api.get_deliverable(id::text) -> 'versions') as v),
  '["Round 1", "Round 2", "Round 3", null]', 'every version keeps its feedback'
);
select is(
  (
    select count(distinct v #>> '{files,0,id}')
    from d, jsonb_array_elements(api.get_deliverable(id::text) -> 'versions') as v
  ),
  4::bigint, 'every version keeps its files'
);

select is(
  api.approve_deliverable(id::text) - '{id,files,versions}'::text[] ->> 'feedback', null,
  'approval clears the feedback'
) from d;
select is(
  api.get_deliverable(id::text) #>> '{approvedBy,name}', 'Iris', 'approval stores who approved'
) from d;
select is(
  tests.error_of('select api.approve_deliverable(id::text) from d') ->> 'code',
  'INVALID_STATE', 'a second approval is refused'
);
select is(
  tests.error_of('select api.request_revision(id::text, ''x'') from d') ->> 'code',
  'INVALID_STATE', 'a revision of an approved deliverable is refused'
);
select is(
  tests.error_of('select api.delete_deliverable(id::text) from d') ->> 'code',
  'INVALID_STATE', 'an approved deliverable cannot be deleted'
);

select * from finish();
rollback;
