-- GET /users/me/export: everything stored about the caller, in pieces. An account of any size is read by
-- statements of bounded size, and nobody has to hold it in memory as a whole.
--
-- Pieces run with the caller's rights. Each shows its own moment. Lists go by the time when something was
-- added, so whatever is there from the first piece to the last is in one of them, and nothing is in two.

-- The lists, in the order of the pieces: where their rows are, which of them, by which time and id they are
-- ordered, and how a row becomes a document. $1 is the caller.
create function private.export_lists()
  returns table (
    place integer, list text, source text, condition text, time_column text, id_type text,
    document text
  )
  language sql
  immutable
  set search_path = ''
as $$
  values
    (
      1, 'projects', 'public.projects', 'creator_id = $1', 'created_at', 'uuid',
      'select d.document from private.project_documents as d where d.id = page.id'
    ),
    (
      2, 'memberships', 'private.my_memberships()', 'true', 'joined_at', 'uuid',
      'select page.document'
    ),
    (
      3, 'tasks', 'public.tasks', '(assignee_id = $1 or creator_id = $1)', 'created_at', 'uuid',
      'select d.document from private.task_documents as d where d.id = page.id'
    ),
    (
      4, 'deliverables', 'public.deliverables', '(submitted_by_id = $1 or creator_id = $1)',
      'submitted_at', 'uuid', 'select private.deliverable_for_reader(page.id)'
    ),
    (
      5, 'uploads', 'public.files', 'uploader_id = $1', 'created_at', 'uuid',
      'select private.upload_document(f) from public.files as f where f.id = page.id'
    ),
    (
      6, 'conversations', 'public.conversations', '(creator_id = $1 or talent_id = $1)',
      'created_at', 'uuid',
      'select d.document from private.conversation_documents as d where d.id = page.id'
    ),
    (
      7, 'messages', 'public.messages', 'sender_id = $1', 'sent_at', 'uuid',
      'select d.document from private.message_documents as d where d.id = page.id'
    ),
    (
      8, 'notifications', 'private.notifications', 'user_id = $1', 'created_at', 'uuid',
      'select d.document from private.notification_documents as d where d.id = page.id'
    ),
    (
      9, 'reviewsWritten', 'public.reviews', 'creator_id = $1', 'created_at', 'uuid',
      'select private.review_document(r) from public.reviews as r where r.id = page.id'
    ),
    (
      10, 'reviewsReceived', 'public.reviews', 'talent_id = $1 and deleted_at is null',
      'created_at', 'uuid',
      'select d.document from private.public_review_documents as d where d.id = page.id'
    ),
    (
      11, 'auditEvents', 'public.audit_events', '$1 in (actor_id, subject_id)', 'created_at',
      'bigint', 'select private.audit_document(a) from public.audit_events as a where a.id = page.id'
    ),
    (
      12, 'securityEvents', 'private.all_my_security_events()', 'true', 'created_at', 'bigint',
      'select private.security_event_document(page.event)'
    )
$$;

-- A cursor names the list and the last item of it: list|time|id.
create function private.check_export_cursor(p_input jsonb)
  returns jsonb
  language sql
  stable
  set search_path = ''
as $$
  select case
    when input.after is null or exists (
      select
      from private.export_lists() as l
      where l.list = split_part(input.after, '|', 1)
        and pg_input_is_valid(split_part(input.after, '|', 2), 'timestamptz')
        and pg_input_is_valid(split_part(input.after, '|', 3), l.id_type)
    ) then '[]'
    else private.field_error('after', 'After must be the next of an earlier piece.')
  end
  from (values (p_input ->> 'after')) as input (after)
$$;

-- Returns up to p_limit items of one list after the given one, and the cursor of the last.
create function private.export_items(
  p_list text, p_user_id uuid, p_after_time text, p_after_id text, p_limit integer,
  out items jsonb, out number integer, out last text
)
  language plpgsql
  stable
  set search_path = ''
as $$
declare
  v_list record;
