-- Why: an operator who undoes the deletion of a deliverable sent deliverable:submitted again: since versions carry the deletion, it
-- updates the files, and every update of a file sent the event. Now only another file in a place sends it. Deletions run one trigger less.

create or replace function private.send_submitted(p_deliverable_id uuid, p_version integer)
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

create or replace function private.tg_deliverable_files__broadcast_submitted()
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

create or replace function private.tg_deliverable_files__broadcast_replaced()
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

drop trigger _701_broadcast_replaced on public.deliverable_files;
create trigger _701_broadcast_replaced
  after update of file_id on public.deliverable_files
  for each row
  when (old.file_id <> new.file_id)
  execute function private.tg_deliverable_files__broadcast_replaced();
