begin;
select plan(7);

create temporary table s as select * from tests.stage();
grant select on s to authenticated;
create function pg_temp.add() returns text language sql as $$
  select tests.error_of(format('select api.add_team_member(%L, %L)', project, talent)) ->> 'code' from s
$$;
create function pg_temp.leave() returns void language plpgsql as $$
begin
  perform tests.act_as((select talent from s));
  perform api.remove_team_member(project::text, talent::text) from s;
  perform tests.act_as((select creator from s));
end;
$$;

grant execute on function pg_temp.add(), pg_temp.leave() to authenticated;

-- Acting as the creator
select tests.act_as((select creator from s));
select pg_temp.leave();
select is(pg_temp.add(), null, 'a talent who left once can be added again');
select pg_temp.leave();
select is(pg_temp.add(), 'INVALID_STATE', 'a talent who left twice cannot');
select tests.act_as_postgres();
update public.project_members
set joined_at = joined_at - interval '31 days', removed_at = removed_at - interval '31 days'
where user_id = (select talent from s) and removed_at is not null;
select tests.act_as((select creator from s));
select is(pg_temp.add(), null, 'a month later the talent can be added');
select api.remove_team_member(project::text, talent::text) from s;
select is(pg_temp.add(), null, 'a removal by the creator is no departure');
select api.remove_team_member(project::text, talent::text) from s;

-- After a block
select tests.act_as((select talent from s));
select api.block_user(creator::text) from s;
select tests.act_as((select creator from s));
select is(pg_temp.add(), 'BLOCKED', 'a talent who blocked the creator cannot be added');
select throws_ok(
  format('insert into public.project_members (project_id, user_id) values (%L, %L)', project, talent),
  'PT403', null, 'nor through the table'
)
from s;
select tests.act_as((select talent from s));
select api.unblock_user(creator::text) from s;
select tests.act_as((select creator from s));
select is(pg_temp.add(), null, 'after the block has ended, the talent can be added');

select * from finish();
rollback;