begin
  select l.* into strict v_list from private.export_lists() as l where l.list = p_list;

  -- "offset 0": as one join, the planner would read all rows of the caller instead of looking up those of
  -- the page.
  execute format(
    'select coalesce(jsonb_agg(d.document order by page.at, page.id), ''[]''), count(*)::integer, '
      || '%1$L || ''|'' || (array_agg(page.at || ''|'' || page.id order by page.at desc, page.id desc))[1] '
      || 'from (select s.*, s.%2$I as at from %3$s as s where %4$s '
      || 'and ($2 is null or (s.%2$I, s.id) > ($2::timestamptz, $3::%5$s)) '
      || 'order by s.%2$I, s.id limit $4) as page cross join lateral (%6$s offset 0) as d (document)',
    v_list.list, v_list.time_column, v_list.source, v_list.condition, v_list.id_type,
    v_list.document
  )
  into items, number, last
  using p_user_id, p_after_time, p_after_id, p_limit;
end;
$$;

-- Returns what is not a list, or a short one.
create function private.export_head()
  returns jsonb
  language plpgsql
  stable
  set search_path = ''
as $$
begin
  return jsonb_build_object(
    'profile', api.get_me(),
    'notificationPreferences', api.get_notification_preferences() -> 'preferences',
    'blockedUsers', api.list_blocks() -> 'users',
    'calendarLink', api.get_calendar_link() -> 'link',
    'sessions', api.list_sessions() -> 'sessions'
  );
end;
$$;

-- Fills a piece list by list, until it has p_limit items.
create function private.export_piece(p_user_id uuid, p_after text, p_limit integer)
  returns jsonb
  language plpgsql
  stable
  set search_path = ''
as $$
declare
  v_piece jsonb := case when p_after is null then private.export_head() else '{}' end;
  v_first_list constant text := split_part(p_after, '|', 1);
  v_time text := split_part(p_after, '|', 2);
  v_id text := split_part(p_after, '|', 3);
  v_left integer := p_limit;
  v_next text;
  v_list text;
  v_found record;
begin
  for v_list in
    select l.list
    from private.export_lists() as l
    where p_after is null
      or l.place >= (select f.place from private.export_lists() as f where f.list = v_first_list)
    order by l.place
  loop
    v_found := private.export_items(v_list, p_user_id, v_time, v_id, v_left);
    v_piece := v_piece || jsonb_build_object(v_list, v_found.items);
    v_left := v_left - v_found.number;
    v_time := null;

    if v_left = 0 then
      v_next := v_found.last;
      exit;
    end if;
  end loop;

  return v_piece || jsonb_build_object('exportedAt', private.iso(now()), 'next', v_next);
end;
$$;

-- Run as the caller, by api.export_me. Policies show the caller's own rows.
grant execute on function
  private.export_lists(),
  private.check_export_cursor(jsonb),
  private.export_items(text, uuid, text, text, integer),
  private.export_head(),
  private.export_piece(uuid, text, integer)
to authenticated;

create function api.export_me(after text default null, "limit" jsonb default null)
  returns jsonb
  language plpgsql
  stable
  set search_path = ''
as $$
declare
  v_user_id constant uuid := private.require_session();
  v_input constant jsonb := private.input_of(
    'export_me', jsonb_build_object('after', after, 'limit', "limit")
  );
begin
  perform private.raise_field_errors(
    private.check_export_cursor(v_input) || private.check_whole(v_input, 'limit', 'Limit')
  );

  return private.export_piece(
    v_user_id,
    v_input ->> 'after',
    least(coalesce((v_input ->> 'limit')::bigint, 500), 500)::integer
  );
end;
$$;

comment on function api.export_me(text, jsonb) is
  'Returns a piece of all data stored about the caller. Pieces together have {profile, projects,
memberships, tasks, deliverables, uploads, conversations, messages, notifications,
notificationPreferences, blockedUsers, securityEvents, reviewsWritten, reviewsReceived, calendarLink,
auditEvents, sessions}. The first has everything but the lists that grow; each has as many items of
these as the limit allows, oldest first. A list that several pieces have is their items in a row.
after: next of the piece before. limit: items of a piece, default 500, at most 500.
Returns {exportedAt, next} and parts of the above. next is null in the last piece. Each piece shows the
moment exportedAt. What is there from the first to the last is in one of them; what is deleted meanwhile
may be missing.
projects: those the caller created. tasks: in those projects, or assigned to the
caller. memberships: current and past. deliverables: in those projects, or submitted by the caller.
messages: those the caller sent. calendarLink: without its secret. auditEvents: those the caller
caused, and those about the caller.
Requires: a signed-in user.
Errors: VALIDATION_ERROR, NOT_AUTHENTICATED, SESSION_REVOKED.';

grant execute on function api.export_me(text, jsonb) to authenticated;
