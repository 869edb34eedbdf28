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
