begin;
select plan(5);

create temporary table s as select * from tests.stage();
grant select on s to authenticated;

create function pg_temp.uploaded(p_name text)
  returns uuid
  language sql
  security definer
as $$
  insert into public.files (
    upload_type, uploader_id, project_id, bucket_id, path, file_name, file_size, mime_type, state,
    uploaded_at, object_version
  )
  select
    'sample', creator, project, 'project-samples', gen_random_uuid()::text, p_name, 10, 'image/png',
    'uploaded', now(), 'v1'
  from s
  returning id
$$;

create temporary view notified as
select n.* from s join public.notifications as n on n.user_id = s.creator and n.type = 'file_rejected';

create temporary table f as
select pg_temp.uploaded('bad.png') as infected, pg_temp.uploaded('odd.png') as failed,
  pg_temp.uploaded('good.png') as clean;

select private.scan_infected(infected) from f;
select is(
  (select jsonb_agg(to_jsonb(message)) from notified),
  '["Malware was found in ''bad.png''. The file cannot be downloaded."]',
  'the uploader is notified of an infected file'
);
select is(
  (select metadata from notified), (select jsonb_build_object('projectId', project) from s),
  'the notification names the project of the file'
);

select private.scan_rejected(failed, 'type') from f;
select is(
  (select count(*) from notified), 2::bigint, 'the uploader is notified of a file that was rejected'
);

select private.scan_clean(clean, 'v1') from f;
select is((select count(*) from notified), 2::bigint, 'a clean file sends no notification');

select is(
  (select count(*) from public.notifications as n, s where n.type = 'file_rejected' and n.user_id <> s.creator),
  0::bigint, 'no other user is notified'
);

select * from finish();
rollback;
