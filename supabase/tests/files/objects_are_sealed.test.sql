begin;
select plan(15);

create temporary table s as select * from tests.stage();
grant select on s to authenticated;

select tests.act_as((select talent from s));
create temporary table u as
select api.create_upload('deliverable', 'a.png', 2048, 'image/png', project, task) as upload from s;
grant select on u to authenticated;

-- As Storage probes on behalf of the caller
create function pg_temp.insert_as(p_user uuid, p_bucket text, p_path text) returns text language plpgsql as $$
begin
  perform tests.act_as(p_user);
  insert into storage.objects (bucket_id, name, version) values (p_bucket, p_path, '1');
  raise sqlstate 'XX999';
exception
  when sqlstate 'XX999' then return 'allowed';
  when insufficient_privilege then return 'refused';
end;
$$;

select is(pg_temp.insert_as(talent, 'deliverables', upload ->> 'path'), 'allowed', 'one''s own place') from s, u;
select is(pg_temp.insert_as(talent, 'deliverables', (upload ->> 'path') || 'x'), 'refused', 'another place') from s, u;
select is(pg_temp.insert_as(talent, 'project-samples', upload ->> 'path'), 'refused', 'another bucket') from s, u;
select is(pg_temp.insert_as(stranger, 'deliverables', upload ->> 'path'), 'refused', 'another caller') from s, u;
select is(pg_temp.insert_as(creator, 'deliverables', upload ->> 'path'), 'refused', 'the creator') from s, u;

-- Late
select tests.act_as_postgres();
update public.files set expires_at = now() where id = (select (upload ->> 'fileId')::uuid from u);
select is(pg_temp.insert_as(talent, 'deliverables', upload ->> 'path'), 'refused', 'too late') from s, u;

-- Confirmed: not even the service replaces it, with an upload address that still lives.
select tests.act_as_postgres();
select tests.put_object(upload) from u;
select lives_ok(
  'update storage.objects set version = ''again'' where name = (select upload ->> ''path'' from u)',
  'replaced while reserved'
);
select tests.act_as((select talent from s));
select api.confirm_upload((upload ->> 'fileId')::uuid) from u;
select tests.act_as_postgres();
select throws_ok(
  'update storage.objects set version = ''evil'' where name = (select upload ->> ''path'' from u)',
  '42501', null, 'sealed once confirmed'
);
select lives_ok(
  'update storage.objects set last_accessed_at = now() where name = (select upload ->> ''path'' from u)',
  'reading is no change'
);

-- A scan of what is not there any more
select private.scan_clean((upload ->> 'fileId')::uuid, 'another') from u;
select is(
  (select state || ' ' || failure from public.files where id = (select (upload ->> 'fileId')::uuid from u)),
  'failed changed', 'a verdict is for what was looked at'
);

-- An avatar is published by the scan, while it is being scanned and only then.
select tests.act_as((select talent from s));
create temporary table avatar as select api.create_upload('avatar', 'me.png', 2048, 'image/png') as upload;
grant select on avatar to authenticated;
create function pg_temp.publish() returns text language plpgsql as $$
begin
  perform tests.act_as_postgres();
  insert into storage.objects (bucket_id, name, version)
  select 'avatars', upload ->> 'path', gen_random_uuid()::text from avatar
  on conflict (bucket_id, name) do update set version = excluded.version;
  return 'published';
exception
  when insufficient_privilege then return 'refused';
end;
$$;
select is(pg_temp.insert_as(talent, 'avatars', upload ->> 'path'), 'refused', 'not by its uploader') from s, avatar;
select tests.act_as((select talent from s));
select tests.put_object(upload) from avatar;
select is(pg_temp.publish(), 'refused', 'nor before it is confirmed');
select tests.act_as((select talent from s));
select api.confirm_upload((upload ->> 'fileId')::uuid) from avatar;
select is(pg_temp.publish(), 'published', 'while it is scanned');
select tests.found_clean((upload ->> 'fileId')::uuid) from avatar;
select is(pg_temp.publish(), 'refused', 'and not again');

-- Nobody writes to a public path
select is(pg_temp.insert_as(talent, 'avatars', talent || '/me.png'), 'refused', 'no avatar by hand') from s;

select * from finish();
rollback;
