-- Notifies a user in the app and by mail, according to their preferences. Skips the user who caused
-- the notification, and deleted accounts.

create function private.notify(
  p_user_id uuid, p_actor_id uuid, p_type text, p_title text, p_message text,
  p_entity_type text, p_entity_id uuid, p_metadata jsonb, p_details jsonb default '{}'
)
  returns void
  language plpgsql
  security definer
  set search_path = ''
as $$
declare
  v_id constant uuid := gen_random_uuid();
  v_address text;
begin
  if p_user_id in (p_actor_id, auth.uid()) or not private.account_exists(p_user_id) then
    return;
  end if;

  if private.wants(p_user_id, p_type, 'inApp') then
    insert into private.notifications (
      id, user_id, actor_id, type, title, message, entity_type, entity_id, metadata
    )
    values (
      v_id, p_user_id, p_actor_id, p_type, p_title, p_message, p_entity_type, p_entity_id,
      jsonb_strip_nulls(p_metadata)
    );
  end if;

  -- Nothing is rendered for users who want no mail.
  v_address := private.mail_address(p_user_id, p_type);
  if v_address is null then
    return;
  end if;

  perform private.queue_mail_to(
    v_address, 'notification:' || v_id, p_user_id, p_actor_id, p_type,
    jsonb_build_object(
      'title', p_title, 'message', p_message, 'entityType', p_entity_type, 'entityId', p_entity_id
    )
    || p_metadata || p_details || jsonb_build_object('actorName', private.card_name(p_actor_id))
  );
end;
$$;
