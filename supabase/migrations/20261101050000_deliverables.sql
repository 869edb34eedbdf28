-- Release 0.2.0, from supabase/schemas/50_deliverables. A later change is made there and in a migration of its own.


-- ── 50_deliverables/10_deliverables.sql ─────────────────────────────────────────────────────────

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
comment on column public.deliverables.creator_id is
  'Creator of the project, who never changes. Stored here so that one index serves the policies and
the creator''s list over all projects.';
comment on column public.deliverables.revision_count is
  'Number of revisions requested, increased with the request.';
comment on column public.deliverables.feedback is
  'Feedback of the latest revision request; null before the first and after approval.';
comment on column public.deliverables.submitted_at is 'When the first version was submitted.';

create index deliverables_project_id_idx
  on public.deliverables (project_id, submitted_at desc, id desc);
create index deliverables_task_id_idx on public.deliverables (task_id);
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


-- ── 50_deliverables/11_versions.sql ─────────────────────────────────────────────────────────────

-- Versions of deliverables, their files, and the decision on each version. Rows are added and never
-- changed, so that every earlier version stays readable. The exception is a file that the scan
-- rejected: another file can take its place. Each row carries the creator and the submitter of its
-- deliverable, who never change, for the policies. They need no foreign keys: the deliverable has
-- them.

create table public.deliverable_versions (
  deliverable_id uuid not null references public.deliverables (id) on delete cascade,
  version integer not null,
  creator_id uuid not null,
  submitted_by_id uuid not null,
  title text not null,
  description text not null,
  submitted_at timestamptz not null default now(),

  primary key (deliverable_id, version),
  constraint version_is_1_to_4 check (version between 1 and 4)
);

comment on table public.deliverable_versions is
  'Versions of deliverables: the first submission and up to three resubmissions.';

create index deliverable_versions_creator_id_idx on public.deliverable_versions (creator_id);
create index deliverable_versions_submitted_by_id_idx
  on public.deliverable_versions (submitted_by_id);

create table public.deliverable_files (
  file_id uuid primary key references public.files (id) on delete cascade,
  deliverable_id uuid not null,
  version integer not null,
  creator_id uuid not null,
  submitted_by_id uuid not null,
  place integer not null,

  foreign key (deliverable_id, version)
    references public.deliverable_versions (deliverable_id, version) on delete cascade,
  constraint place_is_1_to_10 check (place between 1 and 10)
);

comment on table public.deliverable_files is 'Files of each version, in their order.';

create unique index deliverable_files_place_key
  on public.deliverable_files (deliverable_id, version, place);
create index deliverable_files_creator_id_idx on public.deliverable_files (creator_id);
create index deliverable_files_submitted_by_id_idx
  on public.deliverable_files (submitted_by_id);

create table public.deliverable_reviews (
  deliverable_id uuid not null,
  version integer not null,
  creator_id uuid not null,
  submitted_by_id uuid not null,
  action text not null,
  feedback text,
  reviewer_id uuid references public.profiles (id) on delete set null,
  created_at timestamptz not null default now(),

  -- One decision per version, also when two are made at the same time.
  primary key (deliverable_id, version),
  foreign key (deliverable_id, version)
    references public.deliverable_versions (deliverable_id, version) on delete cascade,
  constraint action_is_known check (action in ('approve', 'request_revision')),
  constraint feedback_with_each_revision check (
    (action = 'request_revision') = (feedback is not null)
  )
);

comment on table public.deliverable_reviews is 'Decisions on versions, with their feedback.';

create index deliverable_reviews_reviewer_id_idx on public.deliverable_reviews (reviewer_id);
create index deliverable_reviews_creator_id_idx on public.deliverable_reviews (creator_id);
create index deliverable_reviews_submitted_by_id_idx
  on public.deliverable_reviews (submitted_by_id);

alter table public.deliverable_versions enable row level security;
alter table public.deliverable_files enable row level security;
alter table public.deliverable_reviews enable row level security;

create policy all_live_session on public.deliverable_versions
  as restrictive for all to authenticated
  using ((select private.session_is_live()))
  with check ((select private.session_is_live()));

create policy all_live_session on public.deliverable_files
  as restrictive for all to authenticated
  using ((select private.session_is_live()))
  with check ((select private.session_is_live()));

create policy all_live_session on public.deliverable_reviews
  as restrictive for all to authenticated
  using ((select private.session_is_live()))
  with check ((select private.session_is_live()));

-- Visible with their deliverable, whose own policies decide. The columns of the row say the same of
-- everything but deletion; with them an index finds the rows where a query names no deliverable.
create policy select_reader on public.deliverable_versions
  for select to authenticated
  using (
    (submitted_by_id = (select auth.uid()) or creator_id = (select auth.uid()))
    and exists (select from public.deliverables as d where d.id = deliverable_id)
  );

create policy select_reader on public.deliverable_files
  for select to authenticated
  using (
    (submitted_by_id = (select auth.uid()) or creator_id = (select auth.uid()))
    and exists (select from public.deliverables as d where d.id = deliverable_id)
  );

create policy select_reader on public.deliverable_reviews
  for select to authenticated
  using (
    (submitted_by_id = (select auth.uid()) or creator_id = (select auth.uid()))
    and exists (select from public.deliverables as d where d.id = deliverable_id)
  );

-- No insert, update or delete is granted: submitting and deciding write these rows.
grant select
  on public.deliverable_versions, public.deliverable_files, public.deliverable_reviews
  to authenticated;
grant select, insert, update, delete
  on public.deliverable_versions, public.deliverable_files, public.deliverable_reviews
  to service_role;

-- Definer: the writer need not see the deliverable.
create function private.tg__set_deliverable_people()
  returns trigger
  language plpgsql
  security definer
  set search_path = ''
as $$
begin
  select d.creator_id, d.submitted_by_id
  into new.creator_id, new.submitted_by_id
  from public.deliverables as d
  where d.id = new.deliverable_id;

  return new;
end;
$$;

create trigger _090_set_people
  before insert on public.deliverable_versions
  for each row
  execute function private.tg__set_deliverable_people();

create trigger _090_set_people
  before insert on public.deliverable_files
  for each row
  execute function private.tg__set_deliverable_people();

create trigger _090_set_people
  before insert on public.deliverable_reviews
  for each row
  execute function private.tg__set_deliverable_people();


-- ── 50_deliverables/20_deliverable_rules.sql ────────────────────────────────────────────────────

-- Rules for the content of deliverables and for changes of their status.

-- Returns the ids of the users mentioned in a text as @[Name](id). Mentions notify users of the
-- project. A mention of anyone else is plain text.
create function private.mentioned_ids(p_text text)
  returns uuid[]
  language plpgsql
  immutable
  parallel safe
  set search_path = ''
as $$
begin
  return (
    select coalesce(array_agg(distinct private.try_uuid(mention[1])), '{}')
    from regexp_matches(p_text, '@\[[^]\n]{1,255}\]\(([0-9A-Fa-f-]{36})\)', 'g') as mention
    where private.try_uuid(mention[1]) is not null
  );
end;
$$;

-- Checks the length of title and description.
create function private.deliverable_field_errors(p_input jsonb)
  returns jsonb
  language plpgsql
  immutable
  set search_path = ''
as $$
begin
  return private.check_text(p_input, 'title', 'Title', 1, 255)
    || private.check_text(p_input, 'description', 'Description', 0, 10000);
end;
$$;

-- Called by api functions as the caller. Pure.
grant execute on function
  private.mentioned_ids(text),
  private.deliverable_field_errors(jsonb)
