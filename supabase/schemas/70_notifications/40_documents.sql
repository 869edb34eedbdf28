-- Notifications in the shape the API returns. The view runs with the caller's rights.

create view private.notification_documents with (security_invoker = true) as
  select
    n.id,
    n.user_id,
    n.is_read,
    n.created_at,
    jsonb_build_object(
      'id', n.id,
      'type', n.type,
      'title', n.title,
      'message', n.message,
      'entityType', n.entity_type,
      'entityId', n.entity_id,
      'metadata', n.metadata,
      'isRead', n.is_read,
      'readAt', private.iso(n.read_at),
      'createdAt', private.iso(n.created_at)
    ) as document
  from public.notifications as n;

comment on view private.notification_documents is 'Notifications in the shape the API returns.';

-- Used by api functions only. The caller's policies filter the rows.
grant select on private.notification_documents to authenticated;
