-- Release 0.2.0, from supabase/schemas/58_calendar. A later change is made there and in a migration of its own.


-- ── 58_calendar/10_calendar.sql ─────────────────────────────────────────────────────────────────

-- GET /calendar: what is due, day by day. A talent sees their own tasks and the projects they work on; a
-- creator sees all tasks and projects of their own.

-- At most this many tasks, and as many projects, in one answer.
create function private.calendar_limit()
  returns integer
  language sql
  immutable
  parallel safe
  set search_path = ''
as $$
  select 1000
$$;

-- The range asked for. Without dates it is the present month (UTC); with one date it reaches to the end, or
-- from the beginning, of that date's month.
create function private.calendar_range(
  p_from text, p_to text, out first_day date, out last_day date
)
  language plpgsql
  stable
  set search_path = ''
as $$
declare
  v_input constant jsonb := jsonb_build_object('from', p_from, 'to', p_to);
begin
  perform private.raise_field_errors(
    private.check_date(v_input, 'from', 'From', true)
    || private.check_date(v_input, 'to', 'To', true)
  );

  first_day := coalesce(
    private.try_date(p_from),
    date_trunc('month', coalesce(private.try_date(p_to), private.today()))::date
  );
  last_day := coalesce(
    private.try_date(p_to), (date_trunc('month', first_day) + interval '1 month - 1 day')::date
  );

  perform private.raise_field_errors(private.check_range(first_day, last_day));
end;
$$;

grant execute on function
  private.calendar_limit(),
  private.calendar_range(text, text)
to authenticated, service_role;

create function api.get_calendar(
  "from" text default null, "to" text default null, "projectId" text default null
)
  returns jsonb
  language plpgsql
  stable
  set search_path = ''
as $$
declare
  v_user_id constant uuid := private.require_session();
  v_is_creator constant boolean := private.my_user_type() = 'creator';
  v_range record;
  v_tasks text;
  v_projects text;
  v_teams constant uuid[] := array(select private.my_team_project_ids());
  v_days jsonb;
  v_overdue jsonb;
begin
  perform private.raise_field_errors(
    private.check_uuid(
      private.input_of('get_calendar', jsonb_build_object('projectId', "projectId")),
      'projectId', 'Project id', true
    )
  );
  v_range := private.calendar_range("from", "to");

  -- One condition for each kind of caller, so that each has an index of their own. The caller is $1,
  -- the project $2; policies hide what the caller cannot see.
  v_tasks := case when v_is_creator then 't.creator_id = $1' else 't.assignee_id = $1' end;
  v_projects := case when v_is_creator then 'p.creator_id = $1' else 'p.id = any ($6)' end;
  if "projectId" is not null then
    perform private.require_project("projectId"::uuid);
    v_tasks := v_tasks || ' and t.project_id = $2';
    v_projects := 'p.id = $2';
  end if;

  execute format(
    $query$
      select coalesce(
        jsonb_agg(
          jsonb_build_object('date', d.due_date, 'tasks', d.tasks, 'projects', d.projects)
          order by d.due_date
        ),
        '[]'
      )
      from (
        select
          e.due_date,
          coalesce(
            jsonb_agg(e.task order by e.name, e.id) filter (where e.task is not null), '[]'
          ) as tasks,
          coalesce(
            jsonb_agg(e.project order by e.name, e.id) filter (where e.project is not null), '[]'
          ) as projects
        from (
          (
            select t.due_date, t.name, t.id, t.document as task, null::jsonb as project
            from private.task_documents as t
            where %s and t.due_date between $3 and $4
            order by t.due_date, t.id
            limit $5
          )
          union all
          (
            select p.due_date, p.name, p.id, null, p.document
            from private.project_documents as p
            where %s and p.due_date between $3 and $4
            order by p.due_date, p.id
            limit $5
          )
        ) as e
        group by e.due_date
      ) as d
    $query$,
    v_tasks, v_projects
  )
  into v_days
  using
    v_user_id, "projectId"::uuid, v_range.first_day, v_range.last_day, private.calendar_limit(),
    v_teams;

  execute format(
    $query$
      select coalesce(jsonb_agg(o.document order by o.due_date, o.id), '[]')
      from (
        select t.due_date, t.id, t.document
        from private.task_documents as t
        where %s and t.status <> 'completed' and t.due_date < $3
        order by t.due_date desc, t.id
        limit $4
      ) as o
    $query$,
    v_tasks
  )
  into v_overdue
  using v_user_id, "projectId"::uuid, private.today(), private.calendar_limit();

  return jsonb_build_object(
    'from', v_range.first_day, 'to', v_range.last_day, 'days', v_days, 'overdue', v_overdue
  );
end;
$$;

comment on function api.get_calendar(text, text, text) is
  'Returns what is due between two dates, day by day, and what is overdue. Requires: a signed-in user.
