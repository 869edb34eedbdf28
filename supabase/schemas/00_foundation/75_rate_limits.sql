-- Limits over a sliding window, such as 10 messages per minute, counted from stored rows. The
-- caller takes a lock first, so that concurrent requests are counted one after another.

-- Returns the seconds until one more event is allowed, null when it is allowed now. p_recent
-- contains the times of the latest p_limit events, newest first: one more is allowed when the
-- oldest of them is older than the window.
create function private.wait_for_window(
  p_recent timestamptz[], p_limit integer, p_window interval
)
  returns integer
  language sql
  volatile
  set search_path = ''
as $$
  select case
    when wait > 0 then ceil(wait)::integer
  end
  from extract(epoch from p_recent[p_limit] + p_window - clock_timestamp()) as wait
$$;

-- Raises RATE_LIMITED with the seconds to wait. Does nothing when they are null.
create function private.raise_rate_limited(p_message text, p_retry_after integer)
  returns void
  language plpgsql
  immutable
  set search_path = ''
as $$
begin
  if p_retry_after is not null then
    raise sqlstate 'PT429' using
      message = p_message,
      detail = jsonb_build_object('retryAfter', p_retry_after)::text,
      hint = 'RATE_LIMITED';
  end if;
end;
$$;
