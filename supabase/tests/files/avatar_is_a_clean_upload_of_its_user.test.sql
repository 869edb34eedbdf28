begin;
select plan(12);

create temporary table s as select * from tests.stage();
grant select on s to authenticated;

select tests.act_as((select talent from s));
create temporary table u as
select n, api.create_upload('avatar', n || '.png', '2048', 'image/png') as upload
from generate_series(1, 2) as n;
grant select on u to authenticated;
create function pg_temp.choose(p_n integer) returns jsonb language sql as $$
  select api.update_me(jsonb_build_object('avatarFileId', upload ->> 'fileId')) from u where n = p_n
$$;

select is(
  tests.error_of('select pg_temp.choose(1)') ->> 'code', 'UPLOAD_MISSING',
  'an upload without bytes cannot become the avatar'
);
select tests.put_object(upload) from u;
select api.confirm_upload(upload ->> 'fileId') from u;
select is(
  tests.error_of('select pg_temp.choose(1)') ->> 'code', 'SCAN_PENDING',
  'an upload that is not scanned cannot become the avatar'
);
select tests.found_clean((upload ->> 'fileId')::uuid) from u;
select is(
  pg_temp.choose(1) ->> 'avatarUrl' like '%/storage/v1/object/public/avatars/%', true,
  'a clean upload becomes the public avatar'
);
select is(
  tests.peek(format(
    'select string_agg(bucket_id || '' '' || reason, '', '') from private.object_removals where path = %L', upload ->> 'path'
  )),
  'avatar-uploads published', 'the object in the upload bucket is queued for removal'
) from u where n = 1;
select is(
  (api.get_me() ->> 'profileCompletionPercentage')::integer, 10,
  'the avatar counts towards profile completion'
);

-- Replaced
select isnt(pg_temp.choose(2) ->> 'avatarUrl', null, 'another clean upload replaces the avatar');
select is(
  tests.peek(format('select reason from private.object_removals where bucket_id = ''avatars'' and path = %L', upload ->> 'path')),
  'replaced', 'the replaced avatar is queued for removal at once'
) from u where n = 1;
select is(
  tests.error_of('select pg_temp.choose(1)') -> 'fields', '["avatarFileId"]',
  'a replaced avatar cannot be used again'
);

-- Another user's upload, or no upload
select tests.act_as((select colleague from s));
select is(
  tests.error_of('select pg_temp.choose(2)') -> 'fields', '["avatarFileId"]',
  'another user''s upload cannot become the avatar'
);
select is(
  tests.error_of('select api.update_me(''{"avatarFileId": "x"}'')') -> 'fields', '["avatarFileId"]',
  'a value that is not an id is reported as avatarFileId'
);
select throws_ok(
  'update public.profiles set avatar_url = ''https://evil.example'' where id = auth.uid()',
  '42501', null, 'users cannot write avatar_url directly'
);
select tests.act_as((select talent from s));
select is(api.update_me('{"avatarFileId": null}') ->> 'avatarUrl', null, 'null removes the avatar');

select * from finish();
rollback;
