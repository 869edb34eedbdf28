begin;
select plan(16);

create temporary table s as select * from tests.stage();
grant select on s to authenticated;

select tests.act_as((select talent from s));
create temporary table d as
select api.submit_deliverable(project::text, task::text, 'Logo', null, tests.upload_for(project, task)) as answer
from s;
create temporary table f as
select (answer #>> '{files,0,id}')::uuid as id, (answer ->> 'id')::uuid as deliverable from d;
grant select on f to authenticated;
select tests.found_clean(id) from f;

create function pg_temp.sees(p_user uuid) returns jsonb language plpgsql as $$
begin
  perform tests.act_as(p_user);
  return jsonb_build_array(
    coalesce(tests.error_of('select api.get_deliverable(deliverable::text) from f') ->> 'code', 'ok'),
    coalesce(tests.error_of('select api.get_download(id::text) from f') ->> 'code', 'ok'),
    (select count(*) from public.deliverables where id = (select deliverable from f)),
    (select count(*) from public.deliverable_files where file_id = (select id from f)),
    (select count(*) from public.files where id = (select id from f)),
    api.list_deliverables() #> '{pagination,total}'
  );
end;
$$;

select is(
  pg_temp.sees(talent), '["ok", "ok", 1, 1, 1, 1]',
  'the submitter sees the deliverable and its file'
) from s;
select is(
  pg_temp.sees(creator), '["ok", "ok", 1, 1, 1, 1]',
  'the project creator sees the deliverable and its file'
) from s;
select is(
  pg_temp.sees(colleague), '["FORBIDDEN", "FORBIDDEN", 0, 0, 0, 0]',
  'another team member does not see it'
) from s;
select is(
  pg_temp.sees(stranger), '["FORBIDDEN", "FORBIDDEN", 0, 0, 0, 0]',
  'a talent outside the team does not see it'
) from s;
select is(
  pg_temp.sees(other_creator), '["FORBIDDEN", "FORBIDDEN", 0, 0, 0, 0]',
  'another creator does not see it'
) from s;

-- The task is reassigned: the submission stays with its submitter.
select tests.act_as((select creator from s));
select api.request_revision(deliverable::text, 'Warmer') from f;
select api.update_task(project::text, task::text, jsonb_build_object('assigneeId', colleague)) from s;
select is(
  pg_temp.sees(talent), '["ok", "ok", 1, 1, 1, 1]',
  'the submitter still sees it after the task is reassigned'
) from s;
select is(
  pg_temp.sees(colleague), '["FORBIDDEN", "FORBIDDEN", 0, 0, 0, 0]',
  'the new assignee does not see the earlier submission'
) from s;
select tests.act_as((select talent from s));
select is(
  tests.error_of('select api.resubmit_deliverable(deliverable::text, null, null, ''[{"fileId": "00000000-0000-4000-8000-000000000000"}]'') from f') ->> 'code',
  'FORBIDDEN', 'the former assignee cannot resubmit'
);
select tests.act_as((select colleague from s));
select lives_ok(
  'select api.submit_deliverable(project::text, task::text, ''Mine'', null, tests.upload_for(project, task)) from s',
  'the new assignee can submit a deliverable'
);

-- Removed from the team
select tests.act_as((select creator from s));
select api.remove_team_member(project::text, talent::text) from s;
select is(
  pg_temp.sees(talent), '["ok", "ok", 1, 1, 1, 1]',
  'a removed member still sees their own deliverable'
) from s;
select is(
  api.list_deliverables() #>> '{deliverables,0,projectName}', 'Film',
  'a removed member still sees the project name'
);
select is(
  tests.error_of('select api.create_upload(''deliverable'', ''a.png'', ''1'', ''image/png'', null, null, deliverable::text) from f') ->> 'code',
  'FORBIDDEN', 'a removed member cannot upload for it'
);

-- Objects in Storage
select tests.act_as((select stranger from s));
select set_config('storage.operation', 'storage.object.get_authenticated', true);
select is(
  (select count(*) from storage.objects where name like (select project::text || '%' from s)), 0::bigint,
  'a stranger cannot download the object'
);
select tests.act_as((select talent from s));
select is(
  (select count(*) from storage.objects where name like (select project::text || '%' from s)), 1::bigint,
  'the submitter can download the object'
);
select set_config('storage.operation', 'storage.object.sign', true);
select is(
  (select count(*) from storage.objects where name like (select project::text || '%' from s)), 0::bigint,
  'the submitter cannot sign a URL of the object'
);

-- Anonymous
select tests.act_as_anon();
select throws_ok(
  'select api.get_deliverable(deliverable::text) from f', '42501', null,
  'anonymous callers cannot call the operation'
);

select * from finish();
rollback;
