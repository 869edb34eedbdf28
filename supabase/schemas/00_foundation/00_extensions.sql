-- Extensions that the schema needs. None is in `public`, so PostgREST does not expose their
-- functions.

create extension if not exists pgcrypto with schema extensions;

-- Scheduled jobs: purges, retries, reminders.
create extension if not exists pg_cron with schema pg_catalog;

-- HTTP requests after a commit: the database calls the workers with them.
create extension if not exists pg_net with schema extensions;
