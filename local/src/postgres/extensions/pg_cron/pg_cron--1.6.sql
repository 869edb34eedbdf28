-- Jobs, their runs, and the functions that schedule them. The runner outside executes `cron.job` and is notified of changes
-- on the channel `cron_job`.
\echo Use "create extension pg_cron" to load this file. \quit

create schema cron;

-- Returns whether one of the five fields is valid: a list of `*`, a value, or a range, each with an optional step.
create function cron._is_field(field text, low integer, high integer, names text[]) returns boolean
language sql
immutable
set search_path = ''
begin atomic
  select coalesce(bool_and(part is not null and (
    part[1] = '*'
    or coalesce(
      first between low and high
      and last between low and high
      and first <= last,
      false
    )
  ) and coalesce(part[4]::integer > 0, true)), false)
  from string_to_table(lower(field), ',') as item
  left join lateral
    regexp_match(item, '^(\*|(?:\d{1,2}|[a-z]{3}))(-(\d{1,2}|[a-z]{3}))?(?:/(\d{1,2}))?$')
      as part on not (item like '*-%')
  left join lateral (
    select
      case when part[1] ~ '^\d' then part[1]::integer
        else array_position(names, part[1]) - 1 + low end as first,
      case when part[3] is null and part[1] ~ '^\d' then part[1]::integer
        when part[3] is null then array_position(names, part[1]) - 1 + low
        when part[3] ~ '^\d' then part[3]::integer
        else array_position(names, part[3]) - 1 + low end as last
  ) as bounds on true;
end;

-- Returns whether a schedule is valid: five fields, `@hourly` and its like, or a number of seconds.
create function cron._is_schedule(schedule text) returns boolean
language sql
immutable
set search_path = ''
begin atomic
  select case
    when schedule ~* '^\s*([1-9]|[1-5]\d)\s+seconds?\s*$' then true
    when schedule ~* '^\s*@(yearly|annually|monthly|weekly|daily|midnight|hourly)\s*$' then true
    when cardinality(field) <> 5 then false
    else cron._is_field(field[1], 0, 59, '{}')
      and cron._is_field(field[2], 0, 23, '{}')
      and (field[3] = '$' or cron._is_field(field[3], 1, 31, '{}'))
      and cron._is_field(
        field[4], 1, 12, '{jan,feb,mar,apr,may,jun,jul,aug,sep,oct,nov,dec}'
      )
      and cron._is_field(field[5], 0, 7, '{sun,mon,tue,wed,thu,fri,sat}')
  end
  from regexp_split_to_array(trim(both from schedule), '\s+') as field;
end;

create sequence cron.jobid_seq;

create table cron.job (
  jobid bigint primary key default nextval('cron.jobid_seq'),
  schedule text not null,
  command text not null,
  nodename text not null default 'localhost',
  nodeport integer not null default inet_server_port(),
  database text not null default current_database(),
  username text not null default current_user,
  active boolean not null default true,
  jobname text,
  constraint jobname_username_uniq unique (jobname, username)
);
alter sequence cron.jobid_seq owned by cron.job.jobid;
alter table cron.job enable row level security;
create policy cron_job_policy on cron.job using (username = current_user);

create sequence cron.runid_seq;

create table cron.job_run_details (
  jobid bigint,
  runid bigint primary key default nextval('cron.runid_seq'),
  job_pid integer,
  database text,
  username text,
  command text,
  status text,
  return_message text,
  start_time timestamptz,
  end_time timestamptz
);
alter sequence cron.runid_seq owned by cron.job_run_details.runid;
alter table cron.job_run_details enable row level security;
create policy cron_job_run_details_policy on cron.job_run_details using (username = current_user);

-- The functions below write jobs through a view that contains only the caller's own jobs, so that none of them
-- needs more rights than its caller has.
create view cron._own_job with (security_barrier) as
  select * from cron.job where username = current_user
  with check option;
alter view cron._own_job alter column jobid set default nextval('cron.jobid_seq');