to authenticated, service_role;

-- Trims and cleans the texts.
create function private.tg_deliverables__normalise()
  returns trigger
  language plpgsql
  set search_path = ''
as $$
begin
  new.title := private.clean_line(new.title);
  new.description := coalesce(private.clean_text(new.description), '');
  new.feedback := nullif(private.clean_text(new.feedback), '');
  return new;
end;
$$;

create trigger _090_set_creator
  before insert on public.deliverables
  for each row
  execute function private.tg__set_creator();

create trigger _100_normalise
  before insert or update of title, description, feedback on public.deliverables
  for each row
  execute function private.tg_deliverables__normalise();

-- Remembers that the update sets feedback for this version. The next trigger sees only values:
-- without this, a revision request without feedback would reuse the feedback of the previous one.
create function private.tg_deliverables__remember_feedback()
  returns trigger
  language plpgsql
  set search_path = ''
as $$
begin
  perform set_config('onswift.feedback_on', format('%s/%s', new.id, new.version), true);
  return new;
end;
$$;

create trigger _110_remember_feedback
  before update of feedback on public.deliverables
  for each row
  execute function private.tg_deliverables__remember_feedback();

-- Allows two changes of status: a decision on a pending deliverable, and back to pending with a new
-- version. Fills in what a decision sets.
create function private.tg_deliverables__change_status()
  returns trigger
  language plpgsql
  set search_path = ''
as $$
begin
  if old.status = 'revision' and new.status = 'pending' and new.version = old.version + 1 then
    return new;
  end if;

  if old.status <> 'pending' or new.status not in ('approved', 'revision') then
    raise sqlstate 'PT409' using
      message = format(
        'Only a pending deliverable can be approved or revised. This one is %s.',
        case old.status
          when 'revision' then 'in revision'
          else old.status
        end
      ),
      hint = 'INVALID_STATE';
  end if;

  if new.status = 'approved' then
    new.feedback := null;
    new.approved_at := now();
    new.approved_by_id := auth.uid();
    return new;
  end if;

  if old.revision_count >= 3 then
    raise sqlstate 'PT400' using
      message = 'This deliverable has used all 3 revisions. Approve or delete it.',
      hint = 'MAX_REVISIONS_REACHED';
  end if;

  if current_setting('onswift.feedback_on', true) is distinct from
    format('%s/%s', new.id, new.version)
  then
    new.feedback := null;
  end if;

  perform private.raise_field_errors(
    private.check_text(
      jsonb_build_object('feedback', new.feedback), 'feedback', 'Feedback', 1, 5000
    )
  );
  new.revision_count := old.revision_count + 1;
  return new;
end;
$$;

create trigger _200_change_status
  before update of status, feedback on public.deliverables
  for each row
  execute function private.tg_deliverables__change_status();

-- Refuses to change project, task, creator or submitter, for every role.
create function private.tg_deliverables__forbid_new_origin()
  returns trigger
  language plpgsql
  set search_path = ''
as $$
begin
  raise sqlstate 'PT409' using
    message = 'The project, task, creator and submitter of a deliverable cannot be changed.',
    hint = 'INVALID_STATE';
end;
$$;

create trigger _210_forbid_new_origin
  before update of project_id, task_id, creator_id, submitted_by_id on public.deliverables
  for each row
  when (
    (old.project_id, old.task_id, old.creator_id, old.submitted_by_id)
    is distinct from (new.project_id, new.task_id, new.creator_id, new.submitted_by_id)
  )
  execute function private.tg_deliverables__forbid_new_origin();

create trigger _300_touch
  before update on public.deliverables
  for each row
  when (
    (old.title, old.description, old.status, old.version, old.feedback)
    is distinct from (new.title, new.description, new.status, new.version, new.feedback)
  )
  execute function private.tg__touch();

-- Stores every version as it was submitted.
create function private.tg_deliverables__store_version()
  returns trigger
  language plpgsql
  security definer
  set search_path = ''
as $$
begin
  insert into public.deliverable_versions (
    deliverable_id, version, title, description, submitted_at
  )
  values (
    new.id, new.version, new.title, new.description,
    case tg_op when 'INSERT' then new.submitted_at else now() end
  );
  return null;
end;
$$;

create trigger _500_store_version
  after insert on public.deliverables
  for each row
  execute function private.tg_deliverables__store_version();

create trigger _501_store_new_version
  after update of version on public.deliverables
  for each row
  when (old.version <> new.version)
  execute function private.tg_deliverables__store_version();

-- Stores every decision.
create function private.tg_deliverables__store_decision()
  returns trigger
  language plpgsql
  security definer
  set search_path = ''
as $$
begin
  insert into public.deliverable_reviews (deliverable_id, version, action, feedback, reviewer_id)
  values (
    new.id, new.version,
    case new.status when 'approved' then 'approve' else 'request_revision' end,
    new.feedback, auth.uid()
  );
  return null;
end;
$$;

create trigger _510_store_decision
  after update of status on public.deliverables
  for each row
  when (old.status = 'pending' and new.status <> 'pending')
  execute function private.tg_deliverables__store_decision();

-- Removes the files of a deleted deliverable. Their objects are removed after 30 days.
create function private.tg_deliverables__remove_files()
  returns trigger
  language plpgsql
  security definer
  set search_path = ''
as $$
begin
  perform private.remove_file(f.file_id, 'deleted', interval '30 days')
  from public.deliverable_files as f
  where f.deliverable_id = new.id;

  return null;
end;
$$;

create trigger _520_remove_files
  after update of deleted_at on public.deliverables
  for each row
  when (old.deleted_at is null and new.deleted_at is not null)
  execute function private.tg_deliverables__remove_files();


-- ── 50_deliverables/21_deleted_parents.sql ──────────────────────────────────────────────────────

-- Effects on deliverables when a task, a project or an account is deleted.

-- Refuses to delete a task with an approved deliverable, because its creator and submitter rely on
-- it.
create function private.tg_tasks__forbid_deleting_approved()
  returns trigger
  language plpgsql
  security definer
  set search_path = ''
as $$
begin
  -- Locked first: a concurrent approval is either seen here, or finds the deliverable deleted.
  perform from public.deliverables as d where d.task_id = new.id for update;

  if exists (
    select
    from public.deliverables as d
    where d.task_id = new.id and d.status = 'approved' and d.deleted_at is null
  ) then
    raise sqlstate 'PT409' using
      message = 'A task with an approved deliverable cannot be deleted.',
      hint = 'INVALID_STATE';
  end if;

  return new;
end;
$$;

create trigger _240_forbid_deleting_approved
  before update of deleted_at on public.tasks
  for each row
  when (old.deleted_at is null and new.deleted_at is not null)
  execute function private.tg_tasks__forbid_deleting_approved();

-- Deletes the deliverables of a deleted task.
create function private.tg_tasks__delete_deliverables()
  returns trigger
  language plpgsql
  security definer
  set search_path = ''
as $$
begin
  update public.deliverables
  set deleted_at = new.deleted_at
  where task_id = new.id and deleted_at is null;

  return null;
end;
$$;

create trigger _510_delete_deliverables
  after update of deleted_at on public.tasks
  for each row
  when (old.deleted_at is null and new.deleted_at is not null)
  execute function private.tg_tasks__delete_deliverables();

-- Deletes the deliverables of a deleted project.
create function private.tg_projects__delete_deliverables()
  returns trigger
  language plpgsql
  security definer
  set search_path = ''
as $$
begin
  update public.deliverables
  set deleted_at = new.deleted_at
  where project_id = new.id and deleted_at is null;

  return null;
