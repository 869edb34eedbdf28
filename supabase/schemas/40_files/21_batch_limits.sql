-- Upload limits: 10 batches per hour and user; avatars are counted separately. The limit counts
-- committed reservations, whichever interface they came through.

-- Adds a file to the user's open batch for this target, or starts a new batch. A null target never
-- matches an open batch. The lock makes concurrent requests of one user wait for each other, so
-- that they cannot exceed the limit together.
create function private.join_batch(
  p_upload_type text, p_target_id uuid, p_deliverable_id uuid default null
)
  returns private.upload_batches
  language plpgsql
  security definer
  set search_path = ''
as $$
declare
  v_batch private.upload_batches;
begin
  perform pg_advisory_xact_lock(hashtextextended('uploads:' || auth.uid(), 0));

  -- Every avatar is a batch of its own.
  update private.upload_batches as b
  set file_count = b.file_count + 1
  where b.id = (
    select open.id
    from private.upload_batches as open
    where open.user_id = auth.uid()
      and open.upload_type = p_upload_type
      and open.target_id = p_target_id
      and open.closed_at is null
      and open.file_count < case p_upload_type when 'avatar' then 1 else 10 end
      and open.created_at > now() - interval '1 hour'
    order by open.created_at desc
    limit 1
  )
  returning b.*
  into v_batch;

  if found then
    return v_batch;
  end if;

  perform private.limit_batches(p_upload_type = 'avatar');

  insert into private.upload_batches (user_id, upload_type, target_id, deliverable_id, file_count)
  values (
    auth.uid(), p_upload_type, p_target_id,
    case p_upload_type
      when 'deliverable' then coalesce(p_deliverable_id, gen_random_uuid())
    end,
    1
  )
  returning *
  into v_batch;

  return v_batch;
end;
$$;

-- Counts committed batches; join_batch holds the lock.
create function private.limit_batches(p_avatars boolean)
  returns void
  language plpgsql
  volatile
  security definer
  set search_path = ''
as $$
begin
  perform private.raise_rate_limited(
    case
      when p_avatars then 'You can upload at most 10 avatars per hour. Try again later.'
      else 'You can upload at most 10 batches of files per hour. Try again later.'
    end,
    private.wait_for_window(
      array(
        select b.created_at
        from private.upload_batches as b
        where b.user_id = auth.uid() and (b.upload_type = 'avatar') = p_avatars
        order by b.created_at desc
        limit private.scaled_limit(10)
      ),
      private.scaled_limit(10),
      '1 hour'
    )
  );
end;
$$;

create function private.purge_upload_batches()
  returns void
  language sql
  security definer
  set search_path = ''
as $$
  delete from private.upload_batches where created_at < now() - interval '2 days';
$$;
