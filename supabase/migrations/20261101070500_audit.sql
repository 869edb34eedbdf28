-- Release 0.2.0, from supabase/schemas/75_audit. A later change is made there and in a migration of its own.


-- ── 75_audit/10_audit_events.sql ────────────────────────────────────────────────────────────────

-- The audit trail: decisions about work and changes of access. Triggers write it in the transaction of the change.
-- Events never change. They can be read by the actor, the project creator and the user they are about.

create table public.audit_events (
  id bigint generated always as identity primary key,
  action text not null,
  actor_id uuid references public.profiles (id) on delete set null,
  creator_id uuid references public.profiles (id) on delete cascade,
  subject_id uuid references public.profiles (id) on delete set null,
  project_id uuid,
  entity_type text not null,
  entity_id uuid not null,
  details jsonb not null default '{}',
  created_at timestamptz not null default clock_timestamp(),

  constraint action_is_known check (
    action in (
      'project.created', 'project.status_changed', 'project.deleted', 'team.member_added',
      'team.member_removed', 'task.assigned', 'task.deleted', 'deliverable.submitted',
      'deliverable.approved', 'deliverable.revision_requested', 'deliverable.deleted',
      'deliverable.file_replaced',
      'review.created', 'review.updated', 'review.deleted'
    )
  ),
  constraint details_are_an_object check (jsonb_typeof(details) = 'object')
);

comment on table public.audit_events is
  'Decisions, and changes of access. Append-only.';
comment on column public.audit_events.actor_id is
  'The user who acted; null for the system, and after the account was erased.';
comment on column public.audit_events.creator_id is 'The creator of the project.';
comment on column public.audit_events.subject_id is
  'The user whom the event is about: the member, assignee, submitter or reviewed talent.';

create index audit_events_project_id_idx on public.audit_events (project_id, id desc);
create index audit_events_actor_id_idx on public.audit_events (actor_id, id desc);
create index audit_events_creator_id_idx on public.audit_events (creator_id, id desc);
create index audit_events_subject_id_idx on public.audit_events (subject_id, id desc);
create index audit_events_created_at_idx on public.audit_events (created_at);

alter table public.audit_events enable row level security;

create policy all_live_session on public.audit_events
  as restrictive for all to authenticated
  using ((select private.session_is_live()))
  with check ((select private.session_is_live()));

create policy select_concerned on public.audit_events
  for select to authenticated
  using (
    actor_id = (select auth.uid())
    or creator_id = (select auth.uid())
    or subject_id = (select auth.uid())
  );

-- No grant for writing: triggers insert events with the rights of their definer.
grant select on public.audit_events to authenticated, service_role;

-- Append-only for every role. Exceptions: foreign keys clear a user who was erased, and the purge deletes events
-- after 2 years.
create function private.tg_audit_events__append_only()
  returns trigger
  language plpgsql
  set search_path = ''
as $$
begin
  if tg_op = 'UPDATE'
    and (new.action, new.project_id, new.entity_type, new.entity_id, new.details, new.created_at)
      is not distinct from
      (old.action, old.project_id, old.entity_type, old.entity_id, old.details, old.created_at)
    and coalesce(new.actor_id, old.actor_id) is not distinct from old.actor_id
    and coalesce(new.creator_id, old.creator_id) is not distinct from old.creator_id
    and coalesce(new.subject_id, old.subject_id) is not distinct from old.subject_id
  then
    return new;
  end if;

  if tg_op = 'DELETE' and (
    old.created_at < now() - interval '2 years'
    or not exists (select from public.profiles as p where p.id = old.creator_id)
  ) then
    return old;
  end if;

  raise sqlstate 'PT403' using
    message = 'The audit trail cannot be changed.',
    hint = 'FORBIDDEN';
end;
$$;

create trigger _200_append_only
  before update or delete on public.audit_events
  for each row
  execute function private.tg_audit_events__append_only();

create function private.purge_audit_events()
  returns void
  language sql
  security definer
  set search_path = ''
as $$
  delete from public.audit_events where created_at < now() - interval '2 years 1 day';
