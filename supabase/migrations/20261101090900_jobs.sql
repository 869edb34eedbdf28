-- Release 0.2.0, from supabase/schemas/99_jobs. A later change is made there and in a migration of its own.


-- ── 99_jobs/05_job_runs.sql ─────────────────────────────────────────────────────────────────────

-- pg_cron records every run and deletes none. Returns the number of deleted records.
create function private.purge_job_runs(p_older_than interval default '7 days')
  returns integer
  language plpgsql
  volatile
  set search_path = ''
as $$
declare
  v_deleted integer;
begin
  delete from cron.job_run_details where end_time < now() - p_older_than;
  get diagnostics v_deleted = row_count;
  return v_deleted;
end;
$$;


-- ── 99_jobs/10_jobs.sql ─────────────────────────────────────────────────────────────────────────

-- Scheduled jobs. Times are UTC. Each job calls one function without arguments and can be run again
-- at any time.

select cron.schedule(
  'onswift-wake-outbox-worker', '* * * * *', 'select private.wake_outbox_worker()'
);
select cron.schedule(
  'onswift-purge-request-counts', '*/5 * * * *', 'select private.purge_request_counts()'
);
select cron.schedule(
  'onswift-purge-login-failures', '*/15 * * * *', 'select private.purge_login_failures()'
);
select cron.schedule(
  'onswift-purge-idempotency-keys', '10 * * * *', 'select private.purge_idempotency_keys()'
);
select cron.schedule(
  'onswift-purge-password-resets', '15 * * * *', 'select private.purge_password_resets()'
);
select cron.schedule(
  'onswift-purge-security-events', '50 3 * * *', 'select private.purge_security_events()'
);
select cron.schedule(
  'onswift-purge-outbox', '20 3 * * *', 'select private.purge_outbox()'
);
select cron.schedule(
  'onswift-anonymise-accounts', '40 * * * *', 'select private.anonymise_accounts()'
);
select cron.schedule(
  'onswift-wake-file-worker', '* * * * *', 'select private.wake_file_worker()'
);
select cron.schedule(
  'onswift-sweep-files', '25 * * * *', 'select private.sweep_files()'
);
select cron.schedule(
  'onswift-purge-upload-batches', '30 3 * * *', 'select private.purge_upload_batches()'
);
select cron.schedule(
  'onswift-queue-message-mails', '* * * * *', 'select private.queue_message_mails()'
);
select cron.schedule(
  'onswift-notify-deadlines', '5 * * * *', 'select private.notify_deadlines()'
);
select cron.schedule(
  'onswift-add-up-notifications', '* * * * *', 'select private.add_up_notifications()'
);
select cron.schedule(
  'onswift-settle-watermarks', '10 seconds', 'select private.settle_watermarks()'
);
select cron.schedule(
  'onswift-purge-notifications', '50 3 * * *', 'select private.purge_notifications()'
);
select cron.schedule(
  'onswift-purge-audit-events', '55 3 * * *', 'select private.purge_audit_events()'
);
select cron.schedule(
  'onswift-create-due-occurrences', '15 * * * *', 'select private.create_due_occurrences()'
);
select cron.schedule(
  'onswift-merge-search-changes', '10 seconds', 'select private.merge_search_changes()'
);
select cron.schedule(
  'onswift-refresh-search-index', '35 * * * *',
  -- A rebuild of a large index takes minutes.
  'set statement_timeout = 0; select private.refresh_search_index()'
);
select cron.schedule(
  'onswift-purge-job-runs', '45 3 * * *', 'select private.purge_job_runs()'
);
