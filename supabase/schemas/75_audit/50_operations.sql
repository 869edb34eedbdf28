-- GET /audit.

-- Returns an event as the JSON that the API returns.
create function private.audit_document(p_event public.audit_events)
  returns jsonb
  language plpgsql
  stable
  set search_path = ''
as $$
begin
  return jsonb_build_object(
    'id', p_event.id::text,
    'action', p_event.action,
    'actor', (
      select jsonb_build_object('id', c.id, 'name', c.name, 'avatarUrl', c.avatar_url)
      from private.cards as c
      where c.id = p_event.actor_id
    ),
    'subject', (
      select jsonb_build_object('id', c.id, 'name', c.name, 'avatarUrl', c.avatar_url)
      from private.cards as c
      where c.id = p_event.subject_id
    ),
    'projectId', p_event.project_id,
    'entityType', p_event.entity_type,
    'entityId', p_event.entity_id,
    'details', p_event.details,
    'createdAt', private.iso(p_event.created_at)
  );
end;
$$;

-- Runs as the caller, with the caller's rights.
grant execute on function private.audit_document(public.audit_events) to authenticated;

-- Returns the ids of the caller's events, newest first: one walk for each reason to see an event. An
-- index serves each, and none serves all of them together. Definer: under policies, whose values the
-- planner cannot see before, it would read all events of a caller with very many.
create function private.my_audit_event_ids(p_project_id uuid, p_before bigint, p_limit integer)
  returns bigint[]
  language plpgsql
  stable
  security definer
  set search_path = ''
as $$
declare
  v_user_id constant uuid := auth.uid();
begin
  if p_project_id is not null then
    return array(
      select a.id
      from public.audit_events as a
      where a.project_id = p_project_id
        and a.id < p_before
        and v_user_id in (a.actor_id, a.creator_id, a.subject_id)
      order by a.id desc
      limit p_limit
    );
  end if;

  return array(
    (
      select a.id
      from public.audit_events as a
      where a.actor_id = v_user_id and a.id < p_before
      order by a.id desc
      limit p_limit
    )
    union
    (
      select a.id
      from public.audit_events as a
      where a.creator_id = v_user_id and a.id < p_before
      order by a.id desc
      limit p_limit
    )
    union
    (
      select a.id
      from public.audit_events as a
      where a.subject_id = v_user_id and a.id < p_before
      order by a.id desc
      limit p_limit
    )
  );
end;
$$;

-- Called by api.list_audit_events as the caller; it returns the caller's own.
grant execute on function private.my_audit_event_ids(uuid, bigint, integer) to authenticated;

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
  v_ids bigint[];
  v_events jsonb;
begin
  perform private.require_session();
  perform private.raise_field_errors(
    private.check_uuid(v_input, 'projectId', 'Project id', true)
    || private.check_page(v_input)
    || case
      when before !~ '^[0-9]{1,18}$'
        then private.field_error('before', 'Before must be the id of an audit event.')
      else '[]'
    end
  );

  v_ids := private.my_audit_event_ids(
    "projectId"::uuid, coalesce(before::bigint, 9223372036854775807), v_limit + 1
  );

  select coalesce(jsonb_agg(e.document order by e.id desc), '[]')
  into v_events
  from (
    select a.id, private.audit_document(a) as document
    from public.audit_events as a
    where a.id = any (v_ids)
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
