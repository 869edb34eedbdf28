-- Why: an export had the newest 1,000 events of the security log, and left out the others without a word. Guessed passwords can fill it
-- with more. Now the log is one of the lists that go through the pieces, oldest first.

create or replace function private.export_lists()
  returns table (
    place integer, list text, source text, condition text, time_column text, id_type text,
    document text
  )
  language sql
  immutable
  set search_path = ''
as $$
  values
    (
      1, 'projects', 'public.projects', 'creator_id = $1', 'created_at', 'uuid',
      'select d.document from private.project_documents as d where d.id = page.id'
    ),
    (
      2, 'memberships', 'private.my_memberships()', 'true', 'joined_at', 'uuid',
      'select page.document'
    ),
    (
      3, 'tasks', 'public.tasks', '(assignee_id = $1 or creator_id = $1)', 'created_at', 'uuid',
      'select d.document from private.task_documents as d where d.id = page.id'
    ),
    (
      4, 'deliverables', 'public.deliverables', '(submitted_by_id = $1 or creator_id = $1)',
      'submitted_at', 'uuid', 'select private.deliverable_for_reader(page.id)'
    ),
    (
      5, 'uploads', 'public.files', 'uploader_id = $1', 'created_at', 'uuid',
      'select private.upload_document(f) from public.files as f where f.id = page.id'
    ),
    (
      6, 'conversations', 'public.conversations', '(creator_id = $1 or talent_id = $1)',
      'created_at', 'uuid',
      'select d.document from private.conversation_documents as d where d.id = page.id'
    ),
    (
      7, 'messages', 'public.messages', 'sender_id = $1', 'sent_at', 'uuid',
      'select d.document from private.message_documents as d where d.id = page.id'
    ),
    (
      8, 'notifications', 'private.notifications', 'user_id = $1', 'created_at', 'uuid',
      'select d.document from private.notification_documents as d where d.id = page.id'
    ),
    (
      9, 'reviewsWritten', 'public.reviews', 'creator_id = $1', 'created_at', 'uuid',
      'select private.review_document(r) from public.reviews as r where r.id = page.id'
    ),
    (
      10, 'reviewsReceived', 'public.reviews', 'talent_id = $1 and deleted_at is null',
      'created_at', 'uuid',
      'select d.document from private.public_review_documents as d where d.id = page.id'
    ),
    (
      11, 'auditEvents', 'public.audit_events', '$1 in (actor_id, subject_id)', 'created_at',
      'bigint', 'select private.audit_document(a) from public.audit_events as a where a.id = page.id'
    ),
    (
      12, 'securityEvents', 'private.all_my_security_events()', 'true', 'created_at', 'bigint',
      'select private.security_event_document(page.event)'
    )
$$;

create or replace function private.export_head()
  returns jsonb
  language plpgsql
  stable
  set search_path = ''
as $$
begin
  return jsonb_build_object(
    'profile', api.get_me(),
    'notificationPreferences', api.get_notification_preferences() -> 'preferences',
    'blockedUsers', api.list_blocks() -> 'users',
    'calendarLink', api.get_calendar_link() -> 'link',
    'sessions', api.list_sessions() -> 'sessions'
  );
end;
$$;

create or replace function private.security_event_document(p_event private.security_events)
  returns jsonb
  language plpgsql
  stable
  set search_path = ''
as $$
begin
  return jsonb_build_object(
    'id', p_event.id::text,
    'type', p_event.type,
    'newDevice', p_event.new_device,
    'userAgent', p_event.user_agent,
    'ipAddress', p_event.ip,
    'createdAt', private.iso(p_event.created_at)
  );
end;
$$;

create or replace function private.my_security_events(p_before bigint, p_limit integer)
  returns jsonb
  language sql
  stable
  security definer
  set search_path = ''
as $$
  select coalesce(jsonb_agg(private.security_event_document(e) order by e.id desc), '[]')
  from (
    select s.*
    from private.security_events as s
    where s.user_id = auth.uid() and (p_before is null or s.id < p_before)
    order by s.id desc
    limit p_limit
  ) as e
$$;

create or replace function private.all_my_security_events()
  returns table (id bigint, created_at timestamptz, event private.security_events)
  language sql
  stable
  security definer
  set search_path = ''
as $$
  select s.id, s.created_at, s from private.security_events as s where s.user_id = auth.uid()
$$;

grant execute on function
  private.security_event_document(private.security_events),
  private.all_my_security_events()
to authenticated;
