-- What an analytics question covers: days in the caller's own time zone, cut into buckets.

create type private.analytics_range as (
  first_day date,
  last_day date,
  time_zone text,
  bucket text,
  starts_at timestamptz,
  ends_at timestamptz
);

create function private.is_time_zone(p_name text)
  returns boolean
  language plpgsql
  stable
  set search_path = ''
as $$
begin
  -- Names only ("Europe/Berlin", "UTC"): offsets such as "+02" mean the opposite of what people expect.
  if p_name !~ '^[A-Za-z][A-Za-z0-9_+/-]{0,63}$' then
    return false;
  end if;
  perform now() at time zone p_name;
  return true;
exception
  when invalid_parameter_value then
    return false;
end;
$$;

-- Without dates: the last 90 days.
create function private.analytics_range_of(
  p_from text, p_to text, p_time_zone text, p_bucket text
)
  returns private.analytics_range
  language plpgsql
  stable
  set search_path = ''
as $$
declare
  v_input constant jsonb := jsonb_build_object('from', p_from, 'to', p_to, 'bucket', p_bucket);
  v_range private.analytics_range;
begin
  v_range.time_zone := coalesce(p_time_zone, 'UTC');
  v_range.bucket := coalesce(p_bucket, 'week');

  perform private.raise_field_errors(
    private.check_date(v_input, 'from', 'From', true)
    || private.check_date(v_input, 'to', 'To', true)
    || private.check_choice(v_input, 'bucket', 'Bucket', array['day', 'week', 'month'], true)
    || case
      when private.is_time_zone(v_range.time_zone) then '[]'
      else private.field_error('timeZone', 'Time zone must be a name such as Europe/Berlin or UTC.')
    end
  );

  v_range.last_day := coalesce(
    private.try_date(p_to), (now() at time zone v_range.time_zone)::date
  );
  v_range.first_day := coalesce(private.try_date(p_from), v_range.last_day - 89);

  perform private.raise_field_errors(private.check_range(v_range.first_day, v_range.last_day));

  v_range.starts_at := v_range.first_day::timestamp at time zone v_range.time_zone;
  v_range.ends_at := (v_range.last_day + 1)::timestamp at time zone v_range.time_zone;
  return v_range;
end;
$$;

-- The bucket that a moment falls into, by its first day.
create function private.bucket_of(p_moment timestamptz, p_range private.analytics_range)
  returns date
  language sql
  immutable
  set search_path = ''
as $$
  select date_trunc(p_range.bucket, p_moment at time zone p_range.time_zone)::date
$$;

-- A share between 0 and 1 with three decimals; null where there is nothing to share.
create function private.share(p_part bigint, p_whole bigint)
  returns numeric
  language sql
  immutable
  parallel safe
  set search_path = ''
as $$
  select round(p_part::numeric / nullif(p_whole, 0), 3)
$$;

grant execute on function
  private.is_time_zone(text),
  private.analytics_range_of(text, text, text, text),
  private.bucket_of(timestamptz, private.analytics_range),
  private.share(bigint, bigint)
to authenticated, service_role;
