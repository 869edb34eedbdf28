-- Realtime events of deliverables. Recipients are looked up when an event is sent, so that users
-- who have lost access get none.

-- Sends deliverable:submitted for the current version. Files have no fileUrl in the event, because URLs
-- are signed per request.
create function private.send_submitted(p_deliverable_id uuid, p_version integer)
  returns void
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
  where d.id = p_deliverable_id and d.version = p_version and d.deleted_at is null;
end;
$$;

-- After the files of a submission were inserted.
create function private.tg_deliverable_files__broadcast_submitted()
  returns trigger
  language plpgsql
  security definer
  set search_path = ''
as $$
begin
  perform private.send_submitted(v.deliverable_id, v.version)
  from (select distinct f.deliverable_id, f.version from submitted as f) as v;

  return null;
end;
$$;

create trigger _700_broadcast_submitted
  after insert on public.deliverable_files
  referencing new table as submitted
  for each statement
  execute function private.tg_deliverable_files__broadcast_submitted();

-- After a file was replaced. Deleting a deliverable, and undoing that, update its files, too: they send
-- nothing.
create function private.tg_deliverable_files__broadcast_replaced()
  returns trigger
  language plpgsql
  security definer
  set search_path = ''
as $$
begin
  perform private.send_submitted(new.deliverable_id, new.version);

  return null;
end;
$$;

create trigger _701_broadcast_replaced
  after update of file_id on public.deliverable_files
  for each row
  when (old.file_id <> new.file_id)
  execute function private.tg_deliverable_files__broadcast_replaced();

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
