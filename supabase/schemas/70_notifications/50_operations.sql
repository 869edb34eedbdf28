-- /notifications.

create function api.list_notifications(
  "isRead" boolean default null, page integer default null, "limit" integer default null
)
  returns jsonb
  language plpgsql
  stable
  set search_path = ''
as $$
declare
  v_user_id constant uuid := private.require_session();
  v_page record;
begin
  perform private.raise_field_errors(private.check_page(page, "limit"));

  v_page := private.page_of_documents(
    'private.notification_documents',
    'user_id = $1' || case
      when "isRead" then ' and is_read'
      when not "isRead" then ' and not is_read'
      else ''
    end,
    'created_at desc, id desc',
    coalesce(page, 1), least(coalesce("limit", 20), 100),
    v_user_id
  );

  return jsonb_build_object(
    'notifications', v_page.documents,
    'unreadCount', (
      select count(*) from public.notifications as n where n.user_id = v_user_id and not n.is_read
    ),
    'pagination', v_page.pagination
  );
end;
$$;

comment on function api.list_notifications(boolean, integer, integer) is
  'The caller''s notifications, newest first. Any signed-in user. isRead: only read or only unread
ones. page from 1, limit 20, at most 100.
Returns {notifications, unreadCount, pagination}; unreadCount is over all, whatever the filter.
metadata holds projectId, taskId and conversationId, as far as they apply.
Errors: VALIDATION_ERROR, NOT_AUTHENTICATED, SESSION_REVOKED.';

create function api.mark_notification_read("notificationId" uuid default null)
  returns void
  language plpgsql
  volatile
  set search_path = ''
as $$
begin
  perform private.require_session();

  -- Policies leave only the caller's own; somebody else's is as if it were not there.
  perform from public.notifications as n where n.id = "notificationId";
  if not found then
    raise sqlstate 'PT404' using
      message = 'Notification not found.',
      hint = 'NOT_FOUND';
  end if;

  update public.notifications
  set is_read = true
  where id = "notificationId" and not is_read;
end;
$$;

comment on function api.mark_notification_read(uuid) is
  'Marks a notification of the caller''s as read; again changes nothing. Any signed-in user.
Errors: NOT_FOUND (also for somebody else''s), NOT_AUTHENTICATED, SESSION_REVOKED.';

create function api.mark_all_notifications_read()
  returns void
  language plpgsql
  volatile
  set search_path = ''
as $$
declare
  v_user_id constant uuid := private.require_session();
begin
  update public.notifications
  set is_read = true
  where user_id = v_user_id and not is_read;
end;
$$;

comment on function api.mark_all_notifications_read() is
  'Marks all notifications of the caller''s as read. Any signed-in user.
Errors: NOT_AUTHENTICATED, SESSION_REVOKED.';

create function api.get_notification_preferences()
  returns jsonb
  language plpgsql
  stable
  set search_path = ''
as $$
declare
  v_user_id constant uuid := private.require_session();
begin
  return jsonb_build_object(
    'preferences',
    private.notification_defaults() || (
      select coalesce(
        jsonb_object_agg(p.type, jsonb_build_object('inApp', p.in_app, 'email', p.email)), '{}'
      )
      from public.notification_preferences as p
      where p.user_id = v_user_id
    )
  );
end;
$$;

comment on function api.get_notification_preferences() is
  'Which notifications reach the caller where. Any signed-in user.
Returns {preferences: {<type>: {inApp, email}}}, every type named.
Errors: NOT_AUTHENTICATED, SESSION_REVOKED.';

create function api.update_notification_preferences(patch jsonb default null)
  returns jsonb
  language plpgsql
  volatile
  set search_path = ''
as $$
declare
  -- What get answered may be sent back as it is.
  v_choices constant jsonb := case
    when patch = jsonb_build_object('preferences', patch -> 'preferences')
      then patch -> 'preferences'
    else patch
  end;
begin
  perform private.require_session();
  perform private.raise_field_errors(private.preference_field_errors(v_choices));
  perform private.set_my_preferences(v_choices);

  return api.get_notification_preferences();
end;
$$;

comment on function api.update_notification_preferences(jsonb) is
  'Changes which notifications reach the caller where and returns all of it. Any signed-in user.
patch: {<type>: {inApp, email}}, or the same under preferences; what is left out stays. Mail goes
only to a verified address.
Errors: VALIDATION_ERROR, NOT_AUTHENTICATED, SESSION_REVOKED.';

create function api.unsubscribe(token text default null)
  returns jsonb
  language plpgsql
  volatile
  set search_path = ''
as $$
begin
  return jsonb_build_object('unsubscribed', true, 'type', private.unsubscribe(token));
end;
$$;

comment on function api.unsubscribe(text) is
  'Ends mails of one type, by the token of the link in such a mail. Anybody who has it, signed in or
not; again changes nothing. Preferences switch them on again.
Returns {unsubscribed, type}.
Errors: VALIDATION_ERROR.';

grant execute on function
  api.list_notifications(boolean, integer, integer),
  api.mark_notification_read(uuid),
  api.mark_all_notifications_read(),
  api.get_notification_preferences(),
  api.update_notification_preferences(jsonb)
to authenticated;

-- Links in mails are opened without a session.
grant execute on function api.unsubscribe(text) to anon, authenticated, service_role;
