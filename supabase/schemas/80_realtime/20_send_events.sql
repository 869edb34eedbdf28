-- Sending events. Triggers send an event to each recipient's own channel, in the transaction of the
-- change: a change that is rolled back sends nothing. Users appear in payloads as public cards.
--
--   message:received, message:updated        {message, conversationId}
--   message:deleted                          {messageId, conversationId}
--   conversation:read                        {conversationId, userId, messageId, readAt}
--   task:assigned                            {task, assignedBy}
--   task:status_changed                      {taskId, projectId, status, updatedBy}
--   deliverable:submitted                    {deliverable, projectId}
--   deliverable:approved                     {deliverableId, projectId, taskId, approvedBy}
--   deliverable:revision_requested           {deliverableId, projectId, taskId, feedback,
--                                             requestedBy}
--   notification:new                         {notification}
--
-- Every payload also has actorId, the user who made the change (null for the system).

-- Sends an event once to each of the users, and to the user who made the change, for their other tabs
-- and devices; only their copy has the sessionId of the change, so that a client can ignore its
-- own. Notifications go to their recipient only. Deleted accounts get nothing. Definer: clients must not
-- send on these channels.
create function private.send_event(p_user_ids uuid[], p_event text, p_payload jsonb)
  returns void
  language plpgsql
  security definer
  set search_path = ''
as $$
declare
  v_actor_id constant uuid := auth.uid();
  v_payload constant jsonb := p_payload || jsonb_build_object('actorId', v_actor_id);
begin
  perform realtime.send(
    case p.id
      when v_actor_id then v_payload || jsonb_build_object(
        'sessionId', private.try_uuid(auth.jwt() ->> 'session_id')
      )
      else v_payload
    end,
    p_event, 'user:' || p.id, true
  )
  from public.profiles as p
  where p.id = any (
      case p_event
        when 'notification:new' then array_remove(p_user_ids, v_actor_id)
        else p_user_ids || v_actor_id
      end
    )
    and p.deleted_at is null;
end;
$$;
