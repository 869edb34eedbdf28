-- DELETE /users/me and GET /users/me/export.

create function api.delete_me(password text default null, force jsonb default null)
  returns jsonb
  language plpgsql
  volatile
  set search_path = ''
as $$
declare
  v_input constant jsonb := private.input_of(
    'delete_me', jsonb_build_object('password', password, 'force', force)
  );
begin
  perform private.require_session();
  perform private.raise_field_errors(
    private.check_keys(v_input, array['password', 'force'])
    || private.check_text(v_input, 'password', 'Password', 1, 1000)
    || private.check_flag(v_input, 'force', 'Force')
  );

  if not private.delete_account(password, (v_input ->> 'force')::boolean) then
    return private.wrong_password();
  end if;

  perform set_config('response.status', '204', true);
  return null;
end;
$$;

comment on function api.delete_me(text, jsonb) is
  'Deletes the caller''s account: all sessions end at once, the profile is hidden, projects are
archived, open tasks lose their assignee. 30 days later all personal data is erased and the email
address can be used again.
password: the caller''s current password. force: delete the account despite open deliverables.
Returns null. A wrong password is counted, so it is returned instead of raised: the response is the
error object {code, message, details, hint} with hint WRONG_PASSWORD, and PostgREST sends it with
status 403. Callers over SQL must commit the transaction.
Limit: 5 wrong passwords in 15 minutes and session.
Requires: a signed-in user.
Errors: WRONG_PASSWORD (returned, not raised), RATE_LIMITED, OPEN_DELIVERABLES, VALIDATION_ERROR,
NOT_FOUND (another request deleted it at the same time), NOT_AUTHENTICATED, SESSION_REVOKED.';

create function api.export_me()
  returns jsonb
  language plpgsql
  stable
  set search_path = ''
as $$
declare
  v_user_id constant uuid := private.require_session();
begin
  return jsonb_build_object(
    'exportedAt', private.iso(now()),
    'profile', api.get_me(),
    'projects', (
      select coalesce(jsonb_agg(d.document order by d.created_at, d.id), '[]')
      from private.project_documents as d
      where d.creator_id = v_user_id
    ),
    'memberships', private.my_memberships(),
    'tasks', (
      select coalesce(jsonb_agg(d.document order by d.created_at, d.id), '[]')
      from private.task_documents as d
      where d.assignee_id = v_user_id or d.creator_id = v_user_id
    ),
    'deliverables', (
      select coalesce(
        jsonb_agg(private.deliverable_with_versions(d.id) order by d.submitted_at, d.id), '[]'
      )
      from private.deliverable_documents as d
    ),
    'uploads', (
      select coalesce(jsonb_agg(private.upload_document(f) order by f.created_at, f.id), '[]')
      from public.files as f
      where f.uploader_id = v_user_id
    ),
    'conversations', (
      select coalesce(jsonb_agg(d.document order by d.created_at, d.id), '[]')
      from private.conversation_documents as d
    ),
    'messages', (
      select coalesce(jsonb_agg(d.document order by d.sent_at, d.id), '[]')
      from private.message_documents as d
      where d.sender_id = v_user_id
    ),
    'notifications', (
      select coalesce(jsonb_agg(d.document order by d.created_at, d.id), '[]')
      from private.notification_documents as d
    ),
    'notificationPreferences', api.get_notification_preferences() -> 'preferences',
    'blockedUsers', api.list_blocks() -> 'users',
    'securityEvents', private.my_security_events(null, 1000),
    'reviewsWritten', (
      select coalesce(
        jsonb_agg(private.review_document(r) order by r.created_at, r.id), '[]'
      )
      from public.reviews as r
      where r.creator_id = v_user_id
    ),
    'reviewsReceived', (
      select coalesce(jsonb_agg(d.document order by d.created_at, d.id), '[]')
      from private.public_review_documents as d
      where d.talent_id = v_user_id
    ),
    'calendarLink', api.get_calendar_link() -> 'link',
    'auditEvents', (
      select coalesce(jsonb_agg(private.audit_document(a) order by a.id), '[]')
      from public.audit_events as a
      where v_user_id in (a.actor_id, a.subject_id)
    ),
    'sessions', api.list_sessions() -> 'sessions'
  );
end;
$$;

comment on function api.export_me() is
  'Returns all data stored about the caller: {exportedAt, profile, projects, memberships, tasks,
deliverables, uploads, conversations, messages, notifications, notificationPreferences,
blockedUsers, securityEvents, reviewsWritten, reviewsReceived, calendarLink, auditEvents, sessions}.
projects: those the caller created. tasks: in those projects, or assigned to the
caller. memberships: current and past. deliverables: in those projects, or submitted by the caller.
messages: those the caller sent. calendarLink: without its secret. auditEvents: those the caller
caused, and those about the caller.
Requires: a signed-in user.
Errors: NOT_AUTHENTICATED, SESSION_REVOKED.';

grant execute on function
  api.delete_me(text, jsonb),
  api.export_me()
to authenticated;
