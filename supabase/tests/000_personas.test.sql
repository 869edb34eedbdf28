-- Helpers for all files after this one: people to act as. Runs first and stays.

create extension if not exists pgtap with schema extensions;

begin;
select plan(1);

create schema if not exists tests;
grant usage on schema tests to anon, authenticated;

-- An account with a live session, as if it had signed up.
create or replace function tests.sign_up(p_name text, p_user_type text)
  returns uuid
  language plpgsql
  set search_path = ''
as $$
declare
  v_id uuid := gen_random_uuid();
begin
  insert into auth.users (
    id, instance_id, aud, role, email, raw_app_meta_data, raw_user_meta_data, created_at, updated_at
  )
  values (
    v_id, '00000000-0000-0000-0000-000000000000', 'authenticated', 'authenticated',
    v_id || '@example.com', '{"provider": "email"}',
    jsonb_build_object('name', p_name, 'userType', p_user_type), now(), now()
  );
  -- The session carries the account's id, so that act_as needs only one.
  insert into auth.sessions (id, user_id, created_at, updated_at) values (v_id, v_id, now(), now());
  return v_id;
end;
$$;

create or replace function tests.act_as(p_user_id uuid)
  returns void
  language plpgsql
  set search_path = ''
as $$
begin
  perform set_config('role', 'authenticated', true);
  perform set_config(
    'request.jwt.claims',
    jsonb_build_object(
      'role', 'authenticated', 'sub', p_user_id, 'session_id', p_user_id
    )::text,
    true
  );
end;
$$;

create or replace function tests.act_as_anon()
  returns void
  language plpgsql
  set search_path = ''
as $$
begin
  perform set_config('role', 'anon', true);
  perform set_config('request.jwt.claims', '{"role": "anon"}', true);
end;
$$;

-- Back to the database's own role.
create or replace function tests.act_as_postgres()
  returns void
  language plpgsql
  set search_path = ''
as $$
begin
  perform set_config('role', 'postgres', true);
  perform set_config('request.jwt.claims', '', true);
end;
$$;

-- The error a statement raises, for what throws_ok does not show.
create or replace function tests.error_of(p_statement text)
  returns jsonb
  language plpgsql
  set search_path = ''
as $$
declare
  v_state text;
  v_hint text;
  v_detail text;
begin
  execute p_statement;
  return null;
exception
  when others then
    get stacked diagnostics
      v_state = returned_sqlstate, v_hint = pg_exception_hint, v_detail = pg_exception_detail;
    return jsonb_build_object(
      'state', v_state,
      'code', nullif(v_hint, ''),
      'fields',
      case
        when v_state = 'PT400' and v_detail <> '' then (
          select jsonb_agg(d ->> 'field' order by d ->> 'field')
          from jsonb_array_elements(v_detail::jsonb) as d
        )
      end
    );
end;
$$;

grant execute on all functions in schema tests to anon, authenticated;

select has_schema('tests');
select * from finish();
commit;
