-- Length of the queues, for the status of the function `files`.

-- Returns the numbers of waiting and failing scans and removals. Failing: the last attempt ended
-- with an error.
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
  'Returns the length of the file queues: {scans, removals}, each {waiting, failing}. Removals that
are delayed on purpose (30 days for deleted work) are not counted.';

grant execute on function private.waiting_files() to service_role;
