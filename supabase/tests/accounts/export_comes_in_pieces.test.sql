begin;
select plan(15);

create temporary table s as select * from tests.stage();
grant select on s to authenticated;
select tests.act_as_postgres();
insert into private.notifications (user_id, type, title, message)
select creator, 'mentioned', 'Nr. ' || n, 'x' from s, generate_series(1, 20) as n;
-- All of one moment, as rows of one statement can be.
update private.notifications set created_at = now() where user_id = (select creator from s);
-- A password that is guessed for weeks.
insert into private.security_events (user_id, type)
select stranger, 'sign_in_failed' from s, generate_series(1, 1200);

-- All pieces of the caller, each with so many items.
create function pg_temp.pieces(p_limit integer)
  returns setof jsonb
  language plpgsql
as $$
declare
  v_piece jsonb;
  v_after text;
begin
  loop
    v_piece := api.export_me(v_after, to_jsonb(p_limit));
    return next v_piece;
    v_after := v_piece ->> 'next';
    exit when v_after is null;
  end loop;
end;
$$;

-- The same, with the items of each list in a row.
create function pg_temp.joined(p_limit integer)
  returns jsonb
  language sql
as $$
  select jsonb_object_agg(part.name, part.items)
  from (
    select
      p.key as name,
      case
        when jsonb_typeof(min(p.value::text)::jsonb) = 'array' then (
          select coalesce(jsonb_agg(item order by item::text), '[]')
          from jsonb_path_query(jsonb_agg(p.value), '$[*][*]') as item
        )
        else min(p.value::text)::jsonb
      end as items
    from pg_temp.pieces(p_limit) as piece
    cross join lateral jsonb_each(piece) as p
    where p.key not in ('exportedAt', 'next')
    group by p.key
  ) as part
$$;

grant execute on function pg_temp.pieces(integer), pg_temp.joined(integer) to authenticated;

-- Acting as the creator
select tests.act_as((select creator from s));
select is((select count(*) from pg_temp.pieces(500)), 1::bigint, 'a small account is one piece');
select ok(
  api.export_me() ?& array[
    'exportedAt', 'next', 'profile', 'projects', 'memberships', 'tasks', 'deliverables', 'uploads',
    'conversations', 'messages', 'notifications', 'notificationPreferences', 'blockedUsers',
    'securityEvents', 'reviewsWritten', 'reviewsReceived', 'calendarLink', 'auditEvents', 'sessions'
  ],
  'which has all parts'
);
select is(api.export_me() -> 'next', 'null', 'and no next');
select is(pg_temp.joined(1), pg_temp.joined(500), 'pieces of one item are the same together');
select is(pg_temp.joined(7), pg_temp.joined(500), 'and pieces of seven');
select ok(
  (
    select bool_and(
      (
        select count(*)
        from jsonb_each(p) as part
        cross join lateral jsonb_array_elements(
          case jsonb_typeof(part.value) when 'array' then part.value else '[]' end
        )
        where part.key not in ('blockedUsers', 'sessions')
      ) <= 7
    )
    from pg_temp.pieces(7) as p
  ),
  'no piece has more items than the limit'
);
select is(
  jsonb_array_length(pg_temp.joined(7) -> 'notifications'),
  (select count(*)::integer from public.notifications), 'nothing is missing or twice'
);
select is(
  (select count(*) from pg_temp.pieces(1) as p where p ? 'profile'), 1::bigint,
  'what is no list is in the first piece only'
);

select is(
  tests.error_of(statement) #>> '{fields,0}', field, what
)
from (
  values
    ($$select api.export_me('x')$$, 'after', 'a cursor is one of ours'),
    ($$select api.export_me('tasks|yesterday-ish|00000000-0000-4000-8000-000000000000')$$, 'after', 'with a time'),
    ($$select api.export_me('auditEvents|2026-01-01|00000000-0000-4000-8000-000000000000')$$, 'after', 'and an id of its list'),
    ($$select api.export_me(null, '0')$$, 'limit', 'the limit is at least 1')
) as v (statement, field, what);

-- Acting as a stranger
create temporary table cursor as select api.export_me(null, '1') ->> 'next' as after;
grant select on cursor to authenticated;
select tests.act_as((select stranger from s));
select is(
  (
    select jsonb_path_query_array(api.export_me(c.after), '$.projects[*].id') from cursor as c
  ),
  '[]', 'a cursor of another user shows nothing of theirs'
);
select is(
  jsonb_array_length(pg_temp.joined(500) -> 'securityEvents'), 1201,
  'a long security log is complete, with the sign-in'
);

-- Signed out
select tests.act_as_anon();
select throws_ok('select api.export_me()', '42501', null, 'anonymous callers have no export');

select * from finish();
rollback;