end;
$$;

create trigger _510_delete_deliverables
  after update of deleted_at on public.projects
  for each row
  when (old.deleted_at is null and new.deleted_at is not null)
  execute function private.tg_projects__delete_deliverables();

-- Removes the unused uploads of a deleted task.
create function private.tg_tasks__remove_unused_uploads()
  returns trigger
  language plpgsql
  security definer
  set search_path = ''
as $$
begin
  perform private.remove_file(f.id, 'expired')
  from public.files as f
  where f.task_id = new.id and f.used_at is null and f.removed_at is null;

  return null;
end;
$$;

create trigger _520_remove_unused_uploads
  after update of deleted_at on public.tasks
  for each row
  when (old.deleted_at is null and new.deleted_at is not null)
  execute function private.tg_tasks__remove_unused_uploads();

-- Removes the unused uploads of a deleted project.
create function private.tg_projects__remove_unused_uploads()
  returns trigger
  language plpgsql
  security definer
  set search_path = ''
as $$
begin
  perform private.remove_file(f.id, 'expired')
  from public.files as f
  where f.project_id = new.id and f.used_at is null and f.removed_at is null;

  return null;
end;
$$;

create trigger _520_remove_unused_uploads
  after update of deleted_at on public.projects
  for each row
  when (old.deleted_at is null and new.deleted_at is not null)
  execute function private.tg_projects__remove_unused_uploads();

-- Refuses to delete an account with deliverables that are not approved. With force the account is
-- deleted: the creator can still decide on a talent's pending deliverables; a creator's projects
-- are archived.
create function private.tg_profiles__forbid_open_deliverables()
  returns trigger
  language plpgsql
  security definer
  set search_path = ''
as $$
begin
  -- Two questions, because one with "or" would read more than its indexes.
  if coalesce(current_setting('onswift.force', true), '') <> 'true' and (
    exists (
      select
      from public.deliverables as d
      where d.creator_id = new.id and d.status <> 'approved' and d.deleted_at is null
    )
    or exists (
      select
      from public.deliverables as d
      where d.submitted_by_id = new.id and d.status <> 'approved' and d.deleted_at is null
    )
  ) then
    raise sqlstate 'PT409' using
      message = 'This account has unapproved deliverables. Use force to delete it anyway.',
      hint = 'OPEN_DELIVERABLES';
  end if;

  return new;
end;
$$;

create trigger _230_forbid_open_deliverables
  before update of deleted_at on public.profiles
  for each row
  when (old.deleted_at is null and new.deleted_at is not null)
  execute function private.tg_profiles__forbid_open_deliverables();


-- ── 50_deliverables/30_submissions.sql ──────────────────────────────────────────────────────────

-- Submitting, resubmitting and deleting deliverables. Locks are taken in this order: membership,
-- task, project, deliverable, files by id.

-- Returns the errors of the entries, with the entry in the field name: files[2].fileId.
create function private.file_list_errors(p_list jsonb, p_key text)
  returns jsonb
  language plpgsql
  immutable
  set search_path = ''
as $$
begin
  return (
    select coalesce(jsonb_agg(field_error order by place), '[]')
    from jsonb_array_elements(
      case when jsonb_typeof(p_list) = 'array' then p_list else '[]' end
    ) with ordinality as list (file, place)
    cross join jsonb_array_elements(private.prefix_fields(
      format('%s[%s]', p_key, place - 1),
      case
        when jsonb_typeof(file) <> 'object'
          then private.field_error(null, 'Each file must be an object with a fileId.')
        else private.check_keys(file, array['fileId'])
          || private.check_uuid('{"fileId": null}' || file, 'fileId', 'File id')
      end
    )) as field_error
  );
end;
$$;

-- Checks the list of files of a submission: [{"fileId": …}].
create function private.check_file_list(p_input jsonb, p_key text)
  returns jsonb
  language plpgsql
  immutable
  set search_path = ''
as $$
begin
  return (
    select case
      when coalesce(jsonb_typeof(list), 'null') = 'null' or list = '[]'
        then private.field_error(p_key, 'At least one file is required.')
      when jsonb_typeof(list) <> 'array'
        then private.field_error(p_key, 'Files must be a list of objects with a fileId.')
      when jsonb_array_length(list) > 10
        then private.field_error(p_key, 'You can attach at most 10 files.')
      when errors <> '[]' then errors
      when jsonb_array_length(list) > (
        select count(distinct private.try_uuid(file ->> 'fileId'))
        from jsonb_array_elements(list) as file
      ) then private.field_error(p_key, 'Each file must be listed only once.')
      else '[]'
    end
    from (
      select p_input -> p_key as list, private.file_list_errors(p_input -> p_key, p_key) as errors
    ) as input
  );
end;
$$;

-- Pure. Called by api functions as the caller.
grant execute on function
  private.file_list_errors(jsonb, text),
  private.check_file_list(jsonb, text)
to authenticated, service_role;

-- Locks a project until the commit, so that it cannot be completed or deleted during a submission.
-- Raises an error if it is completed, archived or deleted.
create function private.lock_open_project(p_project_id uuid)
  returns void
  language plpgsql
  volatile
  security definer
  set search_path = ''
as $$
declare
  v_project public.projects;
begin
  select p.*
  into v_project
  from public.projects as p
  where p.id = p_project_id and p.deleted_at is null
  for share;

  if not found then
    raise sqlstate 'PT404' using
      message = 'Project not found.',
      hint = 'NOT_FOUND';
  end if;

  if v_project.status = 'completed' or v_project.archived_at is not null then
    raise sqlstate 'PT409' using
      message = 'This project is completed and accepts no submissions.',
      hint = 'INVALID_STATE';
  end if;
end;
$$;

-- Checks that the caller can submit for the task, and locks membership, task and project until the
-- commit. Concurrent submissions for one task wait for each other here. Raises an error if the
-- project is closed to the caller; returns field errors if the task is not assigned to the caller.
create function private.lock_submission_target(p_project_id uuid, p_task_id uuid)
  returns jsonb
  language plpgsql
  volatile
  security definer
  set search_path = ''
as $$
declare
  v_assignee_id uuid;
  v_task_found boolean;
begin
  -- Raises NOT_FOUND or FORBIDDEN first, then checks the membership again with a lock.
  perform private.require_project(p_project_id);

  if not private.lock_membership(p_project_id, auth.uid()) then
    raise sqlstate 'PT403' using
      message = 'You are no longer a member of this project''s team.',
      hint = 'FORBIDDEN';
  end if;

  select t.assignee_id
  into v_assignee_id
  from public.tasks as t
  where t.id = p_task_id and t.project_id = p_project_id and t.deleted_at is null
  for no key update;
  v_task_found := found;

  perform private.lock_open_project(p_project_id);

  return case
    when not v_task_found then private.field_error('taskId', 'Task must belong to this project.')
    when v_assignee_id is distinct from auth.uid()
      then private.field_error('taskId', 'Task must be assigned to you.')
    else '[]'
  end;
end;
$$;

-- Takes files for a version and returns their ids in their order. They must be unused uploads of the
-- caller for this task. Uploads that are not confirmed yet are confirmed here. Errors name p_field.
create function private.take_uploads(p_task_id uuid, p_files jsonb, p_field text)
  returns uuid[]
  language plpgsql
  security definer
  set search_path = ''
as $$
declare
  v_file public.files;
  v_wanted constant uuid[] := array(
    select private.try_uuid(file ->> 'fileId')
    from jsonb_array_elements(p_files) with ordinality as list (file, place)
    order by place
  );
  v_taken uuid[] := '{}';
