begin;
select plan(16);

create temporary table s as select * from tests.stage();
grant select on s to authenticated;

select tests.act_as((select talent from s));
create temporary table u as
select api.create_upload('deliverable', 'a.png', '2048', 'image/png', project::text, task::text) as upload from s;
grant select on u to authenticated;

-- Inserts as Storage does to check a caller's upload
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

select is(
  pg_temp.insert_as(talent, 'deliverables', upload ->> 'path'), 'allowed',
  'the uploader can write to the reserved path'
) from s, u;
select is(
  pg_temp.insert_as(talent, 'deliverables', (upload ->> 'path') || 'x'), 'refused',
  'the uploader cannot write to another path'
) from s, u;
select is(
  pg_temp.insert_as(talent, 'project-samples', upload ->> 'path'), 'refused',
  'the uploader cannot write to another bucket'
) from s, u;
select is(
  pg_temp.insert_as(stranger, 'deliverables', upload ->> 'path'), 'refused',
  'another user cannot write to the reserved path'
) from s, u;
select is(
  pg_temp.insert_as(creator, 'deliverables', upload ->> 'path'), 'refused',
  'the project creator cannot write to the reserved path'
) from s, u;

-- After the reservation has expired
select tests.act_as_postgres();
update public.files set expires_at = now() where id = (select (upload ->> 'fileId')::uuid from u);
select is(
  pg_temp.insert_as(talent, 'deliverables', upload ->> 'path'), 'refused',
  'an expired reservation accepts no upload'
) from s, u;

select tests.act_as_postgres();
select throws_ok(
  $$
    insert into storage.objects (bucket_id, name, version)
    select 'deliverables', upload ->> 'path', '1' from u
  $$,
  '42501', null, 'not even of a resumable upload that was started before, with an upload URL'
);
update public.files
set expires_at = now() + interval '1 hour'
where id = (select (upload ->> 'fileId')::uuid from u);

-- Confirmed: even Storage's service role cannot replace it through an upload URL that is still valid.
select tests.act_as_postgres();
select tests.put_object(upload) from u;
select lives_ok(
  'update storage.objects set version = ''again'' where name = (select upload ->> ''path'' from u)',
  'a reserved object can be replaced'
);
select tests.act_as((select talent from s));
select api.confirm_upload(upload ->> 'fileId') from u;
select tests.act_as_postgres();
select throws_ok(
  'update storage.objects set version = ''evil'' where name = (select upload ->> ''path'' from u)',
  '42501', null, 'a confirmed object cannot be replaced'
);
select lives_ok(
  'update storage.objects set last_accessed_at = now() where name = (select upload ->> ''path'' from u)',
  'recording an access to a confirmed object is allowed'
);

-- A result of a scan of another version of the object
select private.scan_clean((upload ->> 'fileId')::uuid, 'another') from u;
select is(
  (select state || ' ' || failure from public.files where id = (select (upload ->> 'fileId')::uuid from u)),
  'failed changed', 'a result of a scan of another object version fails the file'
);

-- The scan publishes an avatar, and only during the scan.
select tests.act_as((select talent from s));
create temporary table avatar as select api.create_upload('avatar', 'me.png', '2048', 'image/png') as upload;
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
select is(
  pg_temp.insert_as(talent, 'avatars', upload ->> 'path'), 'refused',
  'the uploader cannot write to the public bucket'
) from s, avatar;
select tests.act_as((select talent from s));
select tests.put_object(upload) from avatar;
select is(pg_temp.publish(), 'refused', 'an avatar cannot be published before it is confirmed');
select tests.act_as((select talent from s));
select api.confirm_upload(upload ->> 'fileId') from avatar;
select is(pg_temp.publish(), 'published', 'an avatar can be published during its scan');
select tests.found_clean((upload ->> 'fileId')::uuid) from avatar;
select is(pg_temp.publish(), 'refused', 'an avatar cannot be published again after its scan');

-- A path without a reservation
select is(
  pg_temp.insert_as(talent, 'avatars', talent || '/me.png'), 'refused',
  'users cannot write to the public bucket without a reservation'
) from s;

select * from finish();
rollback;
