begin;
select plan(33);

create temporary table s as select * from tests.stage();
grant select on s to authenticated;

-- Two files are submitted; the scan rejects the first
select tests.act_as((select talent from s));
create temporary table d as
with files as materialized (
  select tests.upload_for(project, task) || tests.upload_for(project, task) as list from s
),
submitted as materialized (
  select api.submit_deliverable(project::text, task::text, 'Logo', 'Final', files.list) as document
  from s, files
)
select
  (document ->> 'id')::uuid as id,
  (document #>> '{files,0,id}')::uuid as bad,
  (document #>> '{files,1,id}')::uuid as good
from submitted;
grant select on d to authenticated;
create function pg_temp.replace(p_old uuid, p_new text, p_deliverable uuid default null)
  returns jsonb language sql as $$
  select tests.error_of(format(
    'select api.replace_file(%L, %L, %L)', coalesce(p_deliverable, (select id from d)), p_old, p_new
  ))
$$;
create function pg_temp.invalid_state() returns jsonb language sql as $$
  select '{"state": "PT409", "code": "INVALID_STATE", "fields": null}'::jsonb
$$;

select is(
  tests.error_of(format(
    'select api.create_upload(%L, %L, %L, %L, null, null, %L)', 'deliverable', 'a.png', 10, 'image/png', id
  )),
  pg_temp.invalid_state(), 'nothing can be uploaded for a pending deliverable without a rejected file'
) from d;

select tests.act_as_postgres();
select private.scan_rejected(bad, 'type') from d;
select tests.found_clean(good) from d;

-- Both users see which file of which version it is
create temporary view told as
select n.user_id, n.message, n.entity_id, o.payload
from public.notifications as n
left join private.outbox as o on o.idempotency_key = 'notification:' || n.id
where n.type = 'file_rejected';
select is(
  (select jsonb_object_agg(case user_id when creator then 'creator' else 'talent' end, message) from told, s),
  jsonb_build_object('creator', text, 'talent', text),
  'submitter and creator are told the file, the version and the deliverable'
) from (
  values ('"logo.png" does not have the declared type. It is in version 1 of ''Logo''.')
) as v (text);
select is(
  array(select distinct entity_id from told), array(select id from d), 'the notifications lead to the deliverable'
);
select tests.act_as((select creator from s));
select is(
  api.get_deliverable(id::text) #>> '{versions,0,files,0,scanStatus}', 'failed',
  'the version shows the file as failed'
) from d;

-- Who can replace it, and what
select is(
  pg_temp.replace(bad, gen_random_uuid()::text) ->> 'code', 'TALENT_ONLY', 'the creator cannot replace it'
) from d;
select tests.act_as((select colleague from s));
select is(
  pg_temp.replace(bad, gen_random_uuid()::text) ->> 'code', 'FORBIDDEN', 'another member cannot replace it'
) from d;
select tests.act_as((select talent from s));
select is(
  pg_temp.replace(bad, null) -> 'fields', '["newFileId"]', 'the new file is required'
) from d;
select is(
  pg_temp.replace(bad, 'x') -> 'fields', '["newFileId"]', 'the new file must be an id'
) from d;
select is(
  pg_temp.replace(bad, gen_random_uuid()::text) -> 'fields', '["newFileId"]',
  'the new file must be an upload of the caller'
) from d;
select is(
  pg_temp.replace(bad, good::text) -> 'fields', '["newFileId"]', 'a used file cannot be the new one'
) from d;

create temporary table n as
with upload as materialized (
  select api.create_upload('deliverable', 'fixed.png', '10', 'image/png', null, null, id::text) as made from d
)
select
  (made ->> 'fileId')::uuid as id, made as upload
from upload;
grant select on n to authenticated;
select is(
  upload ->> 'deliverableId', d.id::text, 'a file can be uploaded for the deliverable once one was rejected'
) from n, d;
select is(
  pg_temp.replace(bad, n.id::text) ->> 'code', 'UPLOAD_MISSING', 'the new file must be uploaded'
) from d, n;
select tests.act_as_postgres();
select tests.put_object(upload) from n;
select tests.act_as((select talent from s));
select is(
  pg_temp.replace(good, n.id::text), pg_temp.invalid_state(), 'a clean file cannot be replaced'
) from d, n;
select is(
  pg_temp.replace(gen_random_uuid(), n.id::text) ->> 'code', 'NOT_FOUND', 'an unknown file is not found'
) from n;
select is(
  pg_temp.replace(bad, n.id::text, gen_random_uuid()) ->> 'code', 'NOT_FOUND',
  'an unknown deliverable is not found'
) from d, n;

-- Replaced
create temporary table r as
select api.replace_file(d.id::text, bad::text, n.id::text) as document from d, n;
grant select on r to authenticated;
select is(
  array[document ->> 'version', document ->> 'revisionCount', document ->> 'status'],
  array['1', '0', 'pending'], 'version, revisions and status stay'
) from r;
select is(
  (select jsonb_agg(file -> 'id') from jsonb_array_elements(document -> 'files') as file),
  jsonb_build_array(n.id, good), 'the new file takes the place of the rejected one'
) from r, d, n;
select is(
  document -> 'files', document #> '{versions,0,files}', 'the version has the same files'
) from r;
select is(
  pg_temp.replace(bad, n.id::text) ->> 'code', 'NOT_FOUND', 'a replaced file is not part of the version any more'
) from d, n;
select tests.act_as_postgres();
select isnt(removed_at, null, 'the rejected file is removed') from public.files, d where files.id = bad;
select isnt(used_at, null, 'the new file is used') from public.files, n where files.id = n.id;
select is(
  (select count(*) from tests.events(creator) where event = 'deliverable:submitted'), 2::bigint,
  'the creator gets an event for the submission and one for the replacement'
) from s;
select is(
  (
    select message from public.notifications, s
    where user_id = creator and type = 'deliverable_submitted' and title = 'File Replaced'
  ),
  (
    select format(
      '%s replaced the rejected file ''logo.png'' with ''fixed.png'' in version 1 of ''Logo'' in %s project',
      t.name, p.name
    )
    from s
    join public.profiles as t on t.id = s.talent
    join public.projects as p on p.id = s.project
  ),
  'the creator is notified of the replacement'
);
select is(
  (select count(*) from public.notifications where type = 'deliverable_submitted' and title = 'Deliverable Submitted'),
  1::bigint, 'the submission is not notified again'
);
select is(
  (select details ->> 'newFileName' from public.audit_events where action = 'deliverable.file_replaced'),
  'fixed.png', 'the replacement is in the audit trail'
);

-- An infected file keeps its object for 30 days; a repetition has the first response
select private.scan_infected(id) from n;
select ok(
  next_attempt_at > now() + interval '29 days', 'the object of an infected file is kept'
) from private.object_removals as o, n where o.path = n.upload ->> 'path';
select tests.act_as((select talent from s));
create temporary table m as
with upload as materialized (
  select api.create_upload('deliverable', 'clean.png', '10', 'image/png', null, null, id::text) as made from d
)
select (made ->> 'fileId')::uuid as id, made as upload from upload;
grant select on m to authenticated;
select tests.act_as_postgres();
select tests.put_object(upload) from m;
select tests.act_as((select talent from s));
select set_config('request.headers', '{"idempotency-key": "again"}', true);
create temporary table twice as
select api.replace_file(d.id::text, n.id::text, m.id::text) as first from d, n, m;
grant select on twice to authenticated;
select is(
  api.replace_file(d.id::text, n.id::text, m.id::text), first, 'the same key returns the first response'
) from d, n, m, twice;
select set_config('request.headers', '{}', true);
select tests.act_as_postgres();
select ok(
  next_attempt_at > now() + interval '29 days', 'also after it was replaced'
) from private.object_removals as o, n where o.path = n.upload ->> 'path';

-- Only while the deliverable is pending, its task the caller's, its project open
select private.scan_rejected(id, 'type') from m;
create function pg_temp.attempt() returns jsonb language plpgsql as $$
begin
  perform tests.act_as((select talent from s));
  return pg_temp.replace((select id from m), gen_random_uuid()::text);
end;
$$;
grant execute on function pg_temp.attempt() to authenticated;
savepoint pending;
select tests.act_as((select creator from s));
select api.request_revision(id::text, 'Warmer') from d;
select is(pg_temp.attempt(), pg_temp.invalid_state(), 'in revision, the deliverable is resubmitted instead');
rollback to pending;
select tests.act_as((select creator from s));
select api.approve_deliverable(id::text) from d;
select is(pg_temp.attempt(), pg_temp.invalid_state(), 'an approved deliverable keeps its files');
rollback to pending;
select tests.act_as((select creator from s));
update public.projects set status = 'completed' where id = (select project from s);
select is(pg_temp.attempt(), pg_temp.invalid_state(), 'a completed project accepts no files');
rollback to pending;
select tests.act_as((select creator from s));
update public.tasks set assignee_id = colleague from s where id = s.task;
select is(pg_temp.attempt() ->> 'code', 'FORBIDDEN', 'a reassigned task accepts no files');
rollback to pending;
select is(pg_temp.attempt() -> 'fields', '["newFileId"]', 'while it is pending, only the new file is missing');

select * from finish();
rollback;
