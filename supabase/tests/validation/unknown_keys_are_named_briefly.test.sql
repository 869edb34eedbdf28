begin;
select plan(3);

create temporary table errors as
select private.check_keys(jsonb_object_agg(repeat('k', 100000) || n, n), array['name']) as list
from generate_series(1, 80) as n;

select is(jsonb_array_length(list), 50, 'an error names at most 50 unknown keys') from errors;
select ok(length(list::text) < 20000, 'long keys are cut') from errors;
select is(
  private.check_keys('{"name": 1, "Name": 2}', array['name']) #>> '{0,field}', 'Name',
  'short keys are named as they are'
);

select * from finish();
rollback;
