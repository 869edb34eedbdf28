-- A queue of requests and their responses. A queued row becomes visible, and is sent, only after commit. The
-- runner outside of the database is notified on the channel `net_http`.
\echo Use "create extension pg_net" to load this file. \quit

create schema net;

create domain net.http_method as text
  check (value in ('GET', 'POST', 'DELETE'));

create unlogged table net.http_request_queue (
  id bigserial,
  method net.http_method not null,
  url text not null,
  headers jsonb,
  body bytea,
  timeout_milliseconds integer not null
);

create unlogged table net._http_response (
  id bigint,
  status_code integer,
  content_type text,
  headers jsonb,
  content text,
  timed_out boolean,
  error_msg text,
  created timestamptz not null default now()
);
create index on net._http_response (created);

create type net.request_status as enum ('PENDING', 'SUCCESS', 'ERROR');
create type net.http_response as (status_code integer, headers jsonb, body text);
create type net.http_response_result as (
  status net.request_status,
  message text,
  response net.http_response
);

create function net._tell_runner() returns trigger
language plpgsql
set search_path = ''
as $$
begin
  notify net_http;
  return null;
end;
$$;
create trigger tell_runner after insert on net.http_request_queue
  for each statement execute function net._tell_runner();

create function net._urlencode_string(string character varying) returns text
language sql
immutable
strict
set search_path = ''
begin atomic
  select coalesce(string_agg(
    case when letter ~ '^[A-Za-z0-9_.~-]$' then letter
      else regexp_replace(
        upper(encode(convert_to(letter, 'UTF8'), 'hex')), '(..)', '%\1', 'g'
      )
    end, '' order by place
  ), '')
  from string_to_table(string::text, null) with ordinality as letters (letter, place);
end;

create function net._encode_url_with_params_array(url text, params_array text[]) returns text
language sql
immutable
strict
set search_path = ''
begin atomic
  select case when cardinality(params_array) = 0 then url
    else url || case when strpos(url, '?') = 0 then '?' else '&' end
      || array_to_string(params_array, '&')
  end;
end;

create function net._with_params(url text, params jsonb) returns text
language sql
immutable
set search_path = ''
begin atomic
  select net._encode_url_with_params_array(url, coalesce(array_agg(
    net._urlencode_string(key) || '=' || net._urlencode_string(value)
  ), '{}'))
  from jsonb_each_text(coalesce(params, '{}'));
end;

create function net.http_get(
  url text,
  params jsonb default '{}',
  headers jsonb default '{}',
  timeout_milliseconds integer default 5000
) returns bigint
language sql
volatile
set search_path = ''
begin atomic
  insert into net.http_request_queue (method, url, headers, timeout_milliseconds)
  values ('GET', net._with_params(url, params), headers, timeout_milliseconds)
  returning id;
end;
comment on function net.http_get is 'Queues a GET request; it is sent after commit. Returns its id.';

create function net.http_post(
  url text,
  body jsonb default '{}',
  params jsonb default '{}',
  headers jsonb default '{"Content-Type": "application/json"}',
  timeout_milliseconds integer default 5000
) returns bigint
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_type text := (
    select value from jsonb_each_text(headers) where lower(key) = 'content-type' limit 1
  );
  v_id bigint;
begin
  if v_type is null then
    headers := coalesce(headers, '{}') || '{"Content-Type": "application/json"}';
  elsif v_type not like 'application/json%' then
    raise exception 'Content-Type header must be "application/json"';
  end if;
  insert into net.http_request_queue (method, url, headers, body, timeout_milliseconds)
  values (
    'POST', net._with_params(url, params), headers, convert_to(body::text, 'UTF8'),
    timeout_milliseconds
  )
  returning id into v_id;
  return v_id;
end;
$$;
comment on function net.http_post is 'Queues a POST request; it is sent after commit. Returns its id.';

create function net.http_delete(
  url text,
  params jsonb default '{}',
  headers jsonb default '{}',
  timeout_milliseconds integer default 5000,
  body jsonb default null
) returns bigint
language sql
volatile
set search_path = ''
begin atomic
  insert into net.http_request_queue (method, url, headers, body, timeout_milliseconds)
  values (
    'DELETE', net._with_params(url, params), headers, convert_to(body::text, 'UTF8'),
    timeout_milliseconds
  )
  returning id;
end;
comment on function net.http_delete is
  'Queues a DELETE request; it is sent after commit. Returns its id.';

create function net._http_collect_response(request_id bigint, async boolean default true)
returns net.http_response_result
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_response net._http_response;
begin
  loop
    select * into v_response from net._http_response where id = request_id;
    exit when found;
    if not exists (select from net.http_request_queue where id = request_id) then
      return ('ERROR', 'request matching request_id not found', null)::net.http_response_result;
    end if;
    if async then
      return ('PENDING', 'request is pending processing', null)::net.http_response_result;
    end if;
    perform pg_sleep(0.05);
  end loop;
  if v_response.error_msg is not null then
    return ('ERROR', v_response.error_msg, null)::net.http_response_result;
  end if;
  return (
    'SUCCESS', 'ok',
    (v_response.status_code, v_response.headers, v_response.content)::net.http_response
  )::net.http_response_result;
end;
$$;

create function net.worker_restart() returns boolean
language plpgsql
set search_path = ''
as $$
begin
  notify net_http;
  return true;
end;
$$;

-- As upstream and on hosted Supabase, every role that can run SQL can queue requests and read responses.
grant usage on schema net to public;
grant all on all tables in schema net to public;
grant all on all sequences in schema net to public;
grant usage on schema net to postgres, anon, authenticated, service_role;

-- Wakes the runner.
notify net_http;
