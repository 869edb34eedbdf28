-- Realtime events of tasks. Recipients are looked up when the event is sent: users who have lost
-- access by then do not receive it.

create function private.tg_tasks__broadcast_assigned()
  returns trigger
  language plpgsql
  security definer
  set search_path = ''
as $$
begin
  perform private.send_event(
    array[new.assignee_id], 'task:assigned',
    jsonb_build_object(
      'task', d.document, 'assignedBy', private.card(coalesce(auth.uid(), p.creator_id))
    )
  )
  from private.task_documents as d
  join public.projects as p on p.id = d.project_id
  where d.id = new.id;

  return null;
end;
$$;

create trigger _700_broadcast_assigned
  after insert on public.tasks
  for each row
  when (new.assignee_id is not null)
  execute function private.tg_tasks__broadcast_assigned();

create trigger _701_broadcast_reassigned
  after update of assignee_id on public.tasks
  for each row
  when (new.assignee_id is not null and old.assignee_id is distinct from new.assignee_id)
  execute function private.tg_tasks__broadcast_assigned();

create function private.tg_tasks__broadcast_status()
  returns trigger
  language plpgsql
  security definer
  set search_path = ''
as $$
begin
  perform private.send_event(
    array(select private.project_people(new.project_id)), 'task:status_changed',
    jsonb_build_object(
      'taskId', new.id,
      'projectId', new.project_id,
      'status', new.status,
      'updatedBy', private.card(auth.uid())
    )
  );

  return null;
end;
$$;

create trigger _702_broadcast_status
  after update of status on public.tasks
  for each row
  when (old.status is distinct from new.status)
  execute function private.tg_tasks__broadcast_status();
