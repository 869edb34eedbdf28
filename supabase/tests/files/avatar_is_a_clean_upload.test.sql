begin;
select plan(12);

create temporary table s as select * from tests.stage();
grant select on s to authenticated;

select tests.act_as((select talent from s));
create temporary table u as
select n, api.create_upload('avatar', n || '.png', 2048, 'image/png') as upload
from generate_series(1, 2) as n;
grant select on u to authenticated;
create function pg_temp.choose(p_n integer) returns jsonb language sql as $$
  select api.update_me(jsonb_build_object('avatarFileId', upload ->> 'fileId')) from u where n = p_n
$$;

select is(tests.error_of('select pg_temp.choose(1)') ->> 'code', 'UPLOAD_MISSING', 'nothing there');
select tests.put_object(upload) from u;
select api.confirm_upload((upload ->> 'fileId')::uuid) from u;
select is(tests.error_of('select pg_temp.choose(1)') ->> 'code', 'SCAN_PENDING', 'not scanned');
select tests.found_clean((upload ->> 'fileId')::uuid) from u;
select is(
  pg_temp.choose(1) ->> 'avatarUrl' like '%/storage/v1/object/public/avatars/%', true, 'chosen'
);
select is(
  tests.peek(format(
    'select string_agg(bucket_id || '' '' || reason, '', '') from private.object_removals where path = %L', upload ->> 'path'
  )),
  'avatar-uploads published', 'the place it was received in is cleared'
) from u where n = 1;
select is(
  (api.get_me() ->> 'profileCompletionPercentage')::integer, 10, 'and counts'
);

-- Replaced
select isnt(pg_temp.choose(2) ->> 'avatarUrl', null, 'another');
select is(
  tests.peek(format('select reason from private.object_removals where bucket_id = ''avatars'' and path = %L', upload ->> 'path')),
  'replaced', 'the old one goes at once'
) from u where n = 1;
select is(
  tests.error_of('select pg_temp.choose(1)') -> 'fields', '["avatarFileId"]', 'and does not come back'
);

-- Not one's own, or none
select tests.act_as((select colleague from s));
select is(
  tests.error_of('select pg_temp.choose(2)') -> 'fields', '["avatarFileId"]', 'another''s'
);
select is(
  tests.error_of('select api.update_me(''{"avatarFileId": "x"}'')') -> 'fields', '["avatarFileId"]', 'no id'
);
select throws_ok(
  'update public.profiles set avatar_url = ''https://evil.example'' where id = auth.uid()',
  '42501', null, 'not by hand'
);
select tests.act_as((select talent from s));
select is(api.update_me('{"avatarFileId": null}') ->> 'avatarUrl', null, 'null takes it away');

select * from finish();
rollback;