$$;

comment on function private.purge_audit_events() is 'Deletes audit events after two years.';

-- Inserts one event. The actor is the caller; without a caller it is the system.
create function private.audit(
  p_action text, p_creator_id uuid, p_subject_id uuid, p_project_id uuid, p_entity_type text,
  p_entity_id uuid, p_details jsonb default '{}'
)
  returns void
  language sql
  security definer
  set search_path = ''
as $$
  insert into public.audit_events (
    action, actor_id, creator_id, subject_id, project_id, entity_type, entity_id, details
  )
  values (
    p_action, auth.uid(), p_creator_id, p_subject_id, p_project_id, p_entity_type, p_entity_id,
    jsonb_strip_nulls(p_details)
  );
$$;


-- ── 75_audit/20_audit_triggers.sql ──────────────────────────────────────────────────────────────

-- What is written to the audit trail, table by table.

create function private.tg_projects__audit()
  returns trigger
  language plpgsql
  security definer
  set search_path = ''
as $$
begin
  perform private.audit(
    case
      when tg_op = 'INSERT' then 'project.created'
      when new.deleted_at is not null and old.deleted_at is null then 'project.deleted'
      else 'project.status_changed'
    end,
    new.creator_id, null, new.id, 'project', new.id,
    jsonb_build_object(
      'name', new.name,
      'status', new.status,
      'earlierStatus', case when tg_op = 'UPDATE' then old.status end
    )
  );
  return null;
end;
$$;

create trigger _950_audit
  after insert on public.projects
  for each row
  execute function private.tg_projects__audit();

create trigger _951_audit_changes
  after update of status, deleted_at on public.projects
  for each row
  when ((old.status, old.deleted_at) is distinct from (new.status, new.deleted_at))
  execute function private.tg_projects__audit();

create function private.tg_project_members__audit()
  returns trigger
  language plpgsql
  security definer
  set search_path = ''
as $$
begin
  perform private.audit(
    'team.member_added', p.creator_id, new.user_id, p.id, 'team', p.id,
    jsonb_build_object('role', new.role)
  )
  from public.projects as p
  where p.id = new.project_id;
  return null;
end;
$$;

create trigger _950_audit
  after insert on public.project_members
  for each row
  when (new.removed_at is null)
  execute function private.tg_project_members__audit();

-- All removals of a statement at once: a deleted account may leave hundreds of teams.
create function private.tg_project_members__audit_removals()
  returns trigger
  language plpgsql
  security definer
  set search_path = ''
as $$
begin
  perform private.audit(
    'team.member_removed', n.creator_id, n.user_id, n.project_id, 'team', n.project_id,
    jsonb_build_object('role', n.role)
  )
  from after_change as n
  join before_change as o on o.id = n.id
  where o.removed_at is null and n.removed_at is not null;

  return null;
end;
$$;

create trigger _951_audit_removals
  after update on public.project_members
  referencing old table as before_change new table as after_change
  for each statement
  execute function private.tg_project_members__audit_removals();

create function private.tg_tasks__audit()
  returns trigger
  language plpgsql
  security definer
  set search_path = ''
as $$
begin
  perform private.audit(
    case when new.deleted_at is null then 'task.assigned' else 'task.deleted' end,
    new.creator_id, new.assignee_id, new.project_id, 'task', new.id,
    jsonb_build_object(
      'name', new.name,
      'earlierAssigneeId', case when tg_op = 'UPDATE' then old.assignee_id end
    )
  );
  return null;
end;
$$;

create trigger _950_audit
  after insert on public.tasks
  for each row
  execute function private.tg_tasks__audit();

create trigger _951_audit_changes
  after update of assignee_id, deleted_at on public.tasks
  for each row
  when ((old.assignee_id, old.deleted_at) is distinct from (new.assignee_id, new.deleted_at))
  execute function private.tg_tasks__audit();

create function private.tg_deliverables__audit_deletion()
  returns trigger
  language plpgsql
  security definer
  set search_path = ''
