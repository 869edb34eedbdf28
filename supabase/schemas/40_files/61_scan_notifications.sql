-- Notifies the uploader when the scan rejects a file. Without it, they might wait for a decision on
-- a file that cannot be opened.

create function private.tg_files__notify_rejected()
  returns trigger
  language plpgsql
  security definer
  set search_path = ''
as $$
begin
  perform private.notify(
    new.uploader_id, null, 'file_rejected', 'File Rejected',
    case new.state
      when 'infected' then
        format('Malware was found in ''%s''. The file cannot be downloaded.', new.file_name)
      else private.failure_message(new)
    end,
    case when d.deliverable_id is not null then 'deliverable' end,
    d.deliverable_id,
    jsonb_build_object('projectId', new.project_id, 'taskId', new.task_id),
    jsonb_build_object('fileName', new.file_name)
  )
  from (values (new.id)) as file (id)
  left join public.deliverable_files as d on d.file_id = file.id;

  return null;
end;
$$;

create trigger _900_notify_rejected
  after update of state on public.files
  for each row
  when (old.state = 'uploaded' and new.state in ('infected', 'failed'))
  execute function private.tg_files__notify_rejected();
