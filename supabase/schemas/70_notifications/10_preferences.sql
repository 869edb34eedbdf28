-- Notification types and preferences.

-- Returns all notification types with their default channels. In the app all types are on; by mail
-- only those that need the user's attention.

create function private.notification_defaults()
  returns jsonb
  language plpgsql
  immutable
  parallel safe
  set search_path = ''
as $$
begin
  return '{
    "task_assigned": {"inApp": true, "email": true},
    "task_unassigned": {"inApp": true, "email": false},
    "deliverable_submitted": {"inApp": true, "email": true},
    "deliverable_approved": {"inApp": true, "email": true},
    "revision_requested": {"inApp": true, "email": true},
    "message_received": {"inApp": true, "email": true},
    "review_received": {"inApp": true, "email": true},
    "deadline_approaching": {"inApp": true, "email": true},
    "project_status_changed": {"inApp": true, "email": false},
    "team_added": {"inApp": true, "email": false},
    "mentioned": {"inApp": true, "email": false},
    "file_rejected": {"inApp": true, "email": true}
  }'::jsonb;
end;
$$;

-- Pure: constraints and api functions run it as the caller.
grant execute on function private.notification_defaults() to authenticated, service_role;

create table public.notification_preferences (
  user_id uuid not null references public.profiles (id) on delete cascade,
  type text not null,
  in_app boolean not null,
  email boolean not null,
  updated_at timestamptz not null default now(),

  primary key (user_id, type),
  constraint type_is_known check (private.notification_defaults() ? type)
);

comment on table public.notification_preferences is
  'Preferences of users by type. Without a row the defaults apply.';
comment on column public.notification_preferences.user_id is
  'User who set the preference. Primary key together with type.';
comment on column public.notification_preferences.type is
  'Type of notification, such as task_assigned.';
comment on column public.notification_preferences.in_app is
  'Whether notifications of this type are added in the app.';
comment on column public.notification_preferences.email is
  'Whether notifications of this type are sent by email.';
comment on column public.notification_preferences.updated_at is 'When the preference was set last.';

create trigger _310_touch
  before update on public.notification_preferences
  for each row
  execute function private.tg__touch();

alter table public.notification_preferences enable row level security;

create policy all_live_session on public.notification_preferences
  as restrictive for all to authenticated
  using ((select private.session_is_live()))
  with check ((select private.session_is_live()));

create policy select_self on public.notification_preferences
  for select to authenticated
  using (user_id = (select auth.uid()));

-- No insert, update or delete is granted: api.update_notification_preferences and api.unsubscribe.
grant select on public.notification_preferences to authenticated;
grant select, insert, update, delete on public.notification_preferences to service_role;

-- Returns whether a user wants a type on a channel: 'inApp' or 'email'.
create function private.wants(p_user_id uuid, p_type text, p_channel text)
  returns boolean
  language plpgsql
  stable
  security definer
  set search_path = ''
as $$
begin
  return coalesce(
    (
      select case p_channel when 'email' then p.email else p.in_app end
      from public.notification_preferences as p
      where p.user_id = p_user_id and p.type = p_type
    ),
    (private.notification_defaults() -> p_type ->> p_channel)::boolean
  );
end;
$$;

-- Checks that preferences name known types and channels with true or false.
create function private.preference_field_errors(p_preferences jsonb)
  returns jsonb
  language plpgsql
  immutable
  set search_path = ''
as $$
declare
  v_errors jsonb := private.check_keys(
    p_preferences, array(select jsonb_object_keys(private.notification_defaults()))
  );
begin
  if v_errors <> '[]' then
    return v_errors;
  end if;

  select coalesce(
    jsonb_agg(
      jsonb_build_object(
        'field', key,
        'message', format('%s must be an object with inApp and email, each true or false.', key)
      )
      order by key
    ),
    '[]'
  )
  into v_errors
  from jsonb_each(p_preferences) as choice (key, value)
  where jsonb_typeof(value) <> 'object'
    or value - array['inApp', 'email'] <> '{}'
    or jsonb_path_exists(value, '$.* ? (@.type() != "boolean")');

  return v_errors;
end;
$$;

-- Sets the named preferences of a user and keeps the others.
create function private.set_preferences(p_user_id uuid, p_preferences jsonb)
  returns void
  language sql
  security definer
  set search_path = ''
as $$
  insert into public.notification_preferences as p (user_id, type, in_app, email)
  select
    p_user_id,
    choice.type,
    coalesce((choice.value ->> 'inApp')::boolean, private.wants(p_user_id, choice.type, 'inApp')),
    coalesce((choice.value ->> 'email')::boolean, private.wants(p_user_id, choice.type, 'email'))
  from jsonb_each(p_preferences) as choice (type, value)
  on conflict (user_id, type) do update
  set
    in_app = coalesce(
      (p_preferences -> p.type ->> 'inApp')::boolean, p.in_app
    ),
    email = coalesce(
      (p_preferences -> p.type ->> 'email')::boolean, p.email
    )
$$;

-- Sets preferences of the caller.
create function private.set_my_preferences(p_preferences jsonb)
  returns void
  language sql
  security definer
  set search_path = ''
as $$
  select private.set_preferences(auth.uid(), p_preferences)
$$;

-- Called by api functions as the caller. They change the caller's preferences only.
grant execute on function
  private.preference_field_errors(jsonb),
  private.set_my_preferences(jsonb)
to authenticated;
