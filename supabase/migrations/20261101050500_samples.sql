-- Release 0.2.0, from supabase/schemas/55_samples. A later change is made there and in a migration of its own.


-- ── 55_samples/10_samples.sql ───────────────────────────────────────────────────────────────────

-- Project samples: links and files with which the creator shows the team what the project should
-- look like. Samples are not edited; delete a sample and add a new one.

create table public.project_samples (
  id uuid primary key default gen_random_uuid(),
  project_id uuid not null references public.projects (id) on delete cascade,
  creator_id uuid not null default auth.uid() references public.profiles (id) on delete restrict,
  name text not null,
  type text not null,
  url text,
  file_id uuid references public.files (id) on delete cascade,
  description text,
  created_at timestamptz not null default now(),
  in_deleted_project boolean not null default false,

  constraint name_has_1_to_255_characters check (char_length(name) between 1 and 255),
  constraint description_has_at_most_10000_characters check (char_length(description) <= 10000),
  constraint link_has_url_and_file_has_file_id check (
    case type
      when 'link' then url is not null and file_id is null
      when 'file' then url is null and file_id is not null
      else false
    end
  )
);

comment on table public.project_samples is 'Samples of projects: links and files.';
comment on column public.project_samples.creator_id is
  'The creator of the project, who never changes. Set by the database.';
comment on column public.project_samples.in_deleted_project is
  'Whether the project is deleted. No user can see such a sample. Set by the database.';
comment on column public.project_samples.url is 'Address of a link; null for a file.';

create index project_samples_project_id_idx on public.project_samples (project_id, created_at, id);
create index project_samples_creator_id_idx on public.project_samples (creator_id);
create unique index project_samples_file_id_key on public.project_samples (file_id);

alter table public.project_samples enable row level security;

create policy all_live_session on public.project_samples
  as restrictive for all to authenticated
  using ((select private.session_is_live()))
  with check ((select private.session_is_live()));

create policy select_participant on public.project_samples
  for select to authenticated
  using (
    not in_deleted_project and (
      creator_id = (select auth.uid())
      or project_id = any (array(select private.my_team_project_ids()))
    )
  );

create policy insert_creator on public.project_samples
  for insert to authenticated
  with check (creator_id = (select auth.uid()));

-- Links can be inserted directly. Files are added by api.add_sample. No update and no delete is
-- granted: api.delete_sample deletes.
grant select on public.project_samples to authenticated;
grant insert (project_id, name, type, url, description) on public.project_samples to authenticated;
grant select, insert, update, delete on public.project_samples to service_role;


-- ── 55_samples/20_sample_rules.sql ──────────────────────────────────────────────────────────────

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


-- ── 55_samples/40_documents.sql ─────────────────────────────────────────────────────────────────

-- Samples in the shape the API returns. The view runs with the caller's rights.

create view private.sample_documents with (security_invoker = true) as
  select
    s.id,
    s.project_id,
    s.name,
    s.created_at,
    jsonb_build_object(
      'id', s.id,
      'projectId', s.project_id,
      'name', s.name,
      'type', s.type,
      'url', s.url,
      'file', case when file.id is not null then private.file_document(file) end,
      'description', s.description,
      'createdAt', private.iso(s.created_at)
    ) as document
  from public.project_samples as s
  left join public.files as file on file.id = s.file_id and file.removed_at is null;

comment on view private.sample_documents is 'Samples, with the file of a file sample.';

-- Used by api functions only. The caller's policies filter the rows.
grant select on private.sample_documents to authenticated;


-- ── 55_samples/50_operations.sql ────────────────────────────────────────────────────────────────

-- Operations on samples (/projects/:projectId/samples).

-- Returns a page of the samples of a project that the caller may read. Definer: see
-- private.page_of_documents.
create function private.list_samples(p_project_id uuid, p_input jsonb)
  returns jsonb
  language plpgsql
  stable
  security definer
  set search_path = ''
as $$
declare
  v_sorts constant jsonb := '{"createdAt": "created_at", "name": "name"}';
  v_page record;
