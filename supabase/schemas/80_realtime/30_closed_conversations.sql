-- Realtime checks who may use a channel when a client joins it. After a block, both participants are
-- told on the channel of their conversation to join again; the policy then refuses them.

create function private.tg_user_blocks__close_conversation()
  returns trigger
  language plpgsql
  security definer
  set search_path = ''
as $$
begin
  perform realtime.send(
    jsonb_build_object('conversationId', c.id), 'conversation:closed', 'conversation:' || c.id, true
  )
  from public.conversations as c
  where (c.creator_id, c.talent_id) in (
    (new.blocker_id, new.blocked_id), (new.blocked_id, new.blocker_id)
  );

  return null;
end;
$$;

create trigger _700_close_conversation
  after insert on public.user_blocks
  for each row
  execute function private.tg_user_blocks__close_conversation();
