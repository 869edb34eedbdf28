-- How much may be uploaded: ten batches an hour for one account, avatars counted apart, whatever
-- surface they come through. Counted are committed reservations.

-- The batch the next file of this kind for this target joins; null arguments never match. Requests
-- of one account wait for each other here, so that eleven at once are not eleven batches.
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

  -- An avatar is a batch by itself.
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

  perform private.refuse_eleventh_batch(p_upload_type = 'avatar');

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

create function private.refuse_eleventh_batch(p_avatars boolean)
  returns void
  language plpgsql
  stable
  security definer
  set search_path = ''
as $$
declare
  -- The tenth last: when it is an hour old, there is room for one more.
  v_tenth constant timestamptz := (
    select b.created_at
    from private.upload_batches as b
    where b.user_id = auth.uid()
      and (b.upload_type = 'avatar') = p_avatars
      and b.created_at > now() - interval '1 hour'
    order by b.created_at desc
    offset 9
    limit 1
  );
begin
  if v_tenth is not null then
    raise sqlstate 'PT429' using
      message = 'Ten uploads an hour are possible. Try again later.',
      detail = jsonb_build_object(
        'retryAfter',
        greatest(ceil(extract(epoch from v_tenth + interval '1 hour' - now()))::integer, 1)
      )::text,
      hint = 'RATE_LIMITED';
  end if;
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
