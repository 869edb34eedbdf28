begin;
select plan(5);

create temporary view product_functions as
select p.oid, n.nspname as schema, p.proname as name, p.prosecdef, p.proconfig, p.prosrc
from pg_catalog.pg_proc as p
join pg_catalog.pg_namespace as n on n.oid = p.pronamespace
where n.nspname in ('public', 'api', 'private')
  and not exists (
    select from pg_catalog.pg_depend as d
    where d.classid = 'pg_catalog.pg_proc'::regclass and d.objid = p.oid and d.deptype = 'e'
  );

select is_empty(
  $$
    select format('%I.%I', schema, name)
    from product_functions
    where not coalesce('search_path=""' = any (proconfig), false)
  $$,
  'every function has an empty search_path'
);

select is_empty(
  $$
    select format('%I.%I', schema, name)
    from product_functions
    where schema in ('public', 'api') and prosecdef
  $$,
  'exposed schemas contain no security definer functions'
);

select is_empty(
  $$
    select format('%I.%I', schema, name)
    from product_functions
    where schema = 'private' and has_function_privilege('anon', oid, 'execute')
      and obj_description(oid, 'pg_proc') is null
  $$,
  'every private function that anon can execute has a comment with the reason'
);

select is_empty(
  $$
    select format('%I.%I', schema, name)
    from product_functions
    where schema = 'api' and obj_description(oid, 'pg_proc') is null
  $$,
  'every operation has a comment'
);

select is_empty(
  $$
    select format('%I.%I', schema, name)
    from product_functions
    where prosrc ~ '\\d|\[:digit:\]'
  $$,
  'patterns name the digits 0 to 9, not the class of digits, which has those of all scripts'
);

select * from finish();
rollback;
