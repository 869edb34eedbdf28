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

-- Sends an event once to each of the users, except the one who made the change and users whose
-- account is deleted. Definer: clients must not send on these channels.
create function private.send_event(p_user_ids uuid[], p_event text, p_payload jsonb)
  returns void
  language plpgsql
  security definer
  set search_path = ''
as $$
begin
  perform realtime.send(p_payload, p_event, 'user:' || p.id, true)
  from public.profiles as p
  where p.id = any (p_user_ids)
    and p.deleted_at is null
    and p.id is distinct from auth.uid();
end;
$$;
