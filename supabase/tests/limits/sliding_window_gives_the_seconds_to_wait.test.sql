begin;
select plan(7);

-- Events that happened so many seconds ago, newest first; the window holds 3 an hour.
create function pg_temp.wait_after(variadic p_seconds_ago integer[]) returns integer language sql as $$
  select private.wait_for_window(
    array(
      select clock_timestamp() - make_interval(secs => ago)
      from unnest(p_seconds_ago) as ago
      order by ago
    ),
    3,
    '1 hour'
  )
$$;

select is(pg_temp.wait_after(10, 20), null, 'below the limit there is no wait');
select is(
  pg_temp.wait_after(10, 20, 600), 3000, 'at the limit the wait lasts until the oldest event leaves the window'
);
select is(pg_temp.wait_after(10, 20, 3599), 1, 'the wait is at least 1 second');
select is(pg_temp.wait_after(10, 20, 3600), null, 'an event as old as the window does not count');

select lives_ok(
  $$select private.raise_rate_limited('Slow down.', null)$$, 'without a wait nothing is raised'
);
select throws_ok(
  $$select private.raise_rate_limited('Slow down.', 7)$$, 'PT429', 'Slow down.', 'a wait is raised with status 429'
);
select is(
  tests.error_of($$select private.raise_rate_limited('Slow down.', 7)$$) ->> 'code', 'RATE_LIMITED',
  'its code is RATE_LIMITED'
);

select * from finish();
rollback;
