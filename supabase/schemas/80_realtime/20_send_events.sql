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
--
-- One insert for all recipients, in the form that realtime.send writes: it would be an insert and a
-- sub-transaction for each. As there, an event that cannot be written is a warning: it never undoes the
-- change.
create function private.send_event(p_user_ids uuid[], p_event text, p_payload jsonb)
  returns void
  language plpgsql
  security definer
  set search_path = ''
  set plan_cache_mode = force_generic_plan
as $$
declare
  v_actor_id constant uuid := auth.uid();
  v_user_ids constant uuid[] := case p_event
    when 'notification:new' then array_remove(p_user_ids, v_actor_id)
    else p_user_ids || v_actor_id
  end;
  v_payload constant jsonb := p_payload || jsonb_build_object('actorId', v_actor_id);
  v_own_payload constant jsonb := v_payload || jsonb_build_object(
    'sessionId', private.try_uuid(auth.jwt() ->> 'session_id')
  );
begin
  insert into realtime.messages (id, topic, extension, event, private, payload)
  select
    recipient.message_id, 'user:' || recipient.id, 'broadcast', p_event, true,
    case recipient.id when v_actor_id then v_own_payload else v_payload end
      || jsonb_build_object('id', recipient.message_id)
  from (
    select p.id, gen_random_uuid() as message_id
    from public.profiles as p
    where p.id = any (v_user_ids) and p.deleted_at is null
  ) as recipient;
exception
  when others then
    raise warning 'The event % was not sent: %', p_event, sqlerrm;
end;
$$;
