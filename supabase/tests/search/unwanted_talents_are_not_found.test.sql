begin;
select plan(18);

select tests.hide_other_talents();
create temporary table s (creator uuid, other_creator uuid, banned uuid);
grant select on s to authenticated;
insert into s select tests.sign_up('Gwqx Iris', 'creator'), tests.sign_up('Gwqx Otto', 'creator');

create temporary table t (name text, id uuid);
grant select on t to authenticated;
insert into t
select name, tests.add_talent(name, '{"bio": "gwqx"}', days::integer)
from unnest(array['Kept', 'Banned', 'Free again', 'Deleted', 'Blocked', 'Blocking'])
  with ordinality as talents (name, days);

create function pg_temp.all_found() returns text[] language sql as $$
  select array_agg(found.name order by found.name collate "C")
  from unnest(tests.names_in(tests.search('{"q": "gwqx"}'))) as found (name)
$$;
grant execute on function pg_temp.all_found() to authenticated;

select tests.act_as((select creator from s));
select is(
  pg_temp.all_found(), '{Banned,Blocked,Blocking,Deleted,"Free again",Kept}',
  'Before anything happens, all talents are found, and no creator'
);
select tests.index_search('rebuilt');
select is(
  pg_temp.all_found(), '{Banned,Blocked,Blocking,Deleted,"Free again",Kept}',
  'The same through the index'
);

select api.block_user(id::text) from t where name = 'Blocked';
select tests.act_as(id) from t where name = 'Blocking';
select api.block_user(creator::text) from s;
select tests.act_as_postgres();
update auth.users set banned_until = now() + interval '1 day'
where id = (select id from t where name = 'Banned');
update auth.users set banned_until = now() - interval '1 second'
where id = (select id from t where name = 'Free again');
update public.profiles set deleted_at = now() where id = (select id from t where name = 'Deleted');

select tests.act_as((select creator from s));
select is(
  pg_temp.all_found(), '{"Free again",Kept}',
  'Banned, deleted, blocked and blocking talents are not found; those whose ban has ended are (rows)'
);
select is(
  tests.search('{"q": "gwqx"}') #>> '{pagination,total}', '2', 'The total does not count them (rows)'
);
select tests.index_search('merged');
select is(pg_temp.all_found(), '{"Free again",Kept}', 'They are not found (merged)');
select is(
  tests.search('{"q": "gwqx"}') #>> '{pagination,total}', '2', 'The total does not count them (merged)'
);
select tests.index_search('rebuilt');
select is(pg_temp.all_found(), '{"Free again",Kept}', 'They are not found (rebuilt)');
select is(
  tests.search('{"q": "gwqx"}') #>> '{pagination,total}', '2', 'The total does not count them (rebuilt)'
);
select is(
  tests.names_in(tests.search('{"q": "gwqx", "sort": "createdAt", "limit": 1, "page": 2}')), '{Kept}',
  'Pages do not count them either'
);

select tests.act_as((select other_creator from s));
select is(
  pg_temp.all_found(), '{Blocked,Blocking,"Free again",Kept}',
  'A block concerns nobody else'
);

-- What ends again
select tests.act_as((select creator from s));
select api.unblock_user(id::text) from t where name = 'Blocked';
select is(pg_temp.all_found(), '{Blocked,"Free again",Kept}', 'After a block the talent is found again');
select tests.act_as_postgres();
update auth.users set banned_until = null where id = (select id from t where name = 'Banned');
select tests.act_as((select creator from s));
select is(
  pg_temp.all_found(), '{Banned,Blocked,"Free again",Kept}',
  'A talent whose ban is lifted is found again (rows)'
);
select tests.index_search('merged');
select is(
  pg_temp.all_found(), '{Banned,Blocked,"Free again",Kept}',
  'A talent whose ban is lifted is found again (merged)'
);
select tests.act_as_postgres();
delete from auth.users where id = (select id from t where name = 'Kept');
select tests.act_as((select creator from s));
select is(
  pg_temp.all_found(), '{Banned,Blocked,"Free again"}', 'An erased account is not found (rows)'
);
select tests.index_search('merged');
select is(
  pg_temp.all_found(), '{Banned,Blocked,"Free again"}', 'An erased account is not found (merged)'
);
select is(
  tests.search('{"q": "gwqx", "minRating": 1}') -> 'users', '[]', 'Filters still apply to them'
);

-- What is found follows the profile at once. The ban has ended the session.
select tests.act_as_postgres();
insert into auth.sessions (id, user_id, created_at, updated_at)
select id, id, now(), now() from t where name = 'Banned';
select tests.act_as(id) from t where name = 'Banned';
select api.update_me('{"bio": "Something else", "professionalTitle": "Fqxzk"}');
select tests.act_as((select creator from s));
select is(
  pg_temp.all_found(), '{Blocked,"Free again"}', 'A word that left the profile finds nothing'
);
select is(
  tests.names_in(tests.search('{"q": "fqxzk"}')), '{Banned}', 'A word that came into it finds it'
);

select * from finish();
rollback;
