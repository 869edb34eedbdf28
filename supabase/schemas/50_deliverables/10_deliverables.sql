-- Deliverables: work that a talent submits for a task, and the decisions of the project's creator.
--
--   pending → approved
--           → revision → pending → …    at most 3 times
--
-- Only the submitter and the project's creator see a deliverable. It stays with its submitter when
-- the task is reassigned or the submitter leaves the team.

create table public.deliverables (
  id uuid primary key default gen_random_uuid(),
  project_id uuid not null references public.projects (id) on delete cascade,
  task_id uuid not null references public.tasks (id) on delete cascade,
  creator_id uuid not null references public.profiles (id) on delete restrict,
  submitted_by_id uuid not null references public.profiles (id) on delete restrict,
  title text not null,
  description text not null default '',

  status text not null default 'pending',
  version integer not null default 1,
  revision_count integer not null default 0,
  feedback text,
  approved_at timestamptz,
  approved_by_id uuid references public.profiles (id) on delete set null,

  submitted_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  deleted_at timestamptz,

  constraint title_has_1_to_255_characters check (char_length(title) between 1 and 255),
  constraint description_has_at_most_10000_characters check (char_length(description) <= 10000),
  constraint status_is_known check (status in ('pending', 'approved', 'revision')),
  constraint at_most_3_revisions check (revision_count between 0 and 3),
  constraint feedback_has_1_to_5000_characters check (char_length(feedback) between 1 and 5000),
  constraint revision_comes_with_feedback check (
    status <> 'revision' or (feedback is not null and revision_count > 0)
  ),
  constraint approved_at_only_when_approved check (
    (status = 'approved') = (approved_at is not null)
  ),
  constraint approved_without_feedback check (status <> 'approved' or feedback is null),
  constraint approver_only_when_approved check (approved_by_id is null or status = 'approved'),
  constraint each_revision_has_its_version check (
    version = revision_count + case status when 'revision' then 0 else 1 end
  )
);

comment on table public.deliverables is
  'Current state of deliverables. Earlier versions and decisions are in deliverable_versions and
deliverable_reviews. Deleting sets deleted_at.';
comment on column public.deliverables.id is 'Primary key, set by the database.';
comment on column public.deliverables.project_id is 'Project of the task. Never changes.';
comment on column public.deliverables.task_id is 'Task for which it was submitted. Never changes.';
comment on column public.deliverables.creator_id is
  'Creator of the project, who never changes. Stored here so that one index serves the policies and
the creator''s list over all projects.';
comment on column public.deliverables.submitted_by_id is
  'Talent who submitted it. Never changes, also when the task is assigned to another talent.';
comment on column public.deliverables.title is 'Title of the current version: 1 to 255 characters.';
comment on column public.deliverables.description is
  'Description of the current version: at most 10,000 characters, empty if none was sent.';
comment on column public.deliverables.status is
  'pending (waits for a decision), revision (waits for the next version) or approved (final). The
creator changes pending to one of the others; the next version changes revision to pending.';
comment on column public.deliverables.version is 'Number of the current version: 1 to 4.';
comment on column public.deliverables.revision_count is
  'Number of revisions requested, increased with the request.';
comment on column public.deliverables.feedback is
  'Feedback of the latest revision request; null before the first and after approval.';
comment on column public.deliverables.approved_at is
  'When it was approved; null in every other status. Set by the database.';
comment on column public.deliverables.approved_by_id is
  'User who approved it; null in every other status. Set by the database.';
comment on column public.deliverables.submitted_at is 'When the first version was submitted.';
comment on column public.deliverables.updated_at is
  'When title, description, status, version or feedback changed last.';
comment on column public.deliverables.deleted_at is
  'When it was deleted; null otherwise. No user can see a deleted deliverable.';

create index deliverables_project_id_idx
  on public.deliverables (project_id, submitted_at desc, id desc);
create index deliverables_task_id_idx
  on public.deliverables (task_id, submitted_at desc, id desc);
create index deliverables_creator_id_idx
  on public.deliverables (creator_id, submitted_at desc, id desc) include (deleted_at);
create index deliverables_of_creator_idx
  on public.deliverables (creator_id, status) where deleted_at is null;
create index deliverables_submitted_by_id_idx
  on public.deliverables (submitted_by_id, submitted_at desc, id desc) include (deleted_at);
create index deliverables_status_idx on public.deliverables (status);
create index deliverables_approved_by_id_idx on public.deliverables (approved_by_id);

alter table public.deliverables enable row level security;

create policy all_live_session on public.deliverables
  as restrictive for all to authenticated
  using ((select private.session_is_live()))
  with check ((select private.session_is_live()));

create policy select_submitter_and_creator on public.deliverables
  for select to authenticated
  using (
    deleted_at is null and (
      submitted_by_id = (select auth.uid())
      or creator_id = (select auth.uid())
    )
  );

create policy update_creator on public.deliverables
  for update to authenticated
  using (deleted_at is null and creator_id = (select auth.uid()))
  with check (creator_id = (select auth.uid()));

-- The creator decides by updating status and feedback; triggers do the rest. No insert is granted
-- (api.submit_deliverable, because a submission has files) and no delete (api.delete_deliverable).
grant select on public.deliverables to authenticated;
grant update (status, feedback) on public.deliverables to authenticated;
grant select, insert, update, delete on public.deliverables to service_role;

-- Returns the deliverable if the caller is its submitter or the project's creator. Raises NOT_FOUND
-- if it does not exist, FORBIDDEN for other users. Definer: row-level security alone could not
-- distinguish the two.
create function private.require_deliverable(p_deliverable_id uuid)
  returns public.deliverables
  language plpgsql
  stable
  security definer
  set search_path = ''
as $$
declare
  v_deliverable public.deliverables;
begin
  select d.*
  into v_deliverable
  from public.deliverables as d
  where d.id = p_deliverable_id and d.deleted_at is null;

  if not found then
    raise sqlstate 'PT404' using
      message = 'Deliverable not found.',
      hint = 'NOT_FOUND';
  end if;

  if auth.uid() not in (v_deliverable.submitted_by_id, v_deliverable.creator_id) then
    raise sqlstate 'PT403' using
      message = 'Only the submitter and the project''s creator have access to this deliverable.',
      hint = 'FORBIDDEN';
  end if;

  return v_deliverable;
end;
$$;

-- Called by api functions as the caller. It returns only what the caller can see.
grant execute on function private.require_deliverable(uuid) to authenticated;
