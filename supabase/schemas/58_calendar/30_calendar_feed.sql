-- The content of an iCalendar feed; the REST API writes the format.

-- sequence grows with every change, as RFC 5545 demands of a revised event.
create function private.calendar_event(
  p_kind text, p_id uuid, p_name text, p_project_name text, p_description text, p_due_date date,
  p_status text, p_created_at timestamptz, p_updated_at timestamptz
)
  returns jsonb
  language sql
  immutable
  set search_path = ''
as $$
  select jsonb_build_object(
    'kind', p_kind,
    'id', p_id,
    'name', p_name,
    'projectName', p_project_name,
    'description', p_description,
    'date', p_due_date,
    'status', p_status,
    'createdAt', private.iso(p_created_at),
    'updatedAt', private.iso(p_updated_at),
    'sequence', greatest(extract(epoch from p_updated_at - p_created_at)::integer, 0)
  )
$$;

-- Returns open and recent due dates of the user of a link: from 90 days ago to 366 days ahead, at most 1000 tasks
-- and 1000 projects. Definer: the caller has a token, not a session.
create function private.calendar_feed(p_token text)
  returns jsonb
  language plpgsql
  volatile
  security definer
  set search_path = ''
as $$
declare
  v_user public.profiles;
  v_events jsonb;
begin
  -- Written at most once per minute: calendar programs send many requests, often in parallel.
  update private.calendar_links
  set last_used_at = now()
  where token_hash = private.token_hash(p_token)
    and (last_used_at is null or last_used_at < now() - interval '1 minute');

  select p.*
  into v_user
  from private.calendar_links as l
  join public.profiles as p on p.id = l.user_id
  where l.token_hash = private.token_hash(p_token) and p.deleted_at is null;

  if not found then
    raise sqlstate 'PT404' using
      message = 'This calendar link does not exist or has been revoked.',
      hint = 'NOT_FOUND';
  end if;

  select coalesce(jsonb_agg(e.event order by e.due_date, e.id), '[]')
  into v_events
  from (
    (
      select
        t.due_date,
        t.id,
        private.calendar_event(
          'task', t.id, t.name, p.name, t.description, t.due_date, t.status, t.created_at,
          t.updated_at
        ) as event
      from (
        -- A creator is never an assignee: one of the two is empty, and each has its index.
        (
          select t.*
          from public.tasks as t
          where t.creator_id = v_user.id
            and t.deleted_at is null
            and not t.in_deleted_project
            and t.due_date between private.today() - 90 and private.today() + 366
          order by t.due_date desc, t.id
          limit private.calendar_limit()
        )
        union all
        (
          select t.*
          from public.tasks as t
          where t.assignee_id = v_user.id
            and t.deleted_at is null
            and not t.in_deleted_project
            and t.due_date between private.today() - 90 and private.today() + 366
          order by t.due_date desc, t.id
          limit private.calendar_limit()
        )
      ) as t
      join public.projects as p on p.id = t.project_id
    )
    union all
    (
      select
        p.due_date,
        p.id,
        private.calendar_event(
          'project', p.id, p.name, p.name, p.description, p.due_date, p.status, p.created_at,
          p.updated_at
        )
      from (
        select p.*
        from public.projects as p
        where p.creator_id = v_user.id
        union all
        select p.*
        from public.projects as p
        where p.id = any (array(
          select m.project_id
          from public.project_members as m
          where m.user_id = v_user.id and m.removed_at is null and not m.in_deleted_project
        ))
      ) as p
      where p.deleted_at is null
        and p.due_date between private.today() - 90 and private.today() + 366
      order by p.due_date desc, p.id
      limit private.calendar_limit()
    )
  ) as e;

  return jsonb_build_object('name', 'OnSwift: ' || v_user.name, 'events', v_events);
end;
$$;

comment on function private.calendar_feed(text) is
  'The events of a calendar link: {name, events: [{kind, id, name, projectName, description, date, status,
createdAt, updatedAt, sequence}]}. NOT_FOUND for an unknown or revoked token.';

grant execute on function private.calendar_feed(text) to anon, authenticated, service_role;

create function api.get_calendar_feed(token text default null)
  returns jsonb
  language plpgsql
  volatile
  set search_path = ''
as $$
begin
  return private.calendar_feed(token);
end;
$$;

comment on function api.get_calendar_feed(text) is
  'Returns the events of a calendar link, from 90 days ago to 366 days ahead; the REST API writes them as
iCalendar. Anonymous callers allowed: the token is the secret of the link.
Returns {name, events: [{kind, id, name, projectName, description, date, status, createdAt, updatedAt,
sequence}]}; kind is task or project, sequence grows with every change.
Errors: NOT_FOUND (unknown or revoked token).';

grant execute on function
  api.get_calendar_feed(text)
to anon, authenticated, service_role;
