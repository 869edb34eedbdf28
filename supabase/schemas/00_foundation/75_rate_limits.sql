-- One factor for all limits of requests and attempts, so that development and load tests can raise
-- them in one place:  update private.limit_settings set factor = 100;

create table private.limit_settings (
  only_row boolean primary key default true,
  factor integer not null default 1,

  constraint there_is_one_row check (only_row),
  constraint factor_never_lowers_a_limit check (factor between 1 and 100000)
);

comment on table private.limit_settings is 'One row: the factor of all limits.';

insert into private.limit_settings default values;

-- Returns a limit as it applies here. Definer: no role has a grant on the settings.
create function private.scaled_limit(p_limit integer)
  returns integer
  language plpgsql
  stable
  security definer
  set search_path = ''
as $$
begin
  return (
    select p_limit * s.factor from private.limit_settings as s
  );
end;
$$;

-- Limits over a sliding window, such as 10 messages per minute, counted from stored rows. The
-- caller takes a lock first, so that concurrent requests are counted one after another.

-- Returns the seconds until one more event is allowed, null when it is allowed now. p_recent
-- contains the times of the latest p_limit events, newest first: one more is allowed when the
-- oldest of them is older than the window.
create function private.wait_for_window(
  p_recent timestamptz[], p_limit integer, p_window interval
)
  returns integer
  language plpgsql
  volatile
  set search_path = ''
as $$
declare
  v_wait constant numeric := extract(epoch from p_recent[p_limit] + p_window - clock_timestamp());
begin
  return case when v_wait > 0 then ceil(v_wait)::integer end;
end;
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
