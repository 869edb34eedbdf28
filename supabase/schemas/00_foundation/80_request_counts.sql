-- Request counters of the REST API: how many requests had the same key (a user, a client address,
-- an email address) within a window that starts with the first request. Unlogged: after a crash,
-- counting starts again.
--
-- A request is counted in a transaction of its own, so that the count is kept when the request
-- fails.

create unlogged table private.request_counts (
  key text primary key,
  started_at timestamptz not null,
  ends_at timestamptz not null,
  hits integer not null
)
with (fillfactor = 70);

comment on table private.request_counts is 'Number of requests per key in the current window.';

create index request_counts_ends_at_idx on private.request_counts (ends_at);

-- Counts one request and returns whether it is allowed. Requests above the limit write nothing, so
-- that many of them stay cheap.
create function private.count_request(
  p_key text, p_max integer, p_window_seconds integer,
  out allowed boolean, out remaining integer, out reset_seconds integer, out max_requests integer
)
  language plpgsql
  security definer
  set search_path = ''
as $$
declare
  v_now constant timestamptz := clock_timestamp();
  v_ends_at constant timestamptz := v_now + make_interval(secs => p_window_seconds);
  v_max constant integer := private.scaled_limit(p_max);
  v_count private.request_counts;
begin
  insert into private.request_counts as c (key, started_at, ends_at, hits)
  values (p_key, v_now, v_ends_at, 1)
  on conflict (key) do update
  set
    hits = case when c.ends_at <= v_now then 1 else c.hits + 1 end,
    started_at = case when c.ends_at <= v_now then v_now else c.started_at end,
    ends_at = case when c.ends_at <= v_now then v_ends_at else c.ends_at end
  where c.ends_at <= v_now or c.hits <= v_max
  returning c.*
  into v_count;

  if not found then
    select c.* into v_count from private.request_counts as c where c.key = p_key;
  end if;

  allowed := coalesce(v_count.hits <= v_max, false);
  remaining := greatest(v_max - v_count.hits, 0);
  max_requests := v_max;
  reset_seconds := greatest(ceil(extract(epoch from v_count.ends_at - v_now))::integer, 1);
end;
$$;

comment on function private.count_request(text, integer, integer) is
  'Counts a request under a key; at most p_max, times the factor of private.limit_settings, are
allowed per p_window_seconds. Call it in a transaction of its own.';

grant execute on function private.count_request(text, integer, integer) to service_role;

-- Returns the client's address, which the gateway and the REST API pass in a header, as limits count
-- it: a customer can use all addresses of an IPv6 network, so the network (/64) counts as a whole.
create function private.client_address()
  returns text
  language plpgsql
  stable
  set search_path = ''
as $$
declare
  v_text constant text := btrim(split_part(
    nullif(current_setting('request.headers', true), '')::jsonb ->> 'x-forwarded-for', ',', 1
  ));
  v_address inet;
begin
  v_address := regexp_replace(v_text, '^::ffff:(?=[0-9]+\.)', '', 'i')::inet;
  return coalesce(
    case
      when family(v_address) = 6 then network(set_masklen(v_address, 64))::text
      else host(v_address)
    end,
    'unknown'
  );
exception when invalid_text_representation then
  return 'unknown';
end;
$$;

-- Limits how often a user writes to a table, also with bulk requests to the table. Real work stays far
-- below. Arguments of the trigger: what is limited, the limit, and the window in seconds. Definer:
-- users have no grant on the counters.
create function private.tg__limit_writes()
  returns trigger
  language plpgsql
  security definer
  set search_path = ''
as $$
declare
  v_count record;
begin
  v_count := private.count_request(
    concat_ws(':', 'write', tg_argv[0], auth.uid()), tg_argv[1]::integer, tg_argv[2]::integer
  );
  perform private.raise_rate_limited(
    format('You can make at most %s changes of this kind per hour. Try again later.', tg_argv[1]),
    case when not v_count.allowed then v_count.reset_seconds end
  );
  return new;
end;
$$;

-- Counters store a hash, from which the email address cannot be read.
create function private.fingerprint(p_email text)
  returns text
  language sql
  immutable
  parallel safe
  set search_path = ''
as $$
  select encode(sha256(convert_to(lower(btrim(coalesce(p_email, ''))), 'UTF8')), 'hex')
$$;

create function private.purge_request_counts()
  returns void
  language sql
  security definer
  set search_path = ''
as $$
  delete from private.request_counts where ends_at < now();
$$;
