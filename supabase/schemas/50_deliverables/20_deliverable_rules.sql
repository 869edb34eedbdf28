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
