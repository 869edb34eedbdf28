-- Notifies the uploader when the scan rejects a file, and the project's creator when it is part of a
-- deliverable. Without it, both might wait for a decision on a file that cannot be opened.

-- Returns the sentence about a rejected file, with the version of a deliverable that it is part of.
create function private.rejection_message(p_file public.files, p_title text, p_version integer)
  returns text
  language sql
  stable
  set search_path = ''
as $$
  select concat_ws(
    ' ',
    case p_file.state
      when 'infected' then
        format('Malware was found in ''%s''. The file cannot be downloaded.', p_file.file_name)
      else private.failure_message(p_file)
    end,
    case
      when p_version is not null then format('It is in version %s of ''%s''.', p_version, p_title)
    end
  )
$$;

create function private.tg_files__notify_rejected()
  returns trigger
  language plpgsql
  security definer
  set search_path = ''
as $$
declare
  v_deliverable record;
  v_recipient uuid;
begin
  select d.id, d.title, f.version, d.creator_id
  into v_deliverable
  from public.deliverable_files as f
  join public.deliverables as d on d.id = f.deliverable_id
  where f.file_id = new.id;

  foreach v_recipient in array array_remove(
    array[new.uploader_id, v_deliverable.creator_id], null
  )
  loop
    perform private.notify(
      v_recipient, null, 'file_rejected', 'File Rejected',
      private.rejection_message(new, v_deliverable.title, v_deliverable.version),
      case when v_deliverable.id is not null then 'deliverable' end,
      v_deliverable.id,
      jsonb_build_object('projectId', new.project_id, 'taskId', new.task_id),
      jsonb_build_object(
        'fileName', new.file_name, 'isUploader', v_recipient = new.uploader_id,
        'deliverableTitle', v_deliverable.title, 'version', v_deliverable.version
      )
    );
  end loop;

  return null;
end;
$$;

create trigger _900_notify_rejected
  after update of state on public.files
  for each row
  when (old.state = 'uploaded' and new.state in ('infected', 'failed'))
  execute function private.tg_files__notify_rejected();
