-- What the platform has to bring. Each lives outside `public`, so that nothing of it becomes an
-- endpoint.

create extension if not exists pgcrypto with schema extensions;

-- Scheduled jobs: purges, retries, reminders.
create extension if not exists pg_cron with schema pg_catalog;

-- Requests that leave after the commit: the database wakes the mail worker with them.
create extension if not exists pg_net with schema extensions;
