-- Scanning files. Confirming an upload adds it to this queue. The function `files` claims it,
-- checks its type and scans it for malware. No file is served before its scan found it clean. While
-- the scanner is down, files wait.

create table private.file_scans (
  file_id uuid primary key references public.files (id) on delete cascade,
  attempts integer not null default 0,
  unreported integer not null default 0,
  next_attempt_at timestamptz not null default now(),
  last_error text,
  created_at timestamptz not null default now()
);

comment on table private.file_scans is 'Queue of confirmed uploads that wait for their scan.';
comment on column private.file_scans.next_attempt_at is
  'When the next attempt is due. During an attempt: when the worker is considered lost.';

comment on column private.file_scans.unreported is
  'Attempts in a row that the worker did not report, because it was ended before.';

create index file_scans_due_idx on private.file_scans (next_attempt_at);

-- Claims up to p_limit due scans. A worker has five minutes for each, enough to scan 100 MB.
--
--   bucket_id    bucket in which the object is now
--   publish_to   bucket to which a clean file is copied before it is reported (avatars only)
--   unreported   earlier attempts that no worker reported
--
-- Materialized: without it, a plan could evaluate the subquery once per row and lock more rows each
-- time.
create function private.claim_scans(p_limit integer)
  returns table (
    file_id uuid, upload_type text, bucket_id text, path text, publish_to text, file_name text,
    file_size bigint, mime_type text, object_version text, attempts integer, unreported integer
  )
  language sql
  security definer
  set search_path = ''
as $$
  with due as materialized (
    select w.file_id
    from private.file_scans as w
    where w.next_attempt_at <= now()
    order by w.next_attempt_at
    limit least(greatest(p_limit, 1), 100)
    for update skip locked
  ),
  taken as (
    update private.file_scans as s
    set
      attempts = s.attempts + 1,
      unreported = s.unreported + 1,
      next_attempt_at = now() + interval '5 minutes'
    from due
    where s.file_id = due.file_id
    returning s.file_id, s.attempts, s.unreported
  )
  select
    f.id, f.upload_type, private.upload_bucket_of(f), f.path,
    case when f.upload_type = 'avatar' then f.bucket_id end,
    f.file_name, f.file_size, f.mime_type, f.object_version, taken.attempts, taken.unreported - 1
  from taken
  join public.files as f on f.id = taken.file_id
$$;

-- Ends a scan with the given state. Only a file in state uploaded is changed.
create function private.end_scan(p_file_id uuid, p_state text, p_failure text default null)
  returns public.files
  language plpgsql
  security definer
  set search_path = ''
as $$
declare
  v_file public.files;
begin
  update public.files
  set state = p_state, failure = p_failure, scanned_at = now()
  where id = p_file_id and state = 'uploaded'
  returning *
  into v_file;

  delete from private.file_scans where file_id = p_file_id;
  return v_file;
end;
$$;

-- Reports a file as clean. p_object_version is the version that was scanned; if the object is
-- another version by now, the file fails.
create function private.scan_clean(p_file_id uuid, p_object_version text)
  returns void
  language plpgsql
  security definer
  set search_path = ''
as $$
declare
  v_file public.files;
begin
  select f.* into v_file from public.files as f where f.id = p_file_id for update;

  if v_file.object_version is distinct from p_object_version then
    perform private.scan_rejected(p_file_id, 'changed');
    return;
  end if;

  v_file := private.end_scan(p_file_id, 'clean');

  if v_file.upload_type = 'avatar' then
    perform private.remove_object(private.upload_bucket_of(v_file), v_file.path, 'published');
  end if;
end;
$$;

-- Reports a file as infected. It is never served; its object is kept for 30 days for investigation.
create function private.scan_infected(p_file_id uuid)
  returns void
  language plpgsql
  security definer
  set search_path = ''
as $$
declare
  v_file constant public.files := private.end_scan(p_file_id, 'infected');
begin
  if v_file.id is not null then
    perform private.remove_object(
      private.upload_bucket_of(v_file), v_file.path, 'infected', interval '30 days'
    );
  end if;
end;
$$;

-- Reports a file that differs from its reservation. p_failure: size, type, dimensions, unreadable,
-- missing, changed.
create function private.scan_rejected(p_file_id uuid, p_failure text)
  returns void
  language plpgsql
  security definer
  set search_path = ''
as $$
declare
  v_file constant public.files := private.end_scan(p_file_id, 'failed', p_failure);
begin
  if v_file.id is not null then
    perform private.remove_object(private.upload_bucket_of(v_file), v_file.path, 'mismatch');
  end if;
end;
$$;

-- Reports an attempt without a result, for example because the scanner is down. The scan is
-- retried after 15 seconds, then at doubled intervals up to 30 minutes, without end.
create function private.scan_failed(p_file_id uuid, p_error text)
  returns void
  language sql
  security definer
  set search_path = ''
as $$
  update private.file_scans
  set
    unreported = 0,
    next_attempt_at = now()
      + least(interval '15 seconds' * power(2, least(attempts, 10) - 1), interval '30 minutes'),
    last_error = left(p_error, 1000)
  where file_id = p_file_id;
$$;

grant execute on function
  private.claim_scans(integer),
  private.scan_clean(uuid, text),
  private.scan_infected(uuid),
  private.scan_rejected(uuid, text),
  private.scan_failed(uuid, text)
to service_role;

-- Calls the worker after new scans were queued.
create function private.tg_file_scans__wake()
  returns trigger
  language plpgsql
  security definer
  set search_path = ''
as $$
begin
  perform private.wake_worker('files');
  return null;
end;
$$;

create trigger _900_wake
  after insert on private.file_scans
  for each statement
  execute function private.tg_file_scans__wake();
