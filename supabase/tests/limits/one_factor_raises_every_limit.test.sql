begin;
select plan(9);

-- Acting as the database's own role
select is(
  (select (c.allowed, c.remaining, c.max_requests) from private.count_request('t', 1, 60) as c),
  row (true, 0, 1), 'without a change the limits are the documented ones'
);
select is(
  (select c.allowed from private.count_request('t', 1, 60) as c), false,
  'the second request is refused'
);
select private.note_login_failure('ada@example.com', '192.0.2.1') from generate_series(1, 5);
select isnt(
  private.login_wait('ada@example.com', '192.0.2.9'), null, 'five failed sign-ins are the limit'
);

update private.limit_settings set factor = 3;
select is(
  (select (c.allowed, c.remaining, c.max_requests) from private.count_request('t2', 1, 60) as c),
  row (true, 2, 3), 'the factor applies to counted requests'
);
select is(
  private.login_wait('ada@example.com', '192.0.2.9'), null, 'and to failed sign-ins'
);
select private.note_login_failure('ada@example.com', '192.0.2.1') from generate_series(1, 10);
select isnt(
  private.login_wait('ada@example.com', '192.0.2.9'), null, 'which have a limit again'
);

select throws_ok(
  'update private.limit_settings set factor = 0', '23514', null, 'no factor switches a limit off'
);
select throws_ok(
  'insert into private.limit_settings (only_row) values (false)', '23514', null,
  'there is one factor'
);
select is(
  has_table_privilege('authenticated', 'private.limit_settings', 'select, update'), false,
  'users cannot change it'
);

select * from finish();
rollback;