create function cron._check_schedule() returns trigger
language plpgsql
set search_path = ''
as $$
begin
  if not cron._is_schedule(new.schedule) then
    raise exception 'invalid schedule: %', new.schedule
      using errcode = '22023',
        hint = 'Use cron format (e.g. 5 4 * * *), or interval format ''[1-59] seconds''';
  end if;
  return new;
end;
$$;
create trigger check_schedule before insert or update of schedule on cron.job
  for each row execute function cron._check_schedule();

create function cron._tell_runner() returns trigger
language plpgsql
set search_path = ''
as $$
begin
  notify cron_job;
  return null;
end;
$$;
create trigger tell_runner after insert or update or delete on cron.job
  for each statement execute function cron._tell_runner();

create function cron.schedule(schedule text, command text) returns bigint
language sql
set search_path = ''
begin atomic
  insert into cron._own_job (schedule, command, nodename, nodeport, database, username, active)
  values (schedule, command, 'localhost', inet_server_port(), current_database(), current_user, true)
  returning jobid;
end;

create function cron.schedule_in_database(
  job_name text,
  schedule text,
  command text,
  database text,
  username text default null,
  active boolean default true
) returns bigint
language plpgsql
set search_path = ''
as $$
declare
  v_id bigint;
begin
  if username is distinct from current_user and username is not null then
    raise exception 'must be superuser to schedule a job for another user'
      using errcode = '42501';
  end if;
  update cron._own_job as job
  set schedule = $2, command = $3, database = $4, active = $6
  where jobname = job_name
  returning jobid into v_id;
  if not found then
    insert into cron._own_job
      (schedule, command, nodename, nodeport, database, username, active, jobname)
    values ($2, $3, 'localhost', inet_server_port(), $4, current_user, $6, job_name)
    returning jobid into v_id;
  end if;
  return v_id;
end;
$$;

create function cron.schedule(job_name text, schedule text, command text) returns bigint
language sql
set search_path = ''
begin atomic
  select cron.schedule_in_database(job_name, schedule, command, current_database()::text);
end;

create function cron.unschedule(job_id bigint) returns boolean
language plpgsql
set search_path = ''
as $$
begin
  delete from cron._own_job where jobid = job_id;
  if not found then
    raise exception 'could not find valid entry for job ''%''', job_id;
  end if;
  return true;
end;
$$;

create function cron.unschedule(job_name text) returns boolean
language plpgsql
set search_path = ''
as $$
begin
  delete from cron._own_job where jobname = job_name;
  if not found then
    raise exception 'could not find valid entry for job ''%''', job_name;
  end if;
  return true;
end;
$$;

create function cron.alter_job(
  job_id bigint,
  schedule text default null,
  command text default null,
  database text default null,
  username text default null,
  active boolean default null
) returns void
language plpgsql
set search_path = ''
as $$
begin
  if username is distinct from current_user and username is not null then
    raise exception 'must be superuser to alter username' using errcode = '42501';
  end if;
  update cron._own_job as job
  set
    schedule = coalesce($2, job.schedule),
    command = coalesce($3, job.command),
    database = coalesce($4, job.database),
    active = coalesce($6, job.active)
  where jobid = job_id;
  if not found then
    raise exception 'Job % does not exist or you don''t own it', job_id;
  end if;
end;
$$;

revoke execute on function cron.alter_job(bigint, text, text, text, text, boolean) from public;
revoke execute
  on function cron.schedule_in_database(text, text, text, text, text, boolean) from public;

-- The rights that the migration role has on hosted Supabase: all except writing jobs directly.
grant usage on schema cron to postgres with grant option;
grant all on all functions in schema cron to postgres with grant option;
grant all on cron.job_run_details to postgres with grant option;
grant select on cron.job to postgres with grant option;
grant select, insert, update, delete on cron._own_job to postgres;
grant usage on cron.jobid_seq, cron.runid_seq to postgres;

-- Wakes the runner.
notify cron_job;
