-- Auth: functions that read the request's claims, and rights on the tables.
set local role supabase_auth_admin;

create or replace function auth.jwt() returns jsonb
language sql
stable
as $$
  select coalesce(
    nullif(current_setting('request.jwt.claim', true), ''),
    nullif(current_setting('request.jwt.claims', true), '')
  )::jsonb
$$;
comment on function auth.jwt() is 'Returns the claims of the request''s access token.';

create or replace function auth.uid() returns uuid
language sql
stable
as $$
  select coalesce(
    nullif(current_setting('request.jwt.claim.sub', true), ''),
    nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'sub'
  )::uuid
$$;
comment on function auth.uid() is 'Returns the id of the signed-in user.';

create or replace function auth.role() returns text
language sql
stable
as $$
  select coalesce(
    nullif(current_setting('request.jwt.claim.role', true), ''),
    nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'role'
  )::text
$$;
comment on function auth.role() is 'Returns the role in the access token.';

create or replace function auth.email() returns text
language sql
stable
as $$
  select coalesce(
    nullif(current_setting('request.jwt.claim.email', true), ''),
    nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'email'
  )::text
$$;
comment on function auth.email() is 'Returns the email address in the access token.';

do $$
declare
  v_table text;
begin
  for v_table in
    select tablename from pg_catalog.pg_tables
    where schemaname = 'auth' and tablename <> 'schema_migrations'
  loop
    execute format('alter table auth.%I enable row level security', v_table);
    execute format('grant all on table auth.%I to postgres, dashboard_user', v_table);
  end loop;
end;
$$;

alter table auth.schema_migrations enable row level security;
-- Only Auth uses its migration table; revokes what the default privileges above granted.
revoke all on auth.schema_migrations from postgres, dashboard_user;
grant all on all sequences in schema auth to postgres, dashboard_user;
