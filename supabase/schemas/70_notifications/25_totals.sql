-- How many notifications each user has, and how many are unread: pages and badges do not count them, so
-- a user with a hundred thousand waits no longer than others.
--
-- Writers add a row for each change and never wait for each other. With one row for each user, two
-- transactions that notify the same two users in different orders would wait for each other for ever. A
-- job adds the changes up every minute. One statement reads sums and changes, so they are always exact.
--
-- They count the rows that are marked as read themselves. Of a user with a watermark, what came after it
-- is counted instead.

create table private.notification_totals (
  user_id uuid primary key references public.profiles (id) on delete cascade,
  total bigint not null,
  unread bigint not null
);

comment on table private.notification_totals is
  'Number of notifications of each user, without the changes that are not added up yet.';

create table private.notification_total_changes (
  id bigint generated always as identity primary key,
  user_id uuid not null,
  total integer not null,
  unread integer not null
);

comment on table private.notification_total_changes is
  'Changes of notification_totals, of the last minute.';
comment on column private.notification_total_changes.user_id is
  'No foreign key: the notifications of a deleted user are counted down after the user is gone.';

create index notification_total_changes_user_id_idx on private.notification_total_changes (user_id);

create function private.notification_totals_of(
  p_user_id uuid, out total bigint, out unread bigint
)
  language plpgsql
  stable
  set search_path = ''
as $$
begin
  select coalesce(sum(part.total), 0)::bigint, coalesce(sum(part.unread), 0)::bigint
  into total, unread
  from (
    select t.total, t.unread
    from private.notification_totals as t
    where t.user_id = p_user_id
    union all
    select c.total, c.unread
    from private.notification_total_changes as c
    where c.user_id = p_user_id
  ) as part;

  unread := coalesce(cardinality(private.unread_after_watermark(p_user_id)), unread);
end;
$$;

-- Adds up the changes. A job runs it every minute.
create function private.add_up_notifications()
  returns void
  language sql
  security definer
  set search_path = ''
as $$
  with taken as (
    delete from private.notification_total_changes as c
    where c.id in (
      select due.id
      from private.notification_total_changes as due
      order by due.id
      limit 100000
      for update skip locked
    )
    returning c.user_id, c.total, c.unread
  )
  insert into private.notification_totals as t (user_id, total, unread)
  select taken.user_id, sum(taken.total), sum(taken.unread)
  from taken
  join public.profiles as p on p.id = taken.user_id
  group by taken.user_id
  order by taken.user_id
  on conflict (user_id) do update
  set total = t.total + excluded.total, unread = t.unread + excluded.unread;
$$;

create function private.tg_notifications__count_new()
  returns trigger
  language plpgsql
  security definer
  set search_path = ''
as $$
begin
  insert into private.notification_total_changes (user_id, total, unread)
  values (new.user_id, 1, (not new.is_read)::integer);

  return null;
end;
$$;

create trigger _500_count_new
  after insert on private.notifications
  for each row
  execute function private.tg_notifications__count_new();

-- One change for each user of the statement: fifty thousand notifications are read as one.
create function private.tg_notifications__count_changed()
  returns trigger
  language plpgsql
  security definer
  set search_path = ''
as $$
begin
  insert into private.notification_total_changes (user_id, total, unread)
  select changed.user_id, 0, sum(changed.unread)
  from (
    select n.user_id, (not n.is_read)::integer as unread from after_change as n
    union all
    select o.user_id, -(not o.is_read)::integer from before_change as o
  ) as changed
  group by changed.user_id
  having sum(changed.unread) <> 0;

  return null;
end;
$$;

create trigger _501_count_changed
  after update on private.notifications
  referencing old table as before_change new table as after_change
  for each statement
  execute function private.tg_notifications__count_changed();

create function private.tg_notifications__count_deleted()
  returns trigger
  language plpgsql
  security definer
  set search_path = ''
as $$
begin
  insert into private.notification_total_changes (user_id, total, unread)
  select o.user_id, -count(*), -count(*) filter (where not o.is_read)
  from before_change as o
  group by o.user_id;

  return null;
end;
$$;

create trigger _502_count_deleted
  after delete on private.notifications
  referencing old table as before_change
  for each statement
  execute function private.tg_notifications__count_deleted();