begin
  perform private.require_project(p_project_id);
  perform private.raise_field_errors(
    private.check_page(p_input) || private.check_sort(p_input, v_sorts)
  );

  v_page := private.page_of_documents(
    'private.sample_documents', 'project_id = $1',
    private.order_clause(coalesce(p_input ->> 'sort', 'createdAt'), v_sorts),
    private.page_number(p_input), private.page_limit(p_input, 100),
    p_project_id
  );

  return jsonb_build_object('samples', v_page.documents, 'pagination', v_page.pagination);
end;
$$;

-- Called by api.list_samples as the caller; it returns what the caller may read.
grant execute on function private.list_samples(uuid, jsonb) to authenticated;

create function api.list_samples(
  "projectId" text default null, page jsonb default null, "limit" jsonb default null,
  sort text default null
)
  returns jsonb
  language plpgsql
  stable
  set search_path = ''
as $$
begin
  perform private.require_session();
  perform private.require_ids(jsonb_build_object('projectId', "projectId"));

  return private.list_samples("projectId"::uuid, private.input_of(
    'list_samples', jsonb_build_object('page', page, 'limit', "limit", 'sort', sort)
  ));
end;
$$;

comment on function api.list_samples(text, jsonb, jsonb, text) is
  'Lists the samples of a project, at most 20.
Requires: the project''s creator or a member of its team.
page: from 1. limit: default 100, at most 100. sort: createdAt or name, descending with a leading -;
default createdAt.
Returns {samples, pagination}. url is the address of a link and null for a file: call get_download
with file.id, or use the REST API, which signs URLs.
Errors: VALIDATION_ERROR, NOT_FOUND, FORBIDDEN, NOT_AUTHENTICATED, SESSION_REVOKED.';

create function api.add_sample(
  "projectId" text default null, name text default null, type text default null,
  url text default null, "fileId" text default null, description text default null
)
  returns jsonb
  language plpgsql
  volatile
  set search_path = ''
as $$
declare
  v_input constant jsonb := private.input_of('add_sample', jsonb_build_object(
    'name', name, 'type', type, 'url', url, 'fileId', "fileId", 'description', description
  ));
  v_id uuid;
  v_answer jsonb;
begin
  perform private.require_session();
  perform private.require_ids(jsonb_build_object('projectId', "projectId"));

  v_answer := private.earlier_answer(
    'add_sample', v_input || jsonb_build_object('projectId', "projectId")
  );
  if v_answer is not null then
    return v_answer;
  end if;

  perform private.require_project_creator("projectId"::uuid);
  perform private.raise_field_errors(
    private.check_keys(v_input, array['name', 'type', 'url', 'fileId', 'description'])
    || private.sample_field_errors(v_input)
  );

  v_id := private.add_sample("projectId"::uuid, name, type, url, "fileId"::uuid, description);

  return private.keep_answer(
    (select s.document from private.sample_documents as s where s.id = v_id)
  );
end;
$$;

comment on function api.add_sample(text, text, text, text, text, text) is
  'Adds a sample to a project and returns it.
Requires: the project''s creator.
name: 1 to 255 characters. type: link, with url (http or https, at most 2,048 characters); or file,
with fileId of the caller''s unused upload for this project. description: optional, at most 10,000
characters.
Limit: 20 samples per project.
Repeating a call with the same header Idempotency-Key within 24 hours returns the first response.
Errors: VALIDATION_ERROR, UPLOAD_MISSING, FILE_MISMATCH, FILE_INFECTED, NOT_FOUND, FORBIDDEN,
INVALID_STATE (20 samples exist), CONFLICT, NOT_AUTHENTICATED, SESSION_REVOKED.';

create function api.delete_sample("projectId" text default null, "sampleId" text default null)
  returns void
  language plpgsql
  volatile
  set search_path = ''
as $$
begin
  perform private.require_session();
  perform private.require_ids(
    jsonb_build_object('projectId', "projectId", 'sampleId', "sampleId")
  );
  perform private.delete_sample("projectId"::uuid, "sampleId"::uuid);
end;
$$;

comment on function api.delete_sample(text, text) is
  'Deletes a sample and its file.
Requires: the project''s creator.
Errors: NOT_FOUND, FORBIDDEN, NOT_AUTHENTICATED, SESSION_REVOKED.';

grant execute on function
  api.list_samples(text, jsonb, jsonb, text),
  api.add_sample(text, text, text, text, text, text),
  api.delete_sample(text, text)
to authenticated;
