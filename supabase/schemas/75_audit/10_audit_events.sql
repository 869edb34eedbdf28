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
comment on column public.audit_events.id is 'Primary key. Lists are ordered by it, newest first.';
comment on column public.audit_events.action is
  'What happened, such as project.created or deliverable.approved.';
comment on column public.audit_events.actor_id is
  'The user who acted; null for the system, and after the account was erased.';
comment on column public.audit_events.creator_id is 'The creator of the project.';
comment on column public.audit_events.subject_id is
  'The user whom the event is about: the member, assignee, submitter or reviewed talent.';
comment on column public.audit_events.project_id is
  'Project of the event, also after the project was deleted.';
comment on column public.audit_events.entity_type is
  'Kind of thing that the event is about: project, team, task, deliverable or review.';
comment on column public.audit_events.entity_id is
  'Id of that thing; for team, the id of the project.';
comment on column public.audit_events.details is
  'Values of that moment, by action: name, title, status, earlierStatus, role, version, rating and
the like. Absent values are left out.';
comment on column public.audit_events.created_at is
  'When the change was made. Events are deleted after two years.';

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
  language plpgsql
  security definer
  set search_path = ''
as $$
begin
  insert into public.audit_events (
    action, actor_id, creator_id, subject_id, project_id, entity_type, entity_id, details
  )
  values (
    p_action, auth.uid(), p_creator_id, p_subject_id, p_project_id, p_entity_type, p_entity_id,
    jsonb_strip_nulls(p_details)
  );
end;
$$;