as $$
begin
  perform private.audit(
    'deliverable.deleted', new.creator_id, new.submitted_by_id, new.project_id, 'deliverable',
    new.id, jsonb_build_object('title', new.title, 'taskId', new.task_id)
  );
  return null;
end;
$$;

create trigger _950_audit_deletion
  after update of deleted_at on public.deliverables
  for each row
  when (old.deleted_at is null and new.deleted_at is not null)
  execute function private.tg_deliverables__audit_deletion();

create function private.tg_deliverable_versions__audit()
  returns trigger
  language plpgsql
  security definer
  set search_path = ''
as $$
begin
  perform private.audit(
    'deliverable.submitted', d.creator_id, d.submitted_by_id, d.project_id, 'deliverable', d.id,
    jsonb_build_object('title', new.title, 'version', new.version, 'taskId', d.task_id)
  )
  from public.deliverables as d
  where d.id = new.deliverable_id;
  return null;
end;
$$;

create trigger _950_audit
  after insert on public.deliverable_versions
  for each row
  execute function private.tg_deliverable_versions__audit();

create function private.tg_deliverable_files__audit()
  returns trigger
  language plpgsql
  security definer
  set search_path = ''
as $$
begin
  perform private.audit(
    'deliverable.file_replaced', d.creator_id, d.submitted_by_id, d.project_id, 'deliverable', d.id,
    jsonb_build_object(
      'title', d.title, 'version', new.version, 'taskId', d.task_id,
      'fileName', rejected.file_name, 'newFileName', f.file_name
    )
  )
  from public.deliverables as d
  join public.files as f on f.id = new.file_id
  join public.files as rejected on rejected.id = old.file_id
  where d.id = new.deliverable_id;
  return null;
end;
$$;

create trigger _950_audit
  after update of file_id on public.deliverable_files
  for each row
  when (old.file_id <> new.file_id)
  execute function private.tg_deliverable_files__audit();

create function private.tg_deliverable_reviews__audit()
  returns trigger
  language plpgsql
  security definer
  set search_path = ''
as $$
begin
  perform private.audit(
    case new.action
      when 'approve' then 'deliverable.approved' else 'deliverable.revision_requested'
    end,
    d.creator_id, d.submitted_by_id, d.project_id, 'deliverable', d.id,
    jsonb_build_object('title', d.title, 'version', new.version, 'taskId', d.task_id)
  )
  from public.deliverables as d
  where d.id = new.deliverable_id;
  return null;
end;
$$;

create trigger _950_audit
  after insert on public.deliverable_reviews
  for each row
  execute function private.tg_deliverable_reviews__audit();

create function private.tg_reviews__audit()
  returns trigger
  language plpgsql
  security definer
  set search_path = ''
as $$
begin
  perform private.audit(
    case
      when tg_op = 'INSERT' then 'review.created'
      when new.deleted_at is not null and old.deleted_at is null then 'review.deleted'
      else 'review.updated'
    end,
    new.creator_id, new.talent_id, new.project_id, 'review', new.id,
    jsonb_build_object(
      'rating', new.rating, 'earlierRating', case when tg_op = 'UPDATE' then old.rating end
    )
  );
  return null;
end;
$$;

create trigger _950_audit
  after insert on public.reviews
  for each row
  execute function private.tg_reviews__audit();

create trigger _951_audit_changes
  after update of rating, text, deleted_at on public.reviews
  for each row
  when (
    (old.rating, old.text, old.deleted_at) is distinct from (new.rating, new.text, new.deleted_at)
  )
  execute function private.tg_reviews__audit();


-- ── 75_audit/50_operations.sql ──────────────────────────────────────────────────────────────────

-- GET /audit.

-- Returns an event as the JSON that the API returns.
create function private.audit_document(p_event public.audit_events)
  returns jsonb
  language plpgsql
  stable
  set search_path = ''