begin
  for v_file in
    select f.*
    from public.files as f
    where f.id = any (v_wanted)
      and f.uploader_id = auth.uid()
      and f.upload_type = 'deliverable'
      and f.task_id = p_task_id
      and f.used_at is null
      and f.removed_at is null
    order by f.id
    for update
  loop
    perform private.refuse_bad_file(private.confirm_file(v_file));
    v_taken := v_taken || v_file.id;
  end loop;

  perform private.raise_field_errors(coalesce(
    (
      select jsonb_agg(jsonb_build_object(
        'field', p_field,
        'message', format('File %s must be your own unused upload for this task.', wanted.id)
      ))
      from unnest(v_wanted) as wanted (id)
      where wanted.id <> all (v_taken)
    ),
    '[]'
  ));

  return v_wanted;
end;
$$;

-- Attaches files to a version.
create function private.attach_files(
  p_deliverable_id uuid, p_version integer, p_task_id uuid, p_files jsonb
)
  returns void
  language plpgsql
  security definer
  set search_path = ''
as $$
declare
  v_file_ids constant uuid[] := private.take_uploads(p_task_id, p_files, 'files');
begin
  insert into public.deliverable_files (file_id, deliverable_id, version, place)
  select wanted.id, p_deliverable_id, p_version, wanted.place
  from unnest(v_file_ids) with ordinality as wanted (id, place);

  perform private.mark_files_used(v_file_ids);
end;
$$;

-- Marks files as used and closes their batches, so that the next upload starts a new batch.
create function private.mark_files_used(p_file_ids uuid[])
  returns void
  language plpgsql
  security definer
  set search_path = ''
as $$
begin
  update public.files set used_at = now() where id = any (p_file_ids);

  update private.upload_batches
  set closed_at = now()
  where closed_at is null
    and id in (select f.batch_id from public.files as f where f.id = any (p_file_ids));
end;
$$;

-- Creates a deliverable with its first version. Definer: users cannot insert deliverables. The api
-- function has validated the fields.
create function private.submit_deliverable(
  p_project_id uuid, p_task_id uuid, p_title text, p_description text, p_files jsonb
)
  returns uuid
  language plpgsql
  security definer
  set search_path = ''
as $$
declare
  v_in_revision uuid;
  v_id uuid;
begin
  perform private.require_talent();
  perform private.raise_field_errors(private.lock_submission_target(p_project_id, p_task_id));

  select d.id
  into v_in_revision
  from public.deliverables as d
  where d.task_id = p_task_id
    and d.submitted_by_id = auth.uid()
    and d.status = 'revision'
    and d.deleted_at is null
  limit 1;

  if found then
    raise sqlstate 'PT409' using
      message = format(
        'Deliverable %s of this task is in revision. Resubmit it instead.', v_in_revision
      ),
      hint = 'INVALID_STATE';
  end if;

  -- The id in the path of the files, unless another deliverable has it already.
  select f.deliverable_id
  into v_id
  from public.files as f
  where f.id = private.try_uuid(p_files -> 0 ->> 'fileId')
    and f.uploader_id = auth.uid()
    and not exists (select from public.deliverables as d where d.id = f.deliverable_id);

  insert into public.deliverables (id, project_id, task_id, submitted_by_id, title, description)
  values (
    coalesce(v_id, gen_random_uuid()), p_project_id, p_task_id, auth.uid(), p_title, p_description
  )
  returning id
  into v_id;

  perform private.attach_files(v_id, 1, p_task_id, p_files);
  return v_id;
end;
$$;

-- Checks that the caller can still submit files for their deliverable, and locks what the check
-- depends on.
create function private.lock_own_deliverable(p_deliverable_id uuid)
  returns public.deliverables
  language plpgsql
  volatile
  security definer
  set search_path = ''
as $$
declare
  v_deliverable public.deliverables := private.require_deliverable(p_deliverable_id);
begin
  if v_deliverable.submitted_by_id <> auth.uid() then
    raise sqlstate 'PT403' using
      message = 'Only the submitter can resubmit this deliverable.',
      hint = 'FORBIDDEN';
  end if;

  if private.lock_submission_target(v_deliverable.project_id, v_deliverable.task_id) <> '[]' then
    raise sqlstate 'PT403' using
      message = 'This task is no longer assigned to you.',
      hint = 'FORBIDDEN';
  end if;

  select d.*
  into v_deliverable
  from public.deliverables as d
  where d.id = p_deliverable_id and d.deleted_at is null
  for update;

  return v_deliverable;
end;
$$;

-- As lock_own_deliverable, for the next version.
create function private.lock_revision(p_deliverable_id uuid)
  returns public.deliverables
  language plpgsql
  volatile
  security definer
  set search_path = ''
as $$
declare
  v_deliverable constant public.deliverables := private.lock_own_deliverable(p_deliverable_id);
begin
  if v_deliverable.status is distinct from 'revision' then
    raise sqlstate 'PT409' using
      message = 'Only a deliverable in revision can be resubmitted.',
      hint = 'INVALID_STATE';
  end if;

  return v_deliverable;
end;
$$;

-- Adds the next version. Definer: users cannot write these columns.
create function private.resubmit_deliverable(
  p_deliverable_id uuid, p_title text, p_description text, p_files jsonb
)
  returns void
  language plpgsql
  security definer
  set search_path = ''
as $$
declare
  v_deliverable constant public.deliverables := private.lock_revision(p_deliverable_id);
begin
  update public.deliverables
  set
    status = 'pending',
    version = version + 1,
    title = coalesce(p_title, title),
    description = coalesce(p_description, description)
  where id = p_deliverable_id;

  perform private.attach_files(
    p_deliverable_id, v_deliverable.version + 1, v_deliverable.task_id, p_files
  );
end;
$$;

-- Deletes a deliverable. The submitter can delete it before the first decision, the project's
-- creator until it is approved. Definer: the updated row is not visible to the caller.
create function private.delete_deliverable(p_deliverable_id uuid)
  returns void
  language plpgsql
  security definer
  set search_path = ''
as $$
declare
  v_deliverable public.deliverables;
begin
  perform private.require_deliverable(p_deliverable_id);

  select d.*
  into v_deliverable
  from public.deliverables as d
  where d.id = p_deliverable_id
  for update;

  if v_deliverable.status = 'approved' then
    raise sqlstate 'PT409' using
      message = 'An approved deliverable cannot be deleted.',
      hint = 'INVALID_STATE';
  end if;

  if v_deliverable.submitted_by_id = auth.uid()
    and (v_deliverable.status <> 'pending' or v_deliverable.revision_count > 0)
  then
    raise sqlstate 'PT409' using
      message = 'After a revision request only the project''s creator can delete this deliverable.',
      hint = 'INVALID_STATE';
  end if;

  update public.deliverables
  set deleted_at = now()
  where id = p_deliverable_id and deleted_at is null;

  -- A concurrent deletion was first.
  if not found then
    raise sqlstate 'PT404' using
      message = 'Deliverable not found.',
      hint = 'NOT_FOUND';
  end if;
end;
$$;

-- Called by api functions as the caller. They check the caller's rights themselves.
grant execute on function
  private.submit_deliverable(uuid, uuid, text, text, jsonb),
  private.resubmit_deliverable(uuid, text, text, jsonb),
  private.delete_deliverable(uuid)
to authenticated;


-- ── 50_deliverables/31_replacements.sql ─────────────────────────────────────────────────────────

-- Replacing files that the scan rejected. The submitter learns of them only after the submission, so
-- that replacing one is no new version and uses up no revision.

