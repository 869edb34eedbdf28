begin;
select plan(9);

create temporary table s as select * from tests.stage();
grant select on s to authenticated;

create function pg_temp.rows_seen_by(p_user_id uuid)
  returns text
  language plpgsql
as $$
begin
  perform tests.act_as(p_user_id);
  return (select count(*) from public.deliverable_versions)
    || ' ' || (select count(*) from public.deliverable_files)
    || ' ' || (select count(*) from public.deliverable_reviews);
end;
$$;
grant execute on function pg_temp.rows_seen_by(uuid) to authenticated;

select tests.act_as((select talent from s));
create temporary table d as
select (
  api.submit_deliverable(project::text, task::text, 'Logo', null, tests.upload_for(project, task)) ->> 'id'
)::uuid as id
from s;
grant select on d to authenticated;
select tests.act_as((select creator from s));
select api.request_revision(id::text, 'Warmer') from d;

select is(pg_temp.rows_seen_by((select creator from s)), '1 1 1', 'the creator sees all rows');
select is(pg_temp.rows_seen_by((select talent from s)), '1 1 1', 'the submitter sees all rows');
select is(pg_temp.rows_seen_by((select colleague from s)), '0 0 0', 'the rest of the team sees none');

select tests.act_as_postgres();
create temporary table before_deletion as
select count(*) as events from realtime.messages where event = 'deliverable:submitted';

select tests.act_as((select creator from s));
select api.delete_task(project::text, task::text) from s;
select is(pg_temp.rows_seen_by((select creator from s)), '0 0 0', 'the creator sees none after deletion');
select is(pg_temp.rows_seen_by((select talent from s)), '0 0 0', 'the submitter sees none after deletion');
select tests.act_as_postgres();
select is(
  (select count(*) from realtime.messages where event = 'deliverable:submitted'),
  (select events from before_deletion),
  'hiding the files sends no event'
);

-- An operator undoes the deletion.
update public.deliverables set deleted_at = null where id = (select id from d);
select is(pg_temp.rows_seen_by((select talent from s)), '1 1 1', 'rows come back with their deliverable');
select tests.act_as_postgres();
select is(
  (select count(*) from realtime.messages where event = 'deliverable:submitted'),
  (select events from before_deletion),
  'and send no event: nothing was submitted'
);

-- A row that is written while its deliverable is deleted.
update public.deliverables set deleted_at = now() where id = (select id from d);
insert into public.deliverable_versions (deliverable_id, version, title, description)
select id, 2, 'Logo', '' from d;
select ok(
  (select bool_and(in_deleted_deliverable) from public.deliverable_versions),
  'a new row of a deleted deliverable is hidden as well'
);

select * from finish();
rollback;
