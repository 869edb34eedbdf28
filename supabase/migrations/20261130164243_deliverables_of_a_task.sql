-- Why: api.list_deliverables gets the filter taskId, for the page of one task. An index of each task's
-- deliverables, newest first, replaces the one of tasks alone and still serves the foreign key.
-- Submissions wait while it is built.

drop index public.deliverables_task_id_idx;
create index deliverables_task_id_idx
  on public.deliverables (task_id, submitted_at desc, id desc);

-- Only functions read the view, and they look it up when they run.
drop view private.deliverable_documents;

create view private.deliverable_documents with (security_invoker = true) as
  select
    d.id,
    d.project_id,
    d.task_id,
    d.creator_id,
    d.submitted_by_id,
    d.title,
    d.status,
    d.submitted_at,
    d.updated_at,
    d.deleted_at,
    jsonb_build_object(
      'id', d.id,
      'projectId', d.project_id,
      'projectName', (select n.name from private.project_names as n where n.id = d.project_id),
      'taskId', d.task_id,
      'taskName', (select n.name from private.task_names as n where n.id = d.task_id),
      'title', d.title,
      'description', d.description,
      'status', d.status,
      'version', d.version,
      'revisionCount', d.revision_count,
      'feedback', d.feedback,
      'submittedBy', (
        select jsonb_build_object('id', c.id, 'name', c.name, 'avatarUrl', c.avatar_url)
        from private.cards as c
        where c.id = d.submitted_by_id
      ),
      'approvedAt', private.iso(d.approved_at),
      'approvedBy', (
        select jsonb_build_object('id', c.id, 'name', c.name)
        from private.cards as c
        where c.id = d.approved_by_id
      ),
      'files', coalesce(
        (
          select v.files
          from private.version_files as v
          where v.deliverable_id = d.id and v.version = d.version
        ),
        '[]'
      ),
      'submittedAt', private.iso(d.submitted_at),
      'updatedAt', private.iso(d.updated_at)
    ) as document
  from public.deliverables as d;

comment on view private.deliverable_documents is
  'Deliverables with the files of their current version.';

grant select on private.deliverable_documents to authenticated;

create or replace function private.list_deliverables(p_input jsonb)
  returns jsonb
  language plpgsql
  stable
  security definer
  set search_path = ''
as $$
declare
  v_sorts constant jsonb := '{
    "submittedAt": "submitted_at", "updatedAt": "updated_at", "title": "title", "status": "status"
  }';
  v_page record;
begin
  perform private.raise_field_errors(
    private.check_choice(
      p_input, 'status', 'Status', array['pending', 'approved', 'revision'], true
    )
    || private.check_uuid(p_input, 'projectId', 'Project id', true)
    || private.check_uuid(p_input, 'taskId', 'Task id', true)
    || private.check_page(p_input)
    || private.check_sort(p_input, v_sorts)
  );

  v_page := private.page_of_documents(
    'private.deliverable_documents',
    'deleted_at is null and '
    || case private.my_user_type()
      when 'creator' then 'creator_id = $1'
      else 'submitted_by_id = $1'
    end
    || case when p_input ->> 'status' is null then '' else ' and status = $2' end
    || case when p_input ->> 'projectId' is null then '' else ' and project_id = $3' end
    || case when p_input ->> 'taskId' is null then '' else ' and task_id = $4' end,
    private.order_clause(coalesce(p_input ->> 'sort', '-submittedAt'), v_sorts),
    private.page_number(p_input), private.page_limit(p_input, 20),
    auth.uid(), p_input ->> 'status', (p_input ->> 'projectId')::uuid,
    (p_input ->> 'taskId')::uuid
  );

  return jsonb_build_object('deliverables', v_page.documents, 'pagination', v_page.pagination);
end;
$$;

-- Callers name the arguments, so those of the version before find the new function.
drop function api.list_deliverables(text, text, jsonb, jsonb, text);

create function api.list_deliverables(
  status text default null, "projectId" text default null, "taskId" text default null,
  page jsonb default null, "limit" jsonb default null, sort text default null
)
  returns jsonb
  language plpgsql
  stable
  set search_path = ''
as $$
begin
  perform private.require_session();

  return private.list_deliverables(private.input_of('list_deliverables', jsonb_build_object(
    'status', status, 'projectId', "projectId", 'taskId', "taskId", 'page', page,
    'limit', "limit", 'sort', sort
  )));
end;
$$;

comment on function api.list_deliverables(text, text, text, jsonb, jsonb, text) is
  'Lists deliverables: for a creator those of all their projects, for a talent their own.
Requires: any signed-in user.
status: pending, approved or revision. projectId, taskId: only of this project, of this task. page:
from 1. limit: default 20, at most 100. sort: submittedAt, updatedAt, title or status, descending
with a leading -; default -submittedAt.
Returns {deliverables, pagination}, with the files of the current version. fileUrl is null: call
get_download, or use the REST API, which signs URLs.
Errors: VALIDATION_ERROR, NOT_AUTHENTICATED, SESSION_REVOKED.';

grant execute on function
  api.list_deliverables(text, text, text, jsonb, jsonb, text)
to authenticated;