-- Returns whether the current version of a deliverable has a file that can be replaced.
create function private.has_rejected_file(p_deliverable public.deliverables)
  returns boolean
  language plpgsql
  stable
  security definer
  set search_path = ''
as $$
begin
  return p_deliverable.status = 'pending' and exists (
    select
    from public.deliverable_files as d
    join public.files as f on f.id = d.file_id
    where (d.deliverable_id, d.version) = (p_deliverable.id, p_deliverable.version)
      and f.state in ('infected', 'failed')
  );
end;
$$;

-- Checks that the caller can upload files for a deliverable: for its next version, or to replace a
-- rejected file.
create function private.lock_upload_target(p_deliverable_id uuid)
  returns public.deliverables
  language plpgsql
  volatile
  security definer
  set search_path = ''
as $$
declare
  v_deliverable constant public.deliverables := private.lock_own_deliverable(p_deliverable_id);
begin
  if private.has_rejected_file(v_deliverable) then
    return v_deliverable;
  end if;

  return private.lock_revision(p_deliverable_id);
end;
$$;

-- Replaces a rejected file by an upload of the caller. The new file takes its place in the version.
-- Definer: users cannot write these rows.
create function private.replace_file(p_deliverable_id uuid, p_old_id uuid, p_new_id uuid)
  returns void
  language plpgsql
  security definer
  set search_path = ''
as $$
declare
  v_deliverable constant public.deliverables := private.lock_own_deliverable(p_deliverable_id);
  v_state text;
begin
  if v_deliverable.status is distinct from 'pending' then
    raise sqlstate 'PT409' using
      message = 'Only files of a pending deliverable can be replaced.',
      hint = 'INVALID_STATE';
  end if;

  select f.state
  into v_state
  from public.deliverable_files as d
  join public.files as f on f.id = d.file_id
  where d.file_id = p_old_id
    and (d.deliverable_id, d.version) = (p_deliverable_id, v_deliverable.version)
  for update of f;

  if not found then
    raise sqlstate 'PT404' using
      message = 'The current version has no such file.',
      hint = 'NOT_FOUND';
  end if;

  if v_state not in ('infected', 'failed') then
    raise sqlstate 'PT409' using
      message = 'Only a file that the scan rejected can be replaced.',
      hint = 'INVALID_STATE';
  end if;

  perform private.take_uploads(
    v_deliverable.task_id, jsonb_build_array(jsonb_build_object('fileId', p_new_id)), 'newFileId'
  );

  update public.deliverable_files set file_id = p_new_id where file_id = p_old_id;
  perform private.mark_files_used(array[p_new_id]);
  perform private.remove_file(
    p_old_id, 'replaced', case v_state when 'infected' then interval '30 days' else '0' end
  );
end;
$$;

-- Called by api.replace_file as the caller. It checks the caller's rights itself.
grant execute on function private.replace_file(uuid, uuid, uuid) to authenticated;


-- ── 50_deliverables/40_documents.sql ────────────────────────────────────────────────────────────

-- Deliverables in the shape the API returns. The views run with the caller's rights.

-- Not a security_invoker view on purpose: a removed member still reads their own submissions, with
-- the names of project and task, which policies hide from them. The views contain names only, and
-- only the document views use them.
create view private.task_names as
  select t.id, t.name from public.tasks as t;

comment on view private.task_names is 'Names of tasks.';

create view private.project_names as
  select p.id, p.name from public.projects as p;

comment on view private.project_names is 'Names of projects.';

-- The files of one version, in their order.
create view private.version_files with (security_invoker = true) as
  select
    f.deliverable_id,
    f.version,
    jsonb_agg(private.file_document(file) order by f.place) as files
  from public.deliverable_files as f
  join public.files as file on file.id = f.file_id and file.removed_at is null
  group by f.deliverable_id, f.version;

create view private.deliverable_documents with (security_invoker = true) as
  select
    d.id,
    d.project_id,
    d.creator_id,
    d.submitted_by_id,
    d.title,
    d.status,
    d.submitted_at,
    d.updated_at,
    d.deleted_at,
    jsonb_build_object(
      'id', d.id,
      'projectId', d.project_id,
      'projectName', (select n.name from private.project_names as n where n.id = d.project_id),
      'taskId', d.task_id,
      'taskName', (select n.name from private.task_names as n where n.id = d.task_id),
      'title', d.title,
      'description', d.description,
      'status', d.status,
      'version', d.version,
      'revisionCount', d.revision_count,
      'feedback', d.feedback,
      'submittedBy', (
        select jsonb_build_object('id', c.id, 'name', c.name, 'avatarUrl', c.avatar_url)
        from private.cards as c
        where c.id = d.submitted_by_id
      ),
      'approvedAt', private.iso(d.approved_at),
      'approvedBy', (
        select jsonb_build_object('id', c.id, 'name', c.name)
        from private.cards as c
        where c.id = d.approved_by_id
      ),
      'files', coalesce(
        (
          select v.files
          from private.version_files as v
          where v.deliverable_id = d.id and v.version = d.version
        ),
        '[]'
      ),
      'submittedAt', private.iso(d.submitted_at),
      'updatedAt', private.iso(d.updated_at)
    ) as document
  from public.deliverables as d;

comment on view private.deliverable_documents is
  'Deliverables with the files of their current version.';

-- Returns all versions of a deliverable, oldest first, each with its files and its decision.
create function private.version_documents(p_deliverable_id uuid)
  returns jsonb
  language plpgsql
  stable
  set search_path = ''
as $$
begin
  return (
    select coalesce(
      jsonb_agg(
        jsonb_build_object(
          'version', v.version,
          'title', v.title,
          'description', v.description,
          'files', coalesce(
            (
              select f.files
              from private.version_files as f
              where f.deliverable_id = v.deliverable_id and f.version = v.version
            ),
            '[]'
          ),
          'submittedAt', private.iso(v.submitted_at),
          'review', (
            select jsonb_build_object(
              'action', r.action,
              'feedback', r.feedback,
              'reviewedBy', (
                select jsonb_build_object('id', c.id, 'name', c.name)
                from private.cards as c
                where c.id = r.reviewer_id
              ),
              'reviewedAt', private.iso(r.created_at)
            )
            from public.deliverable_reviews as r
            where r.deliverable_id = v.deliverable_id and r.version = v.version
          )
        )
        order by v.version
      ),
      '[]'
    )
    from public.deliverable_versions as v
    where v.deliverable_id = p_deliverable_id
  );
end;
$$;

-- Used by api functions only. The caller's policies filter the rows.
grant select
  on private.task_names, private.project_names, private.version_files, private.deliverable_documents
  to authenticated;

grant execute on function private.version_documents(uuid) to authenticated;


-- ── 50_deliverables/50_operations.sql ───────────────────────────────────────────────────────────

-- Operations on deliverables (/deliverables, /deliverables/:deliverableId).

-- Returns one deliverable with all of its versions.
create function private.deliverable_with_versions(p_deliverable_id uuid)
  returns jsonb
  language plpgsql
  stable
  set search_path = ''
as $$
begin
  return (
    select d.document || jsonb_build_object('versions', private.version_documents(d.id))
    from private.deliverable_documents as d
    where d.id = p_deliverable_id
  );
end;
$$;

-- Returns a deliverable that the caller may read. Definer: it has asked once, so that no version and no
-- file asks again.
create function private.deliverable_for_reader(p_deliverable_id uuid)
  returns jsonb
  language plpgsql
  stable
  security definer
  set search_path = ''
