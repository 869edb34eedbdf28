-- Removing files. SQL cannot delete objects in Storage (the bytes would stay), so a row in this
-- queue asks the function `files` to remove the object through the Storage API. Files of deleted
-- work become invisible at once and their objects are removed after 30 days; other objects are
-- removed at once.

create table private.object_removals (
  bucket_id text not null,
  path text not null,
  reason text not null,
  attempts integer not null default 0,
  next_attempt_at timestamptz not null default now(),
  last_error text,
  created_at timestamptz not null default now(),

  primary key (bucket_id, path)
);

comment on table private.object_removals is 'Queue of objects to be removed from Storage.';
comment on column private.object_removals.reason is
  'Reason: deleted, replaced, discarded, expired, mismatch, published, infected, orphan.';
comment on column private.object_removals.next_attempt_at is
  'When the next attempt is due. During an attempt: when the worker is considered lost.';

create index object_removals_due_idx on private.object_removals (next_attempt_at);

-- Queues the removal of an object. If it is queued already, the earlier time counts. Objects that
-- were never uploaded are queued as well: an upload may still be running, and removing nothing is
-- harmless.
create function private.remove_object(
  p_bucket_id text, p_path text, p_reason text, p_delay interval default '0'
)
  returns void
  language sql
  security definer
  set search_path = ''
as $$
  insert into private.object_removals as r (bucket_id, path, reason, next_attempt_at)
  values (p_bucket_id, p_path, p_reason, now() + p_delay)
  on conflict (bucket_id, path) do update
  set next_attempt_at = least(r.next_attempt_at, excluded.next_attempt_at);
$$;

-- Removes a file: it becomes invisible at once, and its object is removed after the delay.
create function private.remove_file(
  p_file_id uuid, p_reason text, p_delay interval default '0'
)
  returns void
  language plpgsql
  security definer
  set search_path = ''
as $$
declare
  v_file public.files;
begin
  update public.files
  set removed_at = now()
  where id = p_file_id and removed_at is null
  returning *
  into v_file;

  if found then
    delete from private.file_scans where file_id = p_file_id;
    perform private.remove_object(v_file.bucket_id, v_file.path, p_reason, p_delay);

    if v_file.upload_type = 'avatar' then
      perform private.remove_object(
        private.upload_bucket_of(v_file), v_file.path, p_reason, p_delay
      );
    end if;
  end if;
end;
$$;

-- Queues the removal of the object when a row is deleted, because an account or a project was
-- erased.
create function private.tg_files__remove_object()
  returns trigger
  language plpgsql
  security definer
  set search_path = ''
as $$
begin
  if old.removed_at is null then
    perform private.remove_object(old.bucket_id, old.path, 'deleted');
    perform private.remove_object(private.upload_bucket_of(old), old.path, 'deleted');
  end if;

  return null;
end;
$$;

create trigger _500_remove_object
  after delete on public.files
  for each row
  execute function private.tg_files__remove_object();

-- Claims up to p_limit due removals. Concurrent workers claim different ones. Materialized: without
-- it, a plan could evaluate the subquery once per row and lock more rows each time.
create function private.claim_removals(p_limit integer)
  returns table (bucket_id text, path text, reason text, attempts integer)
  language sql
  security definer
  set search_path = ''
as $$
  with due as materialized (
    select w.bucket_id, w.path
    from private.object_removals as w
    where w.next_attempt_at <= now()
    order by w.next_attempt_at
    limit least(greatest(p_limit, 1), 1000)
    for update skip locked
  )
  update private.object_removals as r
  set attempts = r.attempts + 1, next_attempt_at = now() + interval '2 minutes'
  from due
  where (r.bucket_id, r.path) = (due.bucket_id, due.path)
  returning r.bucket_id, r.path, r.reason, r.attempts
$$;

-- Reports an object as removed (or missing). The row of a removed file is deleted with its last
-- object. A file that was not removed keeps its row: an infected file stays in the list of its
-- deliverable.
create function private.removal_done(p_bucket_id text, p_path text)
  returns void
  language plpgsql
  security definer
  set search_path = ''
as $$
begin
  delete from private.object_removals where bucket_id = p_bucket_id and path = p_path;

  delete from public.files
  where path = p_path and removed_at is not null and not exists (
    select from private.object_removals as r where r.path = p_path
  );
end;
$$;

-- Reports a failed removal. It is retried after 30 seconds, then at doubled intervals up to six
-- hours, without end, so that no object stays by mistake.
create function private.removal_failed(p_bucket_id text, p_path text, p_error text)
  returns void
  language sql
  security definer
  set search_path = ''
as $$
  update private.object_removals
  set
    next_attempt_at = now()
      + least(interval '30 seconds' * power(2, least(attempts, 12) - 1), interval '6 hours'),
    last_error = left(p_error, 1000)
  where bucket_id = p_bucket_id and path = p_path;
$$;

-- Calls the worker once per statement if a removal is due at once.
create function private.tg_object_removals__wake()
  returns trigger
  language plpgsql
  security definer
  set search_path = ''
as $$
begin
  if exists (select from added where next_attempt_at <= now()) then
    perform private.wake_worker('files');
  end if;

  return null;
end;
$$;

create trigger _900_wake
  after insert on private.object_removals
  referencing new table as added
  for each statement
  execute function private.tg_object_removals__wake();

grant execute on function
  private.claim_removals(integer),
  private.removal_done(text, text),
  private.removal_failed(text, text, text)
to service_role;
