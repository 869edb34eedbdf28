begin;
select plan(18);

create temporary table s as select * from tests.stage();
grant select on s to authenticated;

select tests.act_as((select talent from s));
create temporary table f as
select (tests.upload_for(project, task) #>> '{0,fileId}')::uuid as id from s;
select api.confirm_upload(id::text) from f;
select tests.act_as_postgres();
delete from private.object_removals;
delete from private.file_scans where file_id not in (select id from f);

-- Scans
create temporary table claimed as select * from private.claim_scans(10);
select is((select file_id from claimed), (select id from f), 'a worker claims the waiting scan');
select is(
  (select bucket_id || ' ' || attempts from claimed), 'deliverables 1',
  'a claimed scan names its bucket and its first attempt'
);
select is(
  (select count(*) from private.claim_scans(10)), 0::bigint,
  'a claimed scan is not claimed by another worker'
);
update private.file_scans set next_attempt_at = now();
select is(
  (select unreported from private.claim_scans(10)), 1,
  'an attempt that a worker never reported is counted'
);
select private.scan_failed(id, 'clamd is down') from f;
select is(
  (select next_attempt_at from private.file_scans), now() + interval '30 seconds',
  'a failed scan is retried after 30 seconds'
);
select is(
  (select state from public.files where id = (select id from f)), 'uploaded',
  'a failed scan leaves the file pending'
);
update private.file_scans set next_attempt_at = now(), attempts = 500;
select is(
  (select attempts || ' ' || unreported from private.claim_scans(10)), '501 0',
  'a scan is retried however often it failed'
);
select private.scan_failed(id, 'clamd is down') from f;
select is(
  (select next_attempt_at from private.file_scans), now() + interval '30 minutes',
  'the pause before a retry is at most 30 minutes'
);
select private.scan_rejected(id, 'type') from f;
select is(
  (select count(*) from private.file_scans), 0::bigint, 'a result removes the scan from the queue'
);
select private.scan_clean(id, object_version) from public.files where id = (select id from f);
select is(
  (select state from public.files where id = (select id from f)), 'failed',
  'a later result does not change the first one'
);

-- Removals
create temporary table removal as select * from private.claim_removals(10);
select is(
  (select reason from removal), 'mismatch', 'the object of a rejected file is queued for removal'
);
select private.removal_failed(bucket_id, path, 'down') from removal;
select is(
  (select count(*) from private.claim_removals(10)), 0::bigint,
  'a failed removal is not due at once'
);
select private.removal_done(bucket_id, path) from removal;
select is(
  (select count(*) from private.object_removals), 0::bigint, 'a reported removal leaves the queue'
);

-- The sweep. Rows are back-dated by the test.
update public.files set expires_at = now() - interval '4 hours' where id = (select id from f);
update public.files set expires_at = now() - interval '4 hours' where used_at is null;
insert into public.files (upload_type, uploader_id, bucket_id, path, file_name, file_size, mime_type, state, uploaded_at)
select 'avatar', talent, 'avatars', 'gone.png', 'gone.png', 1, 'image/png', 'clean', now() - interval '2 hours' from s;
select is(
  (private.sweep_files() ->> 'expiredReservations')::integer >= 1, true,
  'the sweep removes expired reservations'
);
select is(
  (select state || ' ' || failure from public.files where path = 'gone.png'), 'failed missing',
  'the sweep marks files without an object as failed'
);
select is(
  (select removed_at is not null from public.files where id = (select id from f)), true,
  'an expired reservation is marked as removed'
);

-- Whatever the query plan, a worker claims no more than it asked for.
set local enable_material = off;
set local enable_hashjoin = off;
set local enable_hashagg = off;
set local enable_mergejoin = off;
set local enable_sort = off;
delete from private.file_scans;
insert into private.file_scans (file_id, next_attempt_at)
select id, now() from public.files limit 5;
analyze private.file_scans;
select is(
  (select count(*) from private.claim_scans(1)), 1::bigint,
  'a worker that asks for one scan claims one'
);
delete from private.object_removals;
insert into private.object_removals (bucket_id, path, reason)
select 'avatars', n::text, 'orphan' from generate_series(1, 5) as n;
analyze private.object_removals;
select is(
  (select count(*) from private.claim_removals(2)), 2::bigint,
  'a worker that asks for two removals claims two'
);

select * from finish();
rollback;
