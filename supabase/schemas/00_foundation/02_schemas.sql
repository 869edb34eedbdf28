-- Three schemas: `public` holds tables under row-level security, `api` one function per documented
-- operation, and `private` everything that they use.

create schema api;

comment on schema api is
  'One function per documented operation. Runs as the caller and returns the documented JSON.';

grant usage on schema api to anon, authenticated, service_role;

create schema private;

comment on schema private is
  'Rules, helpers, counters and queues. Not exposed: used by api functions, policies and triggers.
No role has grants on its tables, so they need no policies; only definer functions use them.';

-- Policies, triggers and api functions run as the caller and use helpers from this schema, so
-- callers need usage. Execute is granted function by function.
grant usage on schema private to anon, authenticated, service_role;

-- Auth's hooks are in this schema.
grant usage on schema private to supabase_auth_admin;
