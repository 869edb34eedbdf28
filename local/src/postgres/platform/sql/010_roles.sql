-- The platform's roles, with the attributes and memberships of hosted Supabase. `supabase_admin`
-- created the cluster and is the only superuser. Passwords differ per data folder and are set elsewhere.

create function pg_temp.ensure_role(name text, attributes text) returns void
language plpgsql
as $$
begin
  if not exists (select from pg_catalog.pg_roles where rolname = name) then
    execute format('create role %I', name);
  end if;
  execute format('alter role %I %s', name, attributes);
end;
$$;

-- The migration role owns the database and the objects of migrations, but it is not a superuser.
select pg_temp.ensure_role('postgres', 'nosuperuser login createdb createrole replication bypassrls');

-- The roles of requests.
select pg_temp.ensure_role('anon', 'nologin inherit');
select pg_temp.ensure_role('authenticated', 'nologin inherit');
select pg_temp.ensure_role('service_role', 'nologin inherit bypassrls');
select pg_temp.ensure_role('authenticator', 'login noinherit');

-- The roles of services; each owns its schema.
select pg_temp.ensure_role('supabase_auth_admin', 'login noinherit');
select pg_temp.ensure_role('supabase_storage_admin', 'login noinherit');
select pg_temp.ensure_role('supabase_realtime_admin', 'nologin noinherit');
select pg_temp.ensure_role('supabase_functions_admin', 'nologin noinherit');
select pg_temp.ensure_role('supabase_replication_admin', 'nologin replication');
select pg_temp.ensure_role('supabase_etl_admin', 'nologin replication');
select pg_temp.ensure_role('supabase_read_only_user', 'nologin bypassrls');
select pg_temp.ensure_role('dashboard_user', 'nologin createdb createrole replication');
select pg_temp.ensure_role('pgbouncer', 'nologin');
select pg_temp.ensure_role('pgtle_admin', 'nologin');

grant anon, authenticated, service_role to authenticator with inherit false, set true;
grant authenticator to supabase_storage_admin;
grant pg_read_all_data to supabase_read_only_user;

grant anon, authenticated, service_role, authenticator, pg_monitor, pg_read_all_data, pg_signal_backend
  to postgres with admin option;
grant pg_create_subscription, pgtle_admin to postgres;

alter role postgres set search_path = "$user", public, extensions;
-- Hosted Supabase lets it do these through its supautils library.
grant set on parameter session_replication_role to postgres;
grant execute on function pg_reload_conf() to postgres;
-- Also where `alter role authenticator set …` stands in a `do` block; the migration runner allows all of `pgrst.`.
grant set on parameter
  pgrst.db_aggregates_enabled, pgrst.db_anon_role, pgrst.db_extra_search_path, pgrst.db_hoisted_tx_settings,
  pgrst.db_max_rows, pgrst.db_plan_enabled, pgrst.db_pre_request, pgrst.db_root_spec, pgrst.db_schemas,
  pgrst.db_tx_end, pgrst.jwt_aud, pgrst.jwt_role_claim_key, pgrst.jwt_secret, pgrst.openapi_mode,
  pgrst.openapi_server_uri, pgrst.server_timing_enabled
  to postgres;
alter role supabase_admin set search_path = "$user", public, auth, extensions;
-- On hosted Supabase, event triggers of migrations skip what superusers do.
alter role supabase_admin set event_triggers = off;
alter role supabase_auth_admin set search_path = auth;
alter role supabase_auth_admin set idle_in_transaction_session_timeout = '60s';
alter role supabase_storage_admin set search_path = storage;
alter role anon set statement_timeout = '3s';
alter role authenticated set statement_timeout = '8s';
-- Hosted Supabase also preloads safeupdate here, a C library that npm's PostgreSQL does not have.
alter role authenticator set statement_timeout = '8s';
alter role authenticator set lock_timeout = '8s';

alter database postgres owner to postgres;
grant all on database postgres to dashboard_user;
