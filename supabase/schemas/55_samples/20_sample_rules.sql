-- Rules for samples: their fields, their number, and the removal of their files.

-- Checks the fields of a sample.
create function private.sample_field_errors(p_input jsonb)
  returns jsonb
  language plpgsql
  immutable
  set search_path = ''
as $$
begin
  return private.check_text(p_input, 'name', 'Name', 1, 255)
    || private.check_choice(p_input, 'type', 'Type', array['file', 'link'])
    || private.check_text(p_input, 'description', 'Description', 0, 10000)
    || case p_input ->> 'type'
      when 'link' then
        case
          when coalesce(private.clean_line(p_input ->> 'url'), '') = ''
            then private.field_error('url', 'Link must be a web address.')
          else private.check_link(p_input, 'url', 'Link')
        end
        || case
          when p_input ->> 'fileId' is null then '[]'
          else private.field_error('fileId', 'File id must be omitted for a link.')
        end
      when 'file' then
        case
          when p_input ->> 'fileId' is null
            then private.field_error('fileId', 'File id is required.')
          else private.check_uuid(p_input, 'fileId', 'File id')
        end
        || case
          when p_input ->> 'url' is null then '[]'
          else private.field_error('url', 'URL must be omitted for a file.')
        end
      else '[]'
    end;
end;
$$;

-- Pure. Called by triggers and api functions as the caller.
grant execute on function private.sample_field_errors(jsonb) to authenticated, service_role;

-- Trims and cleans the texts.
create function private.tg_project_samples__normalise()
  returns trigger
  language plpgsql
  set search_path = ''
as $$
begin
  new.name := private.clean_line(new.name);
  new.description := nullif(private.clean_text(new.description), '');
  new.url := nullif(private.clean_line(new.url), '');
  return new;
end;
$$;

create trigger _100_normalise
  before insert or update of name, description, url on public.project_samples
  for each row
  execute function private.tg_project_samples__normalise();

create trigger _090_set_creator
  before insert on public.project_samples
  for each row
  execute function private.tg__set_creator();

create trigger _200_creator_only
  before insert on public.project_samples
  for each row
  when (current_user = 'authenticated')
  execute function private.tg__creator_only();

-- Validates the fields of direct inserts as well.
create function private.tg_project_samples__validate()
  returns trigger
  language plpgsql
  set search_path = ''
as $$
begin
  perform private.raise_field_errors(private.sample_field_errors(jsonb_build_object(
    'name', new.name, 'type', new.type, 'url', new.url, 'fileId', new.file_id,
    'description', new.description
  )));
  return new;
end;
$$;

create trigger _210_validate
  before insert or update of name, type, url, file_id, description on public.project_samples
  for each row
  execute function private.tg_project_samples__validate();

-- Limits a project to 20 samples. Definer: locks the project, so that concurrent inserts cannot
-- exceed the limit.
create function private.tg_project_samples__limit_count()
  returns trigger
  language plpgsql
  security definer
  set search_path = ''
as $$
begin
  perform
  from public.projects as p
  where p.id = new.project_id and p.deleted_at is null
  for no key update;

  if not found then
    raise sqlstate 'PT404' using
      message = 'Project not found.',
      hint = 'NOT_FOUND';
  end if;

  if (
    select count(*) from public.project_samples as s where s.project_id = new.project_id
  ) >= 20 then
    raise sqlstate 'PT409' using
      message = 'A project can have at most 20 samples.',
      hint = 'INVALID_STATE';
  end if;

  return new;
end;
$$;

create trigger _300_limit_count
  before insert on public.project_samples
  for each row
  execute function private.tg_project_samples__limit_count();

-- Removes the file of a deleted sample at once.
create function private.tg_project_samples__remove_file()
  returns trigger
  language plpgsql
  security definer
  set search_path = ''
as $$
begin
  perform private.remove_file(old.file_id, 'deleted');
  return null;
end;
$$;

create trigger _500_remove_file
  after delete on public.project_samples
  for each row
  when (old.file_id is not null)
  execute function private.tg_project_samples__remove_file();

-- Hides the samples of a deleted project. None is added meanwhile: adding one locks the project above.
create function private.tg_projects__hide_samples()
  returns trigger
  language plpgsql
  security definer
  set search_path = ''
as $$
begin
  update public.project_samples set in_deleted_project = true where project_id = new.id;

  return null;
end;
$$;

create trigger _502_hide_samples
  after update of deleted_at on public.projects
  for each row
  when (old.deleted_at is null and new.deleted_at is not null)
  execute function private.tg_projects__hide_samples();

-- Removes the sample files of a deleted project. Their objects are removed after 30 days.
create function private.tg_projects__remove_sample_files()
  returns trigger
  language plpgsql
  security definer
  set search_path = ''
as $$
begin
  perform private.remove_file(s.file_id, 'deleted', interval '30 days')
  from public.project_samples as s
  where s.project_id = new.id and s.file_id is not null;

  return null;
end;
$$;

create trigger _530_remove_sample_files
  after update of deleted_at on public.projects
  for each row
  when (old.deleted_at is null and new.deleted_at is not null)
  execute function private.tg_projects__remove_sample_files();

-- Adds a sample to one of the caller's projects. Definer: it marks the file as used.
create function private.add_sample(
  p_project_id uuid, p_name text, p_type text, p_url text, p_file_id uuid, p_description text
)
  returns uuid
  language plpgsql
  security definer
  set search_path = ''
as $$
declare
  v_file public.files;
  v_id uuid;
begin
  perform private.require_project_creator(p_project_id);

  if p_type = 'file' then
    select f.*
    into v_file
    from public.files as f
    where f.id = p_file_id
      and f.uploader_id = auth.uid()
      and f.upload_type = 'sample'
      and f.project_id = p_project_id
      and f.used_at is null
      and f.removed_at is null
    for update;

    if not found then
      perform private.raise_field_errors(private.field_error(
        'fileId', 'File must be your own unused upload for this project.'
      ));
    end if;

    perform private.refuse_bad_file(private.confirm_file(v_file));
    perform private.mark_files_used(array[p_file_id]);
  end if;

  -- A file sample has the id in the path of its file.
  insert into public.project_samples (id, project_id, name, type, url, file_id, description)
  values (
    coalesce(p_file_id, gen_random_uuid()), p_project_id, p_name, p_type, p_url, p_file_id,
    p_description
  )
  returning id
  into v_id;

  return v_id;
end;
$$;

-- Deletes a sample of one of the caller's projects.
create function private.delete_sample(p_project_id uuid, p_sample_id uuid)
  returns void
  language plpgsql
  security definer
  set search_path = ''
as $$
begin
  perform private.require_project_creator(p_project_id);

  delete from public.project_samples
  where id = p_sample_id and project_id = p_project_id;

  if not found then
    raise sqlstate 'PT404' using
      message = 'Sample not found.',
      hint = 'NOT_FOUND';
  end if;
end;
$$;

-- Called by api functions as the caller; they check that the caller is the project's creator.
grant execute on function
  private.add_sample(uuid, text, text, text, uuid, text),
  private.delete_sample(uuid, uuid)
to authenticated;
