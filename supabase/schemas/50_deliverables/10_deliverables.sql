-- Work that a talent hands in for a task, and what its project's creator says to it.
--
--   pending → approved
--           → revision → pending → …    three times at most
--
-- A deliverable is between two people: who submitted it and the project's creator. It stays with
-- its author when the task is given to somebody else, or the author leaves the team.

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
  'Deliverables: their present state. Earlier ones are in deliverable_versions and
deliverable_reviews. Deleting sets deleted_at.';
comment on column public.deliverables.creator_id is
  'The project''s creator, who never changes: kept here so that their list over all projects, and
the
policies, are a look into one index.';
comment on column public.deliverables.revision_count is
  'Revisions asked for, counted when they are.';
comment on column public.deliverables.feedback is
  'What was said last; null before the first revision and after approval.';
comment on column public.deliverables.submitted_at is 'When the first version was handed in.';

create index deliverables_project_id_idx
  on public.deliverables (project_id, submitted_at desc, id desc);
create index deliverables_task_id_idx on public.deliverables (task_id);
create index deliverables_creator_id_idx
  on public.deliverables (creator_id, submitted_at desc, id desc);
create index deliverables_submitted_by_id_idx
  on public.deliverables (submitted_by_id, submitted_at desc, id desc);
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

-- The creator decides by writing status and feedback; triggers see to the rest. No insert
-- (api.create_deliverable: a submission comes with files) and no delete (api.delete_deliverable).
grant select on public.deliverables to authenticated;
grant update (status, feedback) on public.deliverables to authenticated;
grant select, insert, update, delete on public.deliverables to service_role;

-- The deliverable for somebody who may see it. 404 when it is not there, 403 when it is not theirs;
-- row level security alone could not tell the two apart.
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
      message = 'This deliverable is not yours.',
      hint = 'FORBIDDEN';
  end if;

  return v_deliverable;
end;
$$;

-- Called by api functions as the caller; it speaks about what the caller may see.
grant execute on function private.require_deliverable(uuid) to authenticated;
