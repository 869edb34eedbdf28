begin;
select plan(50);

select tests.hide_other_talents();
create temporary table c (creator uuid);
grant select on c to authenticated;
insert into c select tests.sign_up('Iris', 'creator');

-- 57 talents with every kind of tie: ratings of 1.0 to 5.0 or none, rates with cents or none.
create temporary table t (place integer, name text, id uuid);
grant select on t to authenticated;
insert into t
select
  place, to_char(place, 'FM"T"00'),
  tests.add_talent(
    to_char(place, 'FM"T"00'),
    jsonb_build_object(
      'bio', 'pgxq',
      'title', case when place % 4 = 0 then 'Pgxq' end,
      'skills', case place % 3 when 0 then '["Figma"]' when 1 then '["Figma", "UI Design"]' else '[]' end::jsonb,
      'rate', case when place % 5 > 0 then 20 + (place % 7) * 0.5 end,
      'rating', case when place % 6 > 0 then 1 + (place % 6) * 0.8 end,
      'availability', case when place % 9 = 0 then 'not_available' end
    ),
    1 + place / 2
  )
from generate_series(1, 57) as place;

-- The names of all pages, one after the other by their cursors.
create function pg_temp.walk(p_arguments jsonb) returns text[] language plpgsql as $$
declare
  v_page jsonb := tests.search(p_arguments);
  v_names text[] := tests.names_in(v_page);
begin
  while v_page ->> 'nextCursor' is not null loop
    v_page := tests.search(p_arguments || jsonb_build_object('cursor', v_page ->> 'nextCursor'));
    v_names := v_names || tests.names_in(v_page);
  end loop;
  return v_names;
end;
$$;

-- The same by their numbers.
create function pg_temp.leaf(p_arguments jsonb) returns text[] language plpgsql as $$
declare
  v_names text[] := '{}';
begin
  for v_page in 1 .. (tests.search(p_arguments) #>> '{pagination,totalPages}')::integer loop
    v_names := v_names
      || tests.names_in(tests.search(p_arguments || jsonb_build_object('page', v_page)));
  end loop;
  return v_names;
end;
$$;

grant execute on function pg_temp.walk(jsonb), pg_temp.leaf(jsonb) to authenticated;

create temporary table orders (place serial, arguments jsonb);
grant select on orders to authenticated;
insert into orders (arguments) values
  ('{"q": "pgxq"}'),
  ('{}'),
  ('{"skills": ["Figma", "UI Design"], "skillsMode": "any"}'),
  ('{"sort": "averageRating"}'),
  ('{"sort": "-averageRating"}'),
  ('{"sort": "hourlyRate"}'),
  ('{"sort": "-hourlyRate"}'),
  ('{"sort": "createdAt"}'),
  ('{"sort": "-createdAt"}'),
  ('{"q": "pgxq", "minRate": 20.5, "maxRate": 22.5, "sort": "hourlyRate"}');

-- The first 50 talents of an order are one page; the others follow by cursor.
create temporary table expected as
select null::integer as place, null::text[] as names limit 0;
grant select, insert on expected to authenticated;

select tests.act_as((select creator from c));
insert into expected
select place, pg_temp.leaf(arguments || '{"limit": 50}') from orders;
select is(
  (select cardinality(names) from expected where place = 2), 57, 'There are 57 talents in two pages'
);

select is(pg_temp.walk(arguments || '{"limit": 4}'), names, 'Cursors lead through ' || arguments::text || ' (rows)')
from orders join expected using (place) order by place;
select tests.index_search('merged');
select is(pg_temp.walk(arguments || '{"limit": 4}'), names, 'Cursors lead through ' || arguments::text || ' (merged)')
from orders join expected using (place) order by place;
select tests.index_search('rebuilt');
select is(pg_temp.walk(arguments || '{"limit": 4}'), names, 'Cursors lead through ' || arguments::text || ' (rebuilt)')
from orders join expected using (place) order by place;
select is(pg_temp.leaf(arguments || '{"limit": 7}'), names, 'Numbers lead through ' || arguments::text || ' (rebuilt)')
from orders join expected using (place) order by place;

select is(
  tests.search('{"q": "pgxq", "limit": 51}') -> 'pagination',
  '{"page": 1, "limit": 50, "total": 57, "totalPages": 2, "hasNext": true, "hasPrev": false}',
  'A limit above 50 counts as 50'
);
select is(
  tests.search('{"q": "pgxq"}') #>> '{pagination,limit}', '20', 'Without a limit a page has 20 talents'
);
select is(
  tests.search('{"q": "pgxq", "page": 999999999}') - 'pagination', '{"users": [], "nextCursor": null}',
  'Behind the last page nobody is left'
);
select is(
  tests.error_of(format('select tests.search(%L)', jsonb_build_object(
    'q', 'pgxq', 'page', 2, 'cursor', tests.search('{"q": "pgxq"}') ->> 'nextCursor'
  ))) -> 'fields',
  '["cursor"]',
  'Cursor and page are not combined'
);
select is(
  tests.error_of(format('select tests.search(%L)', jsonb_build_object(
    'sort', '-createdAt',
    'cursor', translate(encode(convert_to(
      '0 0 0 1 999999999999 0f1e2d3c-4b5a-4697-8877-665544332211', 'UTF8'
    ), 'base64'), e'+/=\n', '-_')
  ))) -> 'fields',
  '["cursor"]',
  'A cursor with a time that no timestamp has is none'
);

-- While somebody turns the pages of 20, one talent of the first page moves to the last, one of the last
-- to the first, one is deleted, and one signs up.
create temporary table p as select tests.search('{"q": "pgxq"}') as page;
grant select on p to authenticated;
create temporary table m as
select names[1] as sinks, names[57] as rises, names[30] as goes, names
from expected where place = 1;
grant select on m to authenticated;

select tests.act_as_postgres();
update public.profiles set professional_title = null, average_rating = null, total_reviews = 0
where id = (select id from t, m where name = sinks);
update public.profiles
set professional_title = 'Pgxq', average_rating = 5, total_reviews = 1, availability = null
where id = (select id from t, m where name = rises);
update public.profiles set deleted_at = now() where id = (select id from t, m where name = goes);
select tests.add_talent('New', '{"title": "Pgxq", "rating": 5}', 0);

create temporary table rest as
select null::text as state, null::jsonb as page, null::text[] as names limit 0;
grant select, insert on rest to authenticated;

select tests.act_as((select creator from c));
insert into rest
select
  'rows', tests.search(jsonb_build_object('q', 'pgxq', 'cursor', page ->> 'nextCursor')),
  pg_temp.walk(jsonb_build_object('q', 'pgxq', 'cursor', page ->> 'nextCursor'))
from p;
select tests.index_search('rebuilt');
insert into rest
select
  'rebuilt', tests.search(jsonb_build_object('q', 'pgxq', 'cursor', page ->> 'nextCursor')),
  pg_temp.walk(jsonb_build_object('q', 'pgxq', 'cursor', page ->> 'nextCursor'))
from p;

select is(
  array(
    select name from unnest(rest.names) with ordinality as r (name, place)
    where name <> sinks order by place
  ),
  array(
    select name from unnest(m.names) with ordinality as e (name, place)
    where place > 20 and name not in (rises, goes) order by place
  ),
  format('Nobody else is repeated or lost (%s)', state)
)
from rest, m;
select is(
  page #>> '{pagination,total}', '57', format('The total is the present one (%s)', state)
) from rest;

select * from finish();
rollback;
