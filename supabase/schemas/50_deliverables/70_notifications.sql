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
