-- DELETE /users/me and GET /users/me/export.

create function api.delete_me(password text default null, force boolean default null)
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

  -- Raising would roll the counted attempt back. So the refusal is an answer, in the form PostgREST
  -- gives errors, with the status set; the transaction commits.
  if not private.delete_account(password, force) then
    perform set_config('response.status', '403', true);
    return jsonb_build_object(
      'code', 'PT403', 'message', 'The password is wrong.', 'details', null,
      'hint', 'WRONG_PASSWORD'
    );
  end if;

  perform set_config('response.status', '204', true);
  return null;
end;
$$;

comment on function api.delete_me(text, boolean) is
  'Deletes the caller''s account: all sessions end at once, the profile is gone, projects are
archived, open tasks lose their assignee. Thirty days later everything personal is erased and the
e-mail address is free.
Any signed-in user, with their password. force: also with open deliverables.
Returns null. A wrong password is counted and therefore no error of the database: the answer is the
error object {code, message, details, hint} with hint WRONG_PASSWORD, and PostgREST sends it with
status 403. Callers over SQL have to commit it.
Errors: WRONG_PASSWORD (as told), RATE_LIMITED after five wrong ones in fifteen minutes,
OPEN_DELIVERABLES, VALIDATION_ERROR, NOT_AUTHENTICATED, SESSION_REVOKED.';

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
      where d.assignee_id = v_user_id
        or d.project_id = any (array(select private.my_created_project_ids()))
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
    'blockedUsers', api.list_blocks() -> 'users'
  );
end;
$$;

comment on function api.export_me() is
  'Everything kept about the caller: {exportedAt, profile, projects, memberships, tasks,
deliverables, uploads, conversations, messages, notifications, notificationPreferences,
blockedUsers}; projects and tasks are those they own or are assigned to, memberships also past ones,
deliverables those they submitted or judge, messages those they wrote. Any signed-in user.
Errors: NOT_AUTHENTICATED, SESSION_REVOKED.';

grant execute on function
  api.delete_me(text, boolean),
  api.export_me()
to authenticated;
