-- How much the `files` worker has before it, for its status and for whoever looks after the system.

-- Failing: tried, and put off with a reason.
create function private.waiting_files()
  returns jsonb
  language sql
  stable
  security definer
  set search_path = ''
as $$
  select jsonb_build_object(
    'scans', (
      select jsonb_build_object(
        'waiting', count(*), 'failing', count(*) filter (where s.last_error is not null)
      )
      from private.file_scans as s
    ),
    'removals', (
      select jsonb_build_object(
        'waiting', count(*) filter (where r.next_attempt_at <= now() or r.attempts > 0),
        'failing', count(*) filter (where r.last_error is not null)
      )
      from private.object_removals as r
    )
  )
$$;

comment on function private.waiting_files() is
  'What waits for the files worker: {scans, removals}, each {waiting, failing}. Removals that are put
off on purpose (thirty days for deleted work) are not counted.';

grant execute on function private.waiting_files() to service_role;
