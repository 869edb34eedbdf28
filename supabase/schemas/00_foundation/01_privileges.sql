-- Nobody may do anything until a migration says so. Supabase hands new objects of `public` to the
-- API roles by default; that is taken back here, whether or not the project was created with it.

-- Functions: a revoke per schema would not undo the global grant to everybody.
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
