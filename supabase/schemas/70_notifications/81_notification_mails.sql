-- Notification mails: rows of the outbox for users with a verified address who want mails of the
-- type. Both are checked when the mail is queued and again before it is sent. A mail waits a minute,
-- so that several of one kind can become one. The function `outbox`
-- writes the text. The kind of a mail is the notification's type; its payload contains:
--
--   every kind               recipientName, title, message, entityType, entityId, and projectId,
--                            taskId, conversationId if they apply; after claiming also
--                            unsubscribeToken and unsubscribeUrl
--   task_assigned            actorName, projectName, taskName, dueDate
--   task_unassigned          actorName, projectName, taskCount
--   deliverable_submitted    actorName, projectName, taskName, deliverableTitle, version
--   deliverable_approved     actorName, projectName, taskName, deliverableTitle
--   revision_requested       as deliverable_approved, and feedback, revisionCount
--   message_received         actorName, messageCount; no message content
--   review_received          actorName, projectName, rating
--   deadline_approaching     projectName, taskName, dueDate, daysLeft
--   project_status_changed   actorName, projectName, status
--   team_added               actorName, projectName, role
--   mentioned                actorName, projectName, taskName, deliverableTitle
--   file_rejected            fileName, isUploader, and deliverableTitle, version if it is in one

-- Returns the address for mails of a type, or null if it is unverified or the user does not want
-- them.
create function private.mail_address(p_user_id uuid, p_type text)
  returns text
  language plpgsql
  stable
  security definer
  set search_path = ''
as $$
begin
  return (
    select u.email
    from auth.users as u
    join public.profiles as p on p.id = u.id
    join private.email_verifications as v on v.user_id = u.id
    where u.id = p_user_id
      and p.deleted_at is null
      and v.verified_at is not null
      and private.wants(p_user_id, p_type, 'email')
  );
end;
$$;

-- Queues a mail to an address that private.mail_address has returned. The idempotency key prevents a
-- second mail for the same cause.
create function private.queue_mail_to(
  p_address text, p_idempotency_key text, p_user_id uuid, p_sender_id uuid, p_type text,
  p_payload jsonb
)
  returns void
  language plpgsql
  security definer
  set search_path = ''
as $$
begin
  insert into private.outbox (
    kind, user_id, sender_id, recipient, next_attempt_at, payload, idempotency_key
  )
  values (
    p_type, p_user_id, p_sender_id, p_address, now() + interval '1 minute',
    jsonb_strip_nulls(
      p_payload || jsonb_build_object('recipientName', private.card_name(p_user_id))
    ),
    p_idempotency_key
  )
  on conflict (idempotency_key) do nothing;
end;
$$;

-- Queues a mail if the user wants it.
create function private.queue_notification_mail(
  p_idempotency_key text, p_user_id uuid, p_sender_id uuid, p_type text, p_payload jsonb
)
  returns void
  language plpgsql
  security definer
  set search_path = ''
as $$
declare
  v_address constant text := private.mail_address(p_user_id, p_type);
begin
  if v_address is not null then
    perform private.queue_mail_to(
      v_address, p_idempotency_key, p_user_id, p_sender_id, p_type, p_payload
    );
  end if;
end;
$$;

-- Returns whether a queued mail is still wanted. It is not after one of the two users has blocked the
-- other, after the recipient has left the project, or, for messages, after they were read.
create function private.is_wanted_mail(p_mail private.outbox)
  returns boolean
  language sql
  stable
  security definer
  set search_path = ''
as $$
  select not private.notification_defaults() ? p_mail.kind
    or private.mail_address(p_mail.user_id, p_mail.kind) is not distinct from p_mail.recipient
    and not private.is_blocked(p_mail.user_id, p_mail.sender_id)
    and (
      p_mail.kind = 'review_received'
      or p_mail.payload ->> 'projectId' is null
      or p_mail.user_id in (
        select private.project_people(private.try_uuid(p_mail.payload ->> 'projectId'))
      )
    )
    and (
      p_mail.kind <> 'message_received' or exists (
        select
        from public.conversation_reads as r
        where r.conversation_id = private.try_uuid(p_mail.payload ->> 'conversationId')
          and r.user_id = p_mail.user_id
          and r.unread_count > 0
      )
    )
$$;

-- Suppresses unwanted mails before mails are claimed, until the next p_limit mails are all wanted.
create function private.suppress_unwanted_mail(p_limit integer)
  returns void
  language plpgsql
  security definer
  set search_path = ''
as $$
begin
  loop
    update private.outbox
    set status = 'suppressed', payload = '{}'
    where id in (
      select due.id
      from (
        select o.*
        from private.outbox as o
        where o.status in ('pending', 'sending') and o.next_attempt_at <= now()
        order by o.next_attempt_at
        limit least(greatest(p_limit, 1), 100)
        for update skip locked
      ) as due
      where not private.is_wanted_mail(due)
    );

    exit when not found;
  end loop;
end;
$$;

-- Returns the unsubscribe link, which is added when a mail is claimed and not stored.
create function private.unsubscribe_links(p_mail private.outbox)
  returns jsonb
  language sql
  stable
  security definer
  set search_path = ''
as $$
  select case
    when private.notification_defaults() ? p_mail.kind then jsonb_build_object(
      'unsubscribeToken', token,
      'unsubscribeUrl', private.api_url() || '/notifications/unsubscribe?token=' || token
    )
    else '{}'
  end
  from (
    values (private.unsubscribe_token(p_mail.user_id, p_mail.kind))
  ) as proof (token)
$$;