as $$
begin
  perform private.require_deliverable(p_deliverable_id);

  return private.deliverable_with_versions(p_deliverable_id);
end;
$$;

-- Called by api functions as the caller; they return what the caller may read.
grant execute on function
  private.deliverable_with_versions(uuid),
  private.deliverable_for_reader(uuid)
to authenticated;

-- Returns a page of the caller's deliverables. Definer: see private.page_of_documents.
create function private.list_deliverables(p_input jsonb)
  returns jsonb
  language plpgsql
  stable
  security definer
  set search_path = ''
as $$
declare
  v_sorts constant jsonb := '{
    "submittedAt": "submitted_at", "updatedAt": "updated_at", "title": "title", "status": "status"
  }';
  v_page record;
begin
  perform private.raise_field_errors(
    private.check_choice(
      p_input, 'status', 'Status', array['pending', 'approved', 'revision'], true
    )
    || private.check_uuid(p_input, 'projectId', 'Project id', true)
    || private.check_page(p_input)
    || private.check_sort(p_input, v_sorts)
  );

  v_page := private.page_of_documents(
    'private.deliverable_documents',
    'deleted_at is null and '
    || case private.my_user_type()
      when 'creator' then 'creator_id = $1'
      else 'submitted_by_id = $1'
    end
    || case when p_input ->> 'status' is null then '' else ' and status = $2' end
    || case when p_input ->> 'projectId' is null then '' else ' and project_id = $3' end,
    private.order_clause(coalesce(p_input ->> 'sort', '-submittedAt'), v_sorts),
    private.page_number(p_input), private.page_limit(p_input, 20),
    auth.uid(), p_input ->> 'status', (p_input ->> 'projectId')::uuid
  );

  return jsonb_build_object('deliverables', v_page.documents, 'pagination', v_page.pagination);
end;
$$;

-- Called by api.list_deliverables as the caller; it returns the caller's own.
grant execute on function private.list_deliverables(jsonb) to authenticated;

create function api.list_deliverables(
  status text default null, "projectId" text default null, page jsonb default null,
  "limit" jsonb default null, sort text default null
)
  returns jsonb
  language plpgsql
  stable
  set search_path = ''
as $$
begin
  perform private.require_session();

  return private.list_deliverables(private.input_of('list_deliverables', jsonb_build_object(
    'status', status, 'projectId', "projectId", 'page', page, 'limit', "limit", 'sort', sort
  )));
end;
$$;

comment on function api.list_deliverables(text, text, jsonb, jsonb, text) is
  'Lists deliverables: for a creator those of all their projects, for a talent their own.
Requires: any signed-in user.
status: pending, approved or revision. projectId: only this project. page: from 1. limit: default
20, at most 100. sort: submittedAt, updatedAt, title or status, descending with a leading -; default
-submittedAt.
Returns {deliverables, pagination}, with the files of the current version. fileUrl is null: call
get_download, or use the REST API, which signs URLs.
Errors: VALIDATION_ERROR, NOT_AUTHENTICATED, SESSION_REVOKED.';

create function api.submit_deliverable(
  "projectId" text default null, "taskId" text default null, title text default null,
  description text default null, files jsonb default null
)
  returns jsonb
  language plpgsql
  volatile
  set search_path = ''
  set plan_cache_mode = force_generic_plan
as $$
declare
  v_input constant jsonb := private.input_of('submit_deliverable', jsonb_build_object(
    'projectId', "projectId", 'taskId', "taskId", 'title', title, 'description', description,
    'files', files
  ));
  v_id uuid;
  v_answer jsonb;
begin
  perform private.require_talent();

  v_answer := private.earlier_answer('submit_deliverable', v_input);
  if v_answer is not null then
    return v_answer;
  end if;

  perform private.raise_field_errors(
    private.check_keys(v_input, array['projectId', 'taskId', 'title', 'description', 'files'])
    || private.check_uuid(v_input, 'projectId', 'Project id')
    || private.check_uuid(v_input, 'taskId', 'Task id')
    || private.deliverable_field_errors(v_input)
    || private.check_file_list(v_input, 'files')
  );

  -- Two statements, because a document shows only what was written before its statement began.
  v_id := private.submit_deliverable("projectId"::uuid, "taskId"::uuid, title, description, files);
  return private.keep_answer(private.deliverable_for_reader(v_id));
end;
$$;

comment on function api.submit_deliverable(text, text, text, text, jsonb) is
  'Submits a deliverable for a task and returns it.
Requires: the talent to whom the task is assigned.
title: 1 to 255 characters. description: at most 10,000 characters, can mention users of the project
as @[Name](userId); a mention of anyone else is plain text. files: [{fileId}] with 1 to 10 of the caller''s unused uploads for this task;
uploads that are not confirmed yet are confirmed.
Repeating a call with the same header Idempotency-Key within 24 hours returns the first response.
Errors: VALIDATION_ERROR (also for a task not assigned to the caller), UPLOAD_MISSING,
FILE_MISMATCH, FILE_INFECTED, TALENT_ONLY, FORBIDDEN, NOT_FOUND, INVALID_STATE (the project is
completed, or a deliverable of the caller for this task is in revision), CONFLICT,
NOT_AUTHENTICATED, SESSION_REVOKED.';

create function api.get_deliverable("deliverableId" text default null)
  returns jsonb
  language plpgsql
  stable
  set search_path = ''
as $$
begin
  perform private.require_session();
  perform private.require_ids(jsonb_build_object('deliverableId', "deliverableId"));

  return private.deliverable_for_reader("deliverableId"::uuid);
end;
$$;

comment on function api.get_deliverable(text) is
  'Returns one deliverable with all its versions: versions [{version, title, description, files,
submittedAt, review: {action, feedback, reviewedBy, reviewedAt} or null}].
Requires: the submitter (also after leaving the team) or the project''s creator.
Errors: NOT_FOUND, FORBIDDEN, NOT_AUTHENTICATED, SESSION_REVOKED.';

create function api.resubmit_deliverable(
  "deliverableId" text default null, title text default null, description text default null,
  files jsonb default null
)
  returns jsonb
  language plpgsql
  volatile
  set search_path = ''
  set plan_cache_mode = force_generic_plan
as $$
declare
  -- An omitted title or description stays unchanged.
  v_input constant jsonb := '{"files": null}' || jsonb_strip_nulls(
    private.input_of('resubmit_deliverable', jsonb_build_object(
      'title', title, 'description', description, 'files', files
    ))
  );
  v_answer jsonb;
begin
  perform private.require_talent();
  perform private.require_ids(jsonb_build_object('deliverableId', "deliverableId"));

  v_answer := private.earlier_answer(
    'resubmit_deliverable', v_input || jsonb_build_object('deliverableId', "deliverableId")
  );
  if v_answer is not null then
    return v_answer;
  end if;

  perform private.require_deliverable("deliverableId"::uuid);
  perform private.raise_field_errors(
    private.check_keys(v_input, array['title', 'description', 'files'])
    || private.deliverable_field_errors(v_input)
    || private.check_file_list(v_input, 'files')
  );
  perform private.resubmit_deliverable("deliverableId"::uuid, title, description, files);

  return private.keep_answer(private.deliverable_for_reader("deliverableId"::uuid));
end;
$$;

comment on function api.resubmit_deliverable(text, text, text, jsonb) is
  'Submits the next version of a deliverable in revision and returns the deliverable, which is
