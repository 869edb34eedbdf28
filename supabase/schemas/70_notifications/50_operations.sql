-- Operations on notifications and preferences (/notifications).

-- Returns a page of the caller's notifications. Definer: see private.page_of_documents.
create function private.list_notifications(p_input jsonb)
  returns jsonb
  language plpgsql
  stable
  security definer
  set search_path = ''
as $$
declare
  v_user_id constant uuid := auth.uid();
  v_totals record;
  v_recent uuid[];
  v_page record;
begin
  perform private.raise_field_errors(
    private.check_flag(p_input, 'isRead', 'Is read') || private.check_page(p_input)
  );

  v_totals := private.notification_totals_of(v_user_id);

  -- Before a watermark there may be very many that only look unread.
  if p_input ->> 'isRead' = 'false' then
    v_recent := private.unread_after_watermark(v_user_id);
  end if;

  v_page := private.page_of_documents(
    'private.notification_documents',
    'user_id = $1' || case
      when v_recent is not null then ' and id = any ($2::uuid[])'
      when p_input ->> 'isRead' = 'true' then ' and is_read'
      when p_input ->> 'isRead' = 'false' then ' and not is_read'
      else ''
    end,
    'created_at desc, id desc',
    private.page_number(p_input), private.page_limit(p_input, 20),
    v_user_id, v_recent::text,
    p_total => case p_input ->> 'isRead'
      when 'true' then v_totals.total - v_totals.unread
      when 'false' then v_totals.unread
      else v_totals.total
    end
  );

  return jsonb_build_object(
    'notifications', v_page.documents,
    'unreadCount', v_totals.unread,
    'pagination', v_page.pagination
  );
end;
$$;

-- Called by api.list_notifications as the caller; it returns the caller's own.
grant execute on function private.list_notifications(jsonb) to authenticated;

create function api.list_notifications(
  "isRead" jsonb default null, page jsonb default null, "limit" jsonb default null
)
  returns jsonb
  language plpgsql
  stable
  set search_path = ''
as $$
begin
  perform private.require_session();

  return private.list_notifications(private.input_of('list_notifications', jsonb_build_object(
    'isRead', "isRead", 'page', page, 'limit', "limit"
  )));
end;
$$;

comment on function api.list_notifications(jsonb, jsonb, jsonb) is
  'Lists the caller''s notifications, newest first.
Requires: any signed-in user.
isRead: only read or only unread ones. page: from 1. limit: default 20, at most 100.
Returns {notifications, unreadCount, pagination}. unreadCount ignores the filter. metadata contains
projectId, taskId and conversationId, if they apply.
Errors: VALIDATION_ERROR, NOT_AUTHENTICATED, SESSION_REVOKED.';

create function api.mark_notification_read("notificationId" text default null)
  returns void
  language plpgsql
  volatile
  set search_path = ''
as $$
begin
  perform private.require_session();
  perform private.require_ids(jsonb_build_object('notificationId', "notificationId"));

  -- Policies show only the caller's own notifications, so that those of other users are not found.
  perform from public.notifications as n where n.id = "notificationId"::uuid;
  if not found then
    raise sqlstate 'PT404' using
      message = 'Notification not found.',
      hint = 'NOT_FOUND';
  end if;

  update public.notifications
  set is_read = true
  where id = "notificationId"::uuid and not is_read;
end;
$$;

comment on function api.mark_notification_read(text) is
  'Marks a notification as read. Repeating it changes nothing.
Requires: the notified user.
Errors: NOT_FOUND (also for a notification of another user), NOT_AUTHENTICATED, SESSION_REVOKED.';

create function api.mark_all_notifications_read()
  returns void
  language plpgsql
  volatile
  set search_path = ''
as $$
begin
  perform private.require_session();
  perform private.mark_all_notifications_read();
end;
$$;

comment on function api.mark_all_notifications_read() is
  'Marks all notifications of the caller as read.
Requires: any signed-in user.
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
  'Returns the caller''s preferences: which types of notifications are on in the app and by mail.
Requires: any signed-in user.
Returns {preferences: {<type>: {inApp, email}}} with every type.
Errors: NOT_AUTHENTICATED, SESSION_REVOKED.';

create function api.update_notification_preferences(patch jsonb default null)
  returns jsonb
  language plpgsql
  volatile
  set search_path = ''
as $$
declare
  -- Accepts the response of get_notification_preferences as well.
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
  'Changes the caller''s preferences and returns all of them.
Requires: any signed-in user.
patch: {<type>: {inApp, email}}, or the same under preferences; omitted types and channels stay.
Mails are only sent to a verified address.
Errors: VALIDATION_ERROR, NOT_AUTHENTICATED, SESSION_REVOKED.';

create function api.follow_unsubscribe_link(token text default null)
  returns jsonb
  language plpgsql
  stable
  set search_path = ''
as $$
begin
  return jsonb_build_object('type', private.unsubscribe_type(token));
end;
$$;

comment on function api.follow_unsubscribe_link(text) is
  'Returns the notification type of the link in a mail, for a page that asks whether to unsubscribe.
Changes nothing: mail scanners open links.
Requires: the token; no sign-in.
Errors: VALIDATION_ERROR.';

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
  'Turns off mails of one notification type, with the token of the link in a mail. Repeating it
changes nothing. The preferences turn the type on again.
Requires: the token; no sign-in.
Returns {unsubscribed, type}.
Errors: VALIDATION_ERROR.';

grant execute on function
  api.list_notifications(jsonb, jsonb, jsonb),
  api.mark_notification_read(text),
  api.mark_all_notifications_read(),
  api.get_notification_preferences(),
  api.update_notification_preferences(jsonb)
to authenticated;

-- Links in mails are opened without a session, so anonymous callers can call them.
grant execute on function
  api.follow_unsubscribe_link(text),
  api.unsubscribe(text)
to anon, authenticated, service_role;
