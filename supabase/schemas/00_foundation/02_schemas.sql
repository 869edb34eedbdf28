-- Three schemas, three doors. `public` holds tables under row level security; `api` one function
-- per documented operation; `private` everything behind them.

create schema api;

comment on schema api is
  'One function per documented operation, run as the caller. Answers in the documented JSON.';

grant usage on schema api to anon, authenticated, service_role;

create schema private;

comment on schema private is
  'Rules, helpers, counters and queues. Never exposed: reached through api, policies and triggers.
Its tables are granted to nobody, so they need no policies; definer functions are the way to them.';

-- Policies, triggers and api functions run as the caller and use helpers from here, so the callers
-- need to look into the schema. What they may execute is granted function by function.
grant usage on schema private to anon, authenticated, service_role;

-- Auth calls its hooks here.
grant usage on schema private to supabase_auth_admin;