pending again.
Requires: the submitter, while the task is assigned to them. title and description: unchanged if
omitted. files: as submit_deliverable; earlier versions keep their files.
Repeating a call with the same header Idempotency-Key within 24 hours returns the first response.
Errors: VALIDATION_ERROR, UPLOAD_MISSING, FILE_MISMATCH, FILE_INFECTED, TALENT_ONLY, FORBIDDEN,
NOT_FOUND, INVALID_STATE (not in revision, or the project is completed), CONFLICT,
NOT_AUTHENTICATED, SESSION_REVOKED.';

-- The creator's review of a pending deliverable, for both operations. p_input is the input as it was
-- sent; the REST API has one path for both and also sends the action.
create function private.review_deliverable(p_deliverable_id text, p_action text, p_input jsonb)
  returns jsonb
  language plpgsql
  volatile
  set search_path = ''
  set plan_cache_mode = force_generic_plan
as $$
begin
  perform private.require_session();
  perform private.require_ids(jsonb_build_object('deliverableId', p_deliverable_id));
  perform private.require_project_creator(
    (private.require_deliverable(p_deliverable_id::uuid)).project_id
  );
  perform private.raise_field_errors(
    private.check_keys(p_input, array['action', 'feedback'])
    || private.check_choice(p_input, 'action', 'Action', array['approve', 'request_revision'])
    || private.check_text(
      p_input, 'feedback', 'Feedback',
      case p_input ->> 'action' when 'request_revision' then 1 else 0 end, 5000
    )
  );

  -- One statement, so that of two concurrent reviews only one finds it pending. Triggers do the
  -- rest.
  update public.deliverables as d
  set
    status = case p_action when 'approve' then 'approved' else 'revision' end,
    feedback = p_input ->> 'feedback'
  where d.id = p_deliverable_id::uuid and d.status = 'pending';

  if not found then
    raise sqlstate 'PT409' using
      message = 'Only a pending deliverable can be approved or revised.',
      hint = 'INVALID_STATE';
  end if;

  return private.deliverable_for_reader(p_deliverable_id::uuid);
end;
$$;

-- Runs as the caller, under the caller's policies.
grant execute on function private.review_deliverable(text, text, jsonb) to authenticated;

create function api.approve_deliverable("deliverableId" text default null)
  returns jsonb
  language plpgsql
  volatile
  set search_path = ''
as $$
begin
  return private.review_deliverable(
    "deliverableId", 'approve', private.input_of('approve_deliverable', '{"action": "approve"}')
  );
end;
$$;

comment on function api.approve_deliverable(text) is
  'Approves a pending deliverable and returns it. This is final. The status of the task does not
change.
Requires: the project''s creator.
Errors: VALIDATION_ERROR, NOT_FOUND, FORBIDDEN, INVALID_STATE (not pending), NOT_AUTHENTICATED,
SESSION_REVOKED.';

create function api.request_revision(
  "deliverableId" text default null, feedback text default null
)
  returns jsonb
  language plpgsql
  volatile
  set search_path = ''
as $$
begin
  return private.review_deliverable(
    "deliverableId", 'request_revision', private.input_of(
      'request_revision', jsonb_build_object('action', 'request_revision', 'feedback', feedback)
    )
  );
end;
$$;

comment on function api.request_revision(text, text) is
  'Requests a revision of a pending deliverable and returns it. The status of the task does not
change.
Requires: the project''s creator.
feedback: 1 to 5,000 characters.
Limit: 3 revisions; after that the deliverable can be approved or deleted.
Errors: VALIDATION_ERROR, MAX_REVISIONS_REACHED, NOT_FOUND, FORBIDDEN, INVALID_STATE (not pending),
NOT_AUTHENTICATED, SESSION_REVOKED.';

create function api.delete_deliverable("deliverableId" text default null)
  returns void
  language plpgsql
  volatile
  set search_path = ''
as $$
begin
  perform private.require_session();
  perform private.require_ids(jsonb_build_object('deliverableId', "deliverableId"));
  perform private.delete_deliverable("deliverableId"::uuid);
end;
$$;

comment on function api.delete_deliverable(text) is
  'Deletes a deliverable and its files.
Requires: the submitter, before the first decision; or the project''s creator, before approval.
Errors: NOT_FOUND, FORBIDDEN, INVALID_STATE, NOT_AUTHENTICATED, SESSION_REVOKED.';

grant execute on function
  api.list_deliverables(text, text, jsonb, jsonb, text),
  api.submit_deliverable(text, text, text, text, jsonb),
  api.get_deliverable(text),
  api.resubmit_deliverable(text, text, text, jsonb),
  api.approve_deliverable(text),
  api.request_revision(text, text),
  api.delete_deliverable(text)
to authenticated;


-- ── 50_deliverables/51_replace_operation.sql ────────────────────────────────────────────────────

-- Replacing a rejected file (POST /deliverables/:deliverableId/files/:fileId/replace).

create function api.replace_file(
  "deliverableId" text default null, "fileId" text default null, "newFileId" text default null
)
  returns jsonb
  language plpgsql
  volatile
  set search_path = ''
as $$
declare
  v_input constant jsonb := private.input_of(
    'replace_file', jsonb_build_object('newFileId', "newFileId")
  );
  v_answer jsonb;
begin
  perform private.require_talent();
  perform private.require_ids(
    jsonb_build_object('deliverableId', "deliverableId", 'fileId', "fileId")
  );

  v_answer := private.earlier_answer(
    'replace_file',
    v_input || jsonb_build_object('deliverableId', "deliverableId", 'fileId', "fileId")
  );
  if v_answer is not null then
    return v_answer;
  end if;

  perform private.require_deliverable("deliverableId"::uuid);
  perform private.raise_field_errors(
    private.check_keys(v_input, array['newFileId'])
    || private.check_uuid(v_input, 'newFileId', 'New file id')
  );
  perform private.replace_file("deliverableId"::uuid, "fileId"::uuid, "newFileId"::uuid);

  return private.keep_answer(private.deliverable_for_reader("deliverableId"::uuid));
end;
$$;

comment on function api.replace_file(text, text, text) is
  'Replaces a file of a pending deliverable that the scan rejected (scanStatus infected or failed) and
returns the deliverable. Version and revisions stay as they are. The project''s creator is notified.
Requires: the submitter, while the task is assigned to them. fileId: a file of the current version.
newFileId: one of the caller''s unused uploads for this task; it is confirmed if it is not yet.
Repeating a call with the same header Idempotency-Key within 24 hours returns the first response.
Errors: VALIDATION_ERROR, UPLOAD_MISSING, FILE_MISMATCH, FILE_INFECTED, TALENT_ONLY, FORBIDDEN,
NOT_FOUND, INVALID_STATE (the deliverable is not pending, the file was not rejected, or the project
is completed), CONFLICT, NOT_AUTHENTICATED, SESSION_REVOKED.';

grant execute on function api.replace_file(text, text, text) to authenticated;


-- ── 50_deliverables/60_events.sql ───────────────────────────────────────────────────────────────

-- Realtime events of deliverables. Recipients are looked up when an event is sent, so that users
-- who have lost access get none.

-- Sends deliverable:submitted after the files of a submission were inserted, or one was replaced.
-- Files have no fileUrl in the event, because URLs are signed per request.
create function private.tg_deliverable_files__broadcast_submitted()
  returns trigger
  language plpgsql
  security definer
  set search_path = ''
as $$
begin
  perform private.send_event(
    array[p.creator_id], 'deliverable:submitted',
    jsonb_build_object('deliverable', doc.document, 'projectId', d.project_id)
  )
  from public.deliverables as d
  join public.projects as p on p.id = d.project_id
  join private.deliverable_documents as doc on doc.id = d.id
  where (d.id, d.version) in (select f.deliverable_id, f.version from submitted as f);

  return null;
