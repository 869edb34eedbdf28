begin;
select plan(6);

create temporary table people as
select tests.sign_up('Iris', 'creator') as creator, tests.sign_up('Max', 'creator') as other;
grant select on people to authenticated;

create function pg_temp.create_with(p_key text, p_name text) returns text language plpgsql as $$
begin
  perform set_config('request.headers', jsonb_build_object('idempotency-key', p_key)::text, true);
  return api.create_project(p_name, 'd', (current_date + 30)::text) ->> 'id';
end;
$$;

grant execute on function pg_temp.create_with(text, text) to authenticated;

-- Acting as the creator
select tests.act_as((select creator from people));
create temporary table first as select pg_temp.create_with('one', 'Film') as id;
grant select on first to authenticated;

select is(pg_temp.create_with('one', 'Film'), (select id from first), 'a repeated request gets the first response');
select isnt(pg_temp.create_with('two', 'Film'), (select id from first), 'another key creates another project');
select is(
  tests.error_of($$select pg_temp.create_with('one', 'Other')$$) ->> 'code', 'CONFLICT',
  'a key that was used for another request is refused'
);
select is(
  tests.error_of(format('select pg_temp.create_with(%L, %L)', repeat('k', 256), 'Film')) -> 'fields',
  '["Idempotency-Key"]', 'a key with more than 255 characters is refused'
);

-- Acting as another creator
select tests.act_as((select other from people));
select isnt(pg_temp.create_with('one', 'Film'), (select id from first), 'another user can use the same key');

-- A day later
select tests.act_as_postgres();
update private.idempotency_keys set created_at = now() - interval '25 hours';
select tests.act_as((select creator from people));
select isnt(pg_temp.create_with('one', 'Film'), (select id from first), 'a key can be used again after 24 hours');

select * from finish();
rollback;
