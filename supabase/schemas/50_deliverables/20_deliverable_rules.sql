-- What a deliverable may hold and where it may go from where it is, for every path.

-- Who is mentioned in a text: @[Name](id).
create function private.mentioned_ids(p_text text)
  returns uuid[]
  language sql
  immutable
  parallel safe
  set search_path = ''
as $$
  select coalesce(array_agg(distinct private.try_uuid(mention[1])), '{}')
  from regexp_matches(p_text, '@\[[^]\n]{1,255}\]\(([0-9A-Fa-f-]{36})\)', 'g') as mention
  where private.try_uuid(mention[1]) is not null
$$;

-- Mentions reach people, so they are for those of the project. Definer: a member of the team sees
-- it anyhow; who was removed does not get this far.
create function private.check_mentions(p_input jsonb, p_key text, p_project_id uuid)
  returns jsonb
  language sql
  stable
  security definer
  set search_path = ''
as $$
  select case
    when exists (
      select
      from unnest(private.mentioned_ids(p_input ->> p_key)) as mentioned (id)
      where not exists (
        select
        from public.projects as p
        where p.id = p_project_id and p.creator_id = mentioned.id
      ) and not exists (
        select
        from public.project_members as m
        where m.project_id = p_project_id and m.user_id = mentioned.id and m.removed_at is null
      )
    ) then private.field_error(p_key, 'Only people of the project can be mentioned.')
    else '[]'
  end
$$;

create function private.deliverable_field_errors(p_input jsonb)
  returns jsonb
  language sql
  immutable
  set search_path = ''
as $$
  select private.check_text(p_input, 'title', 'Title', 1, 255)
    || private.check_text(p_input, 'description', 'Description', 0, 10000)
$$;

-- Run inside api functions as the caller. Mentions tell no more than whether somebody is on a
-- project whose id the caller knows already.
grant execute on function
  private.mentioned_ids(text),
  private.deliverable_field_errors(jsonb)
to authenticated, service_role;

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

-- Definer: who hands something in need not see who owns the project.
create function private.tg_deliverables__set_creator()
  returns trigger
  language plpgsql
  security definer
  set search_path = ''
as $$
begin
  select p.creator_id into new.creator_id from public.projects as p where p.id = new.project_id;
  return new;
end;
$$;

create trigger _090_set_creator
  before insert on public.deliverables
  for each row
  execute function private.tg_deliverables__set_creator();

create trigger _100_normalise
  before insert or update of title, description, feedback on public.deliverables
  for each row
  execute function private.tg_deliverables__normalise();

-- Notes that this version's feedback was named, though it may read like the last one's: the next
-- trigger sees values only, and a revision asked for without a word would repeat the old one.
create function private.tg_deliverables__note_feedback()
  returns trigger
  language plpgsql
  set search_path = ''
as $$
begin
  perform set_config('onswift.feedback_on', format('%s/%s', new.id, new.version), true);
  return new;
end;
$$;

create trigger _110_note_feedback
  before update of feedback on public.deliverables
  for each row
  execute function private.tg_deliverables__note_feedback();

-- Moves that exist: a decision on what is pending, and back to pending with another version.
create function private.tg_deliverables__move()
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
        'Only a pending deliverable can be decided on; this one is %s.',
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
      message = 'This deliverable had its three revisions. It can be approved or deleted.',
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

create trigger _200_move
  before update of status, feedback on public.deliverables
  for each row
  execute function private.tg_deliverables__move();

-- Whoever writes: what was handed in stays with who did, for what it was for.
create function private.tg_deliverables__keep_origin()
  returns trigger
  language plpgsql
  set search_path = ''
as $$
begin
  raise sqlstate 'PT409' using
    message = 'A deliverable never changes its project, task, creator or submitter.',
    hint = 'INVALID_STATE';
end;
$$;

create trigger _210_keep_origin
  before update of project_id, task_id, creator_id, submitted_by_id on public.deliverables
  for each row
  when (
    (old.project_id, old.task_id, old.creator_id, old.submitted_by_id)
    is distinct from (new.project_id, new.task_id, new.creator_id, new.submitted_by_id)
  )
  execute function private.tg_deliverables__keep_origin();

create trigger _300_touch
  before update on public.deliverables
  for each row
  when (
    (old.title, old.description, old.status, old.version, old.feedback)
    is distinct from (new.title, new.description, new.status, new.version, new.feedback)
  )
  execute function private.tg__touch();

-- Each version is kept as it was handed in.
create function private.tg_deliverables__keep_version()
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

create trigger _500_keep_version
  after insert on public.deliverables
  for each row
  execute function private.tg_deliverables__keep_version();

create trigger _501_keep_new_version
  after update of version on public.deliverables
  for each row
  when (old.version <> new.version)
  execute function private.tg_deliverables__keep_version();

-- So is each decision.
create function private.tg_deliverables__keep_decision()
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

create trigger _510_keep_decision
  after update of status on public.deliverables
  for each row
  when (old.status = 'pending' and new.status <> 'pending')
  execute function private.tg_deliverables__keep_decision();

-- With a deliverable its files are out of reach; their objects go after thirty days.
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