as $$
begin
  return jsonb_build_object(
    'id', p_event.id::text,
    'action', p_event.action,
    'actor', (
      select jsonb_build_object('id', c.id, 'name', c.name, 'avatarUrl', c.avatar_url)
      from private.cards as c
      where c.id = p_event.actor_id
    ),
    'subject', (
      select jsonb_build_object('id', c.id, 'name', c.name, 'avatarUrl', c.avatar_url)
      from private.cards as c
      where c.id = p_event.subject_id
    ),
    'projectId', p_event.project_id,
    'entityType', p_event.entity_type,
    'entityId', p_event.entity_id,
    'details', p_event.details,
    'createdAt', private.iso(p_event.created_at)
  );
end;
$$;

-- Runs as the caller, with the caller's rights.
grant execute on function private.audit_document(public.audit_events) to authenticated;

-- Returns the ids of the caller's events, newest first: one walk for each reason to see an event. An
-- index serves each, and none serves all of them together. Definer: under policies, whose values the
-- planner cannot see before, it would read all events of a caller with very many.
create function private.my_audit_event_ids(p_project_id uuid, p_before bigint, p_limit integer)
  returns bigint[]
  language plpgsql
  stable
  security definer
  set search_path = ''
as $$
declare
  v_user_id constant uuid := auth.uid();
begin
  if p_project_id is not null then
    return array(
      select a.id
      from public.audit_events as a
      where a.project_id = p_project_id
        and a.id < p_before
        and v_user_id in (a.actor_id, a.creator_id, a.subject_id)
      order by a.id desc
      limit p_limit
    );
  end if;

  return array(
    (
      select a.id
      from public.audit_events as a
      where a.actor_id = v_user_id and a.id < p_before
      order by a.id desc
      limit p_limit
    )
    union
    (
      select a.id
      from public.audit_events as a
      where a.creator_id = v_user_id and a.id < p_before
      order by a.id desc
      limit p_limit
    )
    union
    (
      select a.id
      from public.audit_events as a
      where a.subject_id = v_user_id and a.id < p_before
      order by a.id desc
      limit p_limit
    )
  );
end;
$$;

-- Called by api.list_audit_events as the caller; it returns the caller's own.
grant execute on function private.my_audit_event_ids(uuid, bigint, integer) to authenticated;

create function api.list_audit_events(
  "projectId" text default null, before text default null, "limit" jsonb default null
)
  returns jsonb
  language plpgsql
  stable
  set search_path = ''
as $$
declare
  v_input constant jsonb := private.input_of('list_audit_events', jsonb_build_object(
    'projectId', "projectId", 'before', before, 'limit', "limit"
  ));
  v_limit constant integer := private.page_limit(v_input, 50);
  v_ids bigint[];
  v_events jsonb;
begin
  perform private.require_session();
  perform private.raise_field_errors(
    private.check_uuid(v_input, 'projectId', 'Project id', true)
    || private.check_page(v_input)
    || case
      when before !~ '^\d{1,18}$'
        then private.field_error('before', 'Before must be the id of an audit event.')
      else '[]'
    end
  );

  v_ids := private.my_audit_event_ids(
    "projectId"::uuid, coalesce(before::bigint, 9223372036854775807), v_limit + 1
  );

  select coalesce(jsonb_agg(e.document order by e.id desc), '[]')
  into v_events
  from (
    select a.id, private.audit_document(a) as document
    from public.audit_events as a
    where a.id = any (v_ids)
    order by a.id desc
    limit v_limit + 1
  ) as e;

  return jsonb_build_object(
    'events', case when jsonb_array_length(v_events) > v_limit then v_events - v_limit else v_events end,
    'hasMore', jsonb_array_length(v_events) > v_limit
  );
end;
$$;

comment on function api.list_audit_events(text, text, jsonb) is
  'Returns the audit trail as far as it concerns the caller, newest first: events they caused, events of their
projects, and events about them. Requires: a signed-in user.
projectId narrows. before: the id of an event; only earlier ones are returned. limit 50, at most 100.
Returns {events: [{id, action, actor, subject, projectId, entityType, entityId, details, createdAt}],
hasMore}.
Errors: VALIDATION_ERROR, NOT_AUTHENTICATED, SESSION_REVOKED.';

grant execute on function api.list_audit_events(text, text, jsonb) to authenticated;
