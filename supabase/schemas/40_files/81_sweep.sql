-- Cleaning up: expired reservations, objects without a row, rows without an object.

-- Removes expired reservations and unused files. It waits three hours after the end, because an
-- upload URL created in the last minute is valid for two hours. Infected files are kept for 30
-- days.
create function private.sweep_reservations()
  returns integer
  language plpgsql
  security definer
  set search_path = ''
as $$
declare
  v_file_id uuid;
  v_count integer := 0;
begin
  for v_file_id in
    select f.id
    from public.files as f
    where f.used_at is null
      and f.removed_at is null
      and f.expires_at < now() - case f.state
        when 'infected' then interval '30 days'
        else interval '3 hours'
      end
    order by f.expires_at
    limit 1000
    for update skip locked
  loop
    perform private.remove_file(v_file_id, 'expired');
    v_count := v_count + 1;
  end loop;

  return v_count;
end;
$$;

-- Queues the removal of objects without a row in public.files. Only objects older than a day, so
-- that running uploads are not touched.
create function private.sweep_objects()
  returns integer
  language plpgsql
  security definer
  set search_path = ''
as $$
declare
  v_object record;
  v_count integer := 0;
begin
  for v_object in
    select o.bucket_id, o.name
    from storage.objects as o
    where o.bucket_id in (
        'avatars', 'avatar-uploads', 'deliverables', 'project-samples', 'message-attachments'
      )
      and o.created_at < now() - interval '1 day'
      and not exists (select from public.files as f where f.path = o.name)
      and not exists (
        select
        from private.object_removals as r
        where r.bucket_id = o.bucket_id and r.path = o.name
      )
    order by o.created_at
    limit 1000
  loop
    perform private.remove_object(v_object.bucket_id, v_object.name, 'orphan');
    v_count := v_count + 1;
  end loop;

  return v_count;
end;
$$;

-- Marks confirmed files whose object is missing as failed, so that the API reports it.
create function private.sweep_missing()
  returns integer
  language plpgsql
  security definer
  set search_path = ''
as $$
declare
  v_count integer;
begin
  update public.files as f
  set state = 'failed', failure = 'missing'
  where f.state in ('uploaded', 'clean')
    and f.removed_at is null
    and f.uploaded_at < now() - interval '1 hour'
    and not exists (
      select
      from storage.objects as o
      where o.name = f.path
        and o.bucket_id = case f.state
          when 'clean' then f.bucket_id
          else private.upload_bucket_of(f)
        end
    );

  get diagnostics v_count = row_count;
  return v_count;
end;
$$;

create function private.sweep_files()
  returns jsonb
  language plpgsql
  security definer
  set search_path = ''
as $$
declare
  v_report constant jsonb := jsonb_build_object(
    'expiredReservations', private.sweep_reservations(),
    'orphanedObjects', private.sweep_objects(),
    'missingObjects', private.sweep_missing()
  );
begin
  raise log 'Sweep of files: %', v_report;
  return v_report;
end;
$$;

comment on function private.sweep_files() is
  'Cleans up files: removes expired reservations and objects without a row, marks files without an
object as failed. Returns the numbers: {expiredReservations, orphanedObjects, missingObjects}.';

-- Calls the worker if scans or removals are due. A job runs it every minute.
create function private.wake_file_worker()
  returns void
  language plpgsql
  security definer
  set search_path = ''
as $$
begin
  if exists (select from private.file_scans where next_attempt_at <= now())
    or exists (select from private.object_removals where next_attempt_at <= now())
  then
    perform private.wake_worker('files');
  end if;
end;
$$;
