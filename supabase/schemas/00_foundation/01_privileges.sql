-- API roles get no access without an explicit grant. Supabase grants new objects in `public` to the
-- API roles by default; this file revokes those grants and the defaults.

-- Functions: revoking per schema would not undo the global grant to PUBLIC.
alter default privileges revoke execute on functions from public;

alter default privileges in schema public
  revoke all on tables from anon, authenticated, service_role;
alter default privileges in schema public
  revoke all on sequences from anon, authenticated, service_role;
alter default privileges in schema public
  revoke all on functions from anon, authenticated, service_role;

revoke all on all tables in schema public from anon, authenticated, service_role;
revoke all on all sequences in schema public from anon, authenticated, service_role;
revoke all on all functions in schema public from public, anon, authenticated, service_role;

revoke create on schema public from public, anon, authenticated, service_role;