A talent gets their own tasks and the projects of their teams; a creator gets everything in their
projects. projectId narrows to one project.
from, to: dates (YYYY-MM-DD), both included, at most 366 days apart; the present month (UTC) by
default. At most 1000 tasks, 1000 projects and 1000 overdue tasks.
Returns {from, to, days: [{date, tasks, projects}], overdue: [task]}; days without anything due are
left out, and overdue tasks are those not completed whose due date has passed, whatever the range.
Errors: VALIDATION_ERROR, NOT_FOUND, FORBIDDEN, NOT_AUTHENTICATED, SESSION_REVOKED.';

grant execute on function api.get_calendar(text, text, text) to authenticated;


-- ── 58_calendar/20_calendar_links.sql ───────────────────────────────────────────────────────────

-- The secret link under which calendar programs fetch a user's due dates (iCalendar). A user has at most one;
-- making a new one ends the old one. Only a hash of the token is kept, so the link is shown once.

create table private.calendar_links (
  user_id uuid primary key references public.profiles (id) on delete cascade,
  token_hash text not null,
  created_at timestamptz not null default now(),
  last_used_at timestamptz
);

comment on table private.calendar_links is 'Secret links of iCalendar feeds, one per user.';
comment on column private.calendar_links.token_hash is 'SHA-256 of the token in the link.';

create unique index calendar_links_token_hash_key on private.calendar_links (token_hash);

-- Definer: no role has a grant on the table.
create function private.create_calendar_link()
  returns jsonb
  language plpgsql
  security definer
  set search_path = ''
as $$
declare
  v_token constant text := encode(extensions.gen_random_bytes(32), 'hex');
begin
  insert into private.calendar_links (user_id, token_hash)
  values (auth.uid(), private.token_hash(v_token))
  on conflict (user_id) do update
  set token_hash = excluded.token_hash, created_at = now(), last_used_at = null;

  return jsonb_build_object(
    'url', private.api_url() || '/calendar.ics?token=' || v_token, 'token', v_token
  );
end;
$$;

create function private.my_calendar_link()
  returns jsonb
  language sql
  stable
  security definer
  set search_path = ''
as $$
  select jsonb_build_object(
    'createdAt', private.iso(l.created_at), 'lastUsedAt', private.iso(l.last_used_at)
  )
  from private.calendar_links as l
  where l.user_id = auth.uid()
$$;

create function private.delete_calendar_link()
  returns void
  language sql
  security definer
  set search_path = ''
as $$
  delete from private.calendar_links where user_id = auth.uid()
$$;

-- Called by api functions as the caller; they work on the caller's own link only.
grant execute on function
  private.create_calendar_link(),
  private.my_calendar_link(),
  private.delete_calendar_link()
to authenticated;

create function api.create_calendar_link()
  returns jsonb
  language plpgsql
  volatile
  set search_path = ''
as $$
declare
  v_link jsonb;
begin
  perform private.require_session();
  -- Two statements, so that the second sees the row of the first.
  v_link := private.create_calendar_link();
  return v_link || private.my_calendar_link();
end;
$$;

comment on function api.create_calendar_link() is
  'Creates the secret link of the caller''s iCalendar feed and returns it, once. An earlier link stops
working. Requires: a signed-in user.
Returns {url, token, createdAt, lastUsedAt}. Anyone with the link can read the due dates.
Errors: NOT_AUTHENTICATED, SESSION_REVOKED.';

create function api.get_calendar_link()
  returns jsonb
  language plpgsql
  stable
  set search_path = ''
as $$
begin
  perform private.require_session();
  return jsonb_build_object('link', private.my_calendar_link());
end;
$$;

comment on function api.get_calendar_link() is
  'Returns whether the caller has a calendar link: {link: {createdAt, lastUsedAt} or null}. The link itself
is shown only when it is created. Requires: a signed-in user.
Errors: NOT_AUTHENTICATED, SESSION_REVOKED.';

create function api.delete_calendar_link()
  returns void
  language plpgsql
  volatile
  set search_path = ''
as $$
begin
  perform private.require_session();
  perform private.delete_calendar_link();
end;
$$;

comment on function api.delete_calendar_link() is
  'Ends the caller''s calendar link, if there is one. Requires: a signed-in user.
Errors: NOT_AUTHENTICATED, SESSION_REVOKED.';

grant execute on function
  api.create_calendar_link(),
  api.get_calendar_link(),
  api.delete_calendar_link()
to authenticated;

-- Serves accounts and profiles, which have the same ids.
create function private.tg_users__end_calendar_link()
  returns trigger
  language plpgsql
  security definer
  set search_path = ''
as $$
begin
  delete from private.calendar_links where user_id = new.id;
  return null;
end;
$$;

-- Ends the link with the account.
create trigger _520_end_calendar_link
  after update of deleted_at on public.profiles
  for each row
  when (old.deleted_at is null and new.deleted_at is not null)
  execute function private.tg_users__end_calendar_link();

-- Ends the link with the password, by the user or an administrator: a stolen token or the first owner
-- of an account could have made it, and it would go on working without a session.
create trigger onswift_703_end_calendar_link
  after update of encrypted_password on auth.users
  for each row
  when (
    new.encrypted_password <> '' and new.encrypted_password is distinct from old.encrypted_password
  )
  execute function private.tg_users__end_calendar_link();


-- ── 58_calendar/30_calendar_feed.sql ────────────────────────────────────────────────────────────

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