end;
$$;

create trigger _700_broadcast_submitted
  after insert on public.deliverable_files
  referencing new table as submitted
  for each statement
  execute function private.tg_deliverable_files__broadcast_submitted();

create trigger _701_broadcast_replaced
  after update on public.deliverable_files
  referencing new table as submitted
  for each statement
  execute function private.tg_deliverable_files__broadcast_submitted();

-- Sends deliverable:approved or deliverable:revision_requested to the submitter.
create function private.tg_deliverables__broadcast_decision()
  returns trigger
  language plpgsql
  security definer
  set search_path = ''
as $$
declare
  v_payload constant jsonb := jsonb_build_object(
    'deliverableId', new.id, 'projectId', new.project_id, 'taskId', new.task_id
  );
  v_decider constant jsonb := (
    select private.card(coalesce(auth.uid(), p.creator_id))
    from public.projects as p
    where p.id = new.project_id
  );
begin
  if new.status = 'approved' then
    perform private.send_event(
      array[new.submitted_by_id], 'deliverable:approved',
      v_payload || jsonb_build_object('approvedBy', v_decider)
    );
  else
    perform private.send_event(
      array[new.submitted_by_id], 'deliverable:revision_requested',
      v_payload || jsonb_build_object('feedback', new.feedback, 'requestedBy', v_decider)
    );
  end if;

  return null;
end;
$$;

create trigger _700_broadcast_decision
  after update of status on public.deliverables
  for each row
  when (old.status = 'pending' and new.status <> 'pending')
  execute function private.tg_deliverables__broadcast_decision();


-- ── 50_deliverables/70_notifications.sql ────────────────────────────────────────────────────────

-- Notifications about deliverables.

-- Notifies the creator of a submission, and users of the project who are mentioned in it.
create function private.notify_of_submission(p_deliverable_id uuid)
  returns void
  language plpgsql
  security definer
  set search_path = ''
as $$
declare
  v_about record;
  v_metadata jsonb;
  v_details jsonb;
begin
  select
    d.id, d.title, d.description, d.version, d.project_id, d.task_id, d.submitted_by_id,
    p.creator_id, p.name as project_name, t.name as task_name,
    coalesce(
      (
        select v.description
        from public.deliverable_versions as v
        where v.deliverable_id = d.id and v.version = d.version - 1
      ),
      ''
    ) as earlier_description
  into strict v_about
  from public.deliverables as d
  join public.tasks as t on t.id = d.task_id
  join public.projects as p on p.id = d.project_id
  where d.id = p_deliverable_id;

  v_metadata := jsonb_build_object('projectId', v_about.project_id, 'taskId', v_about.task_id);
  v_details := jsonb_build_object(
    'projectName', v_about.project_name, 'taskName', v_about.task_name,
    'deliverableTitle', v_about.title
  );

  perform private.notify(
    v_about.creator_id, v_about.submitted_by_id, 'deliverable_submitted', 'Deliverable Submitted',
    format(
      '%s %s ''%s'' for ''%s'' in %s project',
      private.card_name(v_about.submitted_by_id),
      case v_about.version when 1 then 'submitted' else 'resubmitted' end,
      v_about.title, v_about.task_name, v_about.project_name
    ),
    'deliverable', v_about.id, v_metadata,
    v_details || jsonb_build_object('version', v_about.version)
  );

  -- Users mentioned in the previous version are not notified again. Only the creator can open a
  -- deliverable; the notifications of others link to its task.
  perform private.notify(
    mentioned.id, v_about.submitted_by_id, 'mentioned', 'You Were Mentioned',
    format(
      '%s mentioned you in ''%s'' in %s project',
      private.card_name(v_about.submitted_by_id), v_about.title, v_about.project_name
    ),
    case mentioned.id when v_about.creator_id then 'deliverable' else 'task' end,
    case mentioned.id when v_about.creator_id then v_about.id else v_about.task_id end,
    v_metadata, v_details
  )
  from unnest(private.mentioned_ids(v_about.description)) as mentioned (id)
  where mentioned.id <> all (private.mentioned_ids(v_about.earlier_description))
    and mentioned.id in (select private.project_people(v_about.project_id));
end;
$$;

-- Runs after the files were inserted, because they are the last statement of a submission.
create function private.tg_deliverable_files__notify_submitted()
  returns trigger
  language plpgsql
  security definer
  set search_path = ''
as $$
begin
  perform private.notify_of_submission(d.id)
  from public.deliverables as d
  where (d.id, d.version) in (select f.deliverable_id, f.version from submitted as f);

  return null;
end;
$$;

create trigger _900_notify_submitted
  after insert on public.deliverable_files
  referencing new table as submitted
  for each statement
  execute function private.tg_deliverable_files__notify_submitted();

-- Notifies the creator of a file that replaces a rejected one.
create function private.tg_deliverable_files__notify_replaced()
  returns trigger
  language plpgsql
  security definer
  set search_path = ''
as $$
begin
  perform private.notify(
    d.creator_id, d.submitted_by_id, 'deliverable_submitted', 'File Replaced',
    format(
      '%s replaced the rejected file ''%s'' with ''%s'' in version %s of ''%s'' in %s project',
      private.card_name(d.submitted_by_id), rejected.file_name, f.file_name, d.version, d.title,
      p.name
    ),
    'deliverable', d.id,
    jsonb_build_object('projectId', d.project_id, 'taskId', d.task_id),
    jsonb_build_object(
      'projectName', p.name, 'taskName', t.name, 'deliverableTitle', d.title, 'version', d.version
    )
  )
  from public.deliverables as d
  join public.projects as p on p.id = d.project_id
  join public.tasks as t on t.id = d.task_id
  join public.files as f on f.id = new.file_id
  join public.files as rejected on rejected.id = old.file_id
  where d.id = new.deliverable_id;

  return null;
end;
$$;

create trigger _910_notify_replaced
  after update of file_id on public.deliverable_files
  for each row
  when (old.file_id <> new.file_id)
  execute function private.tg_deliverable_files__notify_replaced();

-- Notifies the submitter of an approval or a revision request.
create function private.tg_deliverables__notify_decision()
  returns trigger
  language plpgsql
  security definer
  set search_path = ''
as $$
declare
  v_approved constant boolean := new.status = 'approved';
begin
  perform private.notify(
    new.submitted_by_id, coalesce(auth.uid(), p.creator_id),
    case when v_approved then 'deliverable_approved' else 'revision_requested' end,
    case when v_approved then 'Deliverable Approved' else 'Revision Requested' end,
    format(
      case
        when v_approved then '%s approved ''%s'' in %s project'
        else '%s requested a revision of ''%s'' in %s project'
      end,
      private.card_name(coalesce(auth.uid(), p.creator_id)), new.title, p.name
    ),
    'deliverable', new.id,
    jsonb_build_object('projectId', new.project_id, 'taskId', new.task_id),
    jsonb_build_object('projectName', p.name, 'taskName', t.name, 'deliverableTitle', new.title)
    || case
      when v_approved then '{}'
      else jsonb_build_object('feedback', new.feedback, 'revisionCount', new.revision_count)
    end
  )
  from public.projects as p
  join public.tasks as t on t.id = new.task_id
  where p.id = new.project_id;

  return null;
end;
$$;

create trigger _900_notify_decision
  after update of status on public.deliverables
  for each row
  when (old.status = 'pending' and new.status <> 'pending')
  execute function private.tg_deliverables__notify_decision();
