-- Limits over a sliding window: at most so many events in the last hour, counted from the rows that
-- those events left. The caller takes a lock first, so that requests at the same moment are counted
-- one after the other.

-- Seconds until one more event fits into the window, null when it fits now. p_recent holds the times
-- of the latest p_limit events, newest first: there is room once the last of them left the window.
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

-- Raises RATE_LIMITED with the seconds to wait. Does nothing when there is nothing to wait for.
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
