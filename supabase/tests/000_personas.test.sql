-- Helpers for all other test files: users to act as. Runs first; its functions stay in the database.

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
  -- The session has the same id as the account, so that act_as needs only one id.
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

-- Returns to the database's own role.
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

-- SQLSTATE, code and fields of the error that a statement raises; null without one. throws_ok shows
-- neither code nor fields.
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

-- A project with a team of two, a task, and two users who are not in it.
create or replace function tests.stage(
  out creator uuid, out talent uuid, out colleague uuid, out stranger uuid, out other_creator uuid,
  out project uuid, out task uuid
)
  language plpgsql
  set search_path = ''
as $$
begin
  creator := tests.sign_up('Iris', 'creator');
  other_creator := tests.sign_up('Otto', 'creator');
  talent := tests.sign_up('Ada', 'talent');
  colleague := tests.sign_up('Bo', 'talent');
  stranger := tests.sign_up('Cy', 'talent');
  perform tests.act_as(creator);
  project := api.create_project('Film', 'A film', (current_date + 30)::text) ->> 'id';
  perform api.add_team_member(project::text, talent::text, null);
  perform api.add_team_member(project::text, colleague::text, null);
  task := api.create_task(project::text, 'Cut', null, talent::text, (current_date + 3)::text) ->> 'id';
  perform tests.act_as_postgres();
end;
$$;

-- Stores the object of a reserved file, as Storage does after an upload.
create or replace function tests.put_object(
  p_upload jsonb, p_size bigint default null, p_mime_type text default null
)
  returns uuid
  language plpgsql
  security definer
  set search_path = ''
as $$
begin
  insert into storage.objects (bucket_id, name, version, metadata)
  values (
    p_upload ->> 'bucket', p_upload ->> 'path', gen_random_uuid()::text,
    jsonb_build_object(
      'size', coalesce(p_size, (p_upload ->> 'fileSize')::bigint),
      'mimetype', coalesce(p_mime_type, p_upload ->> 'mimeType')
    )
  );
  return p_upload ->> 'fileId';
end;
$$;

-- Reserves and uploads one PNG for a task as the acting user. Returns the list that a submission takes.
create or replace function tests.upload_for(p_project uuid, p_task uuid)
  returns jsonb
  language sql
  set search_path = ''
as $$
  select jsonb_build_array(jsonb_build_object('fileId', tests.put_object(
    api.create_upload('deliverable', 'logo.png', '2048', 'image/png', p_project::text, p_task::text)
  )))
$$;

create or replace function tests.found_clean(p_file_id uuid)
  returns void
  language sql
  security definer
  set search_path = ''
as $$
  select private.scan_clean(f.id, f.object_version) from public.files as f where f.id = p_file_id
$$;

-- Runs a query as the database's own role while a test acts as a user.
create or replace function tests.peek(p_query text)
  returns text
  language plpgsql
  security definer
  set search_path = ''
as $$
declare
  v_answer text;
begin
  execute p_query into v_answer;
  return v_answer;
end;
$$;

-- Events sent on a user's channel since `tests.forget_events`.
create or replace function tests.events(p_user_id uuid)
  returns table (event text, payload jsonb)
  language sql
  security definer
  set search_path = ''
as $$
  select m.event, m.payload - '{id,actorId}'::text[]
  from realtime.messages as m
  where m.topic = 'user:' || p_user_id
    and m.private
    and m.extension = 'broadcast'
    and not m.payload ? 'sessionId'
$$;

-- Events of the user's own changes, which go to the user's other tabs and devices.
create or replace function tests.own_events(p_user_id uuid)
  returns table (event text, payload jsonb)
  language sql
  security definer
  set search_path = ''
as $$
  select m.event, m.payload - 'id'
  from realtime.messages as m
  where m.topic = 'user:' || p_user_id and m.private and m.payload ? 'sessionId'
$$;

create or replace function tests.event_names(p_user_id uuid)
  returns text[]
  language sql
  security definer
  set search_path = ''
as $$
  select coalesce(array_agg(e.event order by e.event), '{}') from tests.events(p_user_id) as e
$$;

create or replace function tests.forget_events()
  returns void
  language sql
  security definer
  set search_path = ''
as $$
  delete from realtime.messages where topic like 'user:%'
$$;

-- A talent with fields of a profile, as if the account were p_days old. Returns its id.
create or replace function tests.add_talent(p_name text, p_fields jsonb, p_days integer default 1)
  returns uuid
  language plpgsql
  security definer
  set search_path = ''
as $$
declare
  v_id constant uuid := tests.sign_up(p_name, 'talent');
  v_created constant timestamptz := now() - make_interval(days => p_days);
begin
  update public.profiles set created_at = v_created where id = v_id;
  update private.searchable_talents set created_at = v_created where user_id = v_id;
  update public.profiles
  set
    professional_title = p_fields ->> 'title',
    bio = p_fields ->> 'bio',
    skills = private.text_array(p_fields -> 'skills'),
    hourly_rate = (p_fields ->> 'rate')::numeric,
    availability = p_fields ->> 'availability',
    average_rating = (p_fields ->> 'rating')::numeric,
    total_reviews = case when p_fields ->> 'rating' is null then 0 else 1 end
  where id = v_id;
  return v_id;
end;
$$;

-- Bans everybody, so that a search finds only the talents that the test adds afterwards.
create or replace function tests.hide_other_talents()
  returns void
  language sql
  security definer
  set search_path = ''
as $$
  update auth.users set banned_until = 'infinity'
$$;

-- Brings the search index into a state: 'rows' leaves it as it is, with every change still to be merged.
create or replace function tests.index_search(p_state text)
  returns void
  language plpgsql
  security definer
  set search_path = ''
as $$
begin
  case p_state
    when 'rows' then null;
    when 'merged' then perform private.merge_search_changes();
    -- Every word gets a bitmap.
    when 'rebuilt' then perform private.rebuild_search_index(p_least => 1);
  end case;
end;
$$;

create or replace function tests.search(p_arguments jsonb)
  returns jsonb
  language sql
  set search_path = ''
as $$
  select api.search_talent(
    q => p_arguments ->> 'q',
    skills => p_arguments -> 'skills',
    "skillsMode" => p_arguments ->> 'skillsMode',
    "minRate" => p_arguments -> 'minRate',
    "maxRate" => p_arguments -> 'maxRate',
    availability => p_arguments ->> 'availability',
    "minRating" => p_arguments -> 'minRating',
    sort => p_arguments ->> 'sort',
    page => p_arguments -> 'page',
    "limit" => p_arguments -> 'limit',
    cursor => p_arguments ->> 'cursor'
  )
$$;

-- The names of the talents of a page, in their order.
create or replace function tests.names_in(p_page jsonb)
  returns text[]
  language sql
  set search_path = ''
as $$
  select array(
    select talent ->> 'name'
    from jsonb_array_elements(p_page -> 'users') with ordinality as users (talent, place)
    order by place
  )
$$;

grant execute on all functions in schema tests to anon, authenticated;

select has_schema('tests');
select * from finish();
commit;
