-- Events: what happens reaches each person it concerns on their own channel, sent in the
-- transaction that does it, so that what is rolled back is never heard of. Persons in payloads are
-- cards.
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

-- Once to each of them, but never to who did it, nor to an account that is gone. Definer: nobody
-- may speak on these channels.
create function private.emit(p_user_ids uuid[], p_event text, p_payload jsonb)
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
