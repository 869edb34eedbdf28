-- GET /audit.

create function api.list_audit_events(
  "projectId" text default null, before text default null, "limit" jsonb default null
)
  returns jsonb
  language plpgsql
  stable
  set search_path = ''
as $$
declare
  v_input constant jsonb := private.input_of('list_audit_events', jsonb_build_object(
    'projectId', "projectId", 'before', before, 'limit', "limit"
  ));
  v_limit constant integer := private.page_limit(v_input, 50);
  v_events jsonb;
begin
  perform private.require_session();
  perform private.raise_field_errors(
    private.check_uuid(v_input, 'projectId', 'Project id', true)
    || private.check_page(v_input)
    || case
      when before !~ '^\d{1,18}$'
        then private.field_error('before', 'Before must be the id of an audit event.')
      else '[]'
    end
  );

  select coalesce(jsonb_agg(e.document order by e.id desc), '[]')
  into v_events
  from (
    select
      a.id,
      jsonb_build_object(
        'id', a.id::text,
        'action', a.action,
        'actor', (
          select jsonb_build_object('id', c.id, 'name', c.name, 'avatarUrl', c.avatar_url)
          from private.cards as c
          where c.id = a.actor_id
        ),
        'subject', (
          select jsonb_build_object('id', c.id, 'name', c.name, 'avatarUrl', c.avatar_url)
          from private.cards as c
          where c.id = a.subject_id
        ),
        'projectId', a.project_id,
        'entityType', a.entity_type,
        'entityId', a.entity_id,
        'details', a.details,
        'createdAt', private.iso(a.created_at)
      ) as document
    from public.audit_events as a
    where ("projectId" is null or a.project_id = "projectId"::uuid)
      and (before is null or a.id < before::bigint)
    order by a.id desc
    limit v_limit + 1
  ) as e;

  return jsonb_build_object(
    'events', case when jsonb_array_length(v_events) > v_limit then v_events - v_limit else v_events end,
    'hasMore', jsonb_array_length(v_events) > v_limit
  );
end;
$$;

comment on function api.list_audit_events(text, text, jsonb) is
  'Returns the audit trail as far as it concerns the caller, newest first: events they caused, events of their
projects, and events about them. Requires: a signed-in user.
projectId narrows. before: the id of an event; only earlier ones are returned. limit 50, at most 100.
Returns {events: [{id, action, actor, subject, projectId, entityType, entityId, details, createdAt}],
hasMore}.
Errors: VALIDATION_ERROR, NOT_AUTHENTICATED, SESSION_REVOKED.';

grant execute on function api.list_audit_events(text, text, jsonb) to authenticated;
