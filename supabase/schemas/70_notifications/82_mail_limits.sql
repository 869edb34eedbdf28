-- Limits of notification mails. Mails of one kind that one user causes for another become one mail,
-- and nobody gets more than a few per hour: what is over the limit waits and is merged.

-- Merges the waiting mails of a recipient that have the same kind and sender, as soon as one of them
-- is due. The merged mail has the sentences of all as `items` (at most 20) and their number as
-- `itemCount`. A requested revision stays a mail of its own, because it quotes the feedback.
create function private.merge_mails()
  returns void
  language plpgsql
  security definer
  set search_path = ''
as $$
declare
  v_group record;
begin
  for v_group in
    select o.user_id, o.recipient, o.kind, o.sender_id
    from private.outbox as o
    where o.status = 'pending'
      and o.attempts = 0
      and private.notification_defaults() ? o.kind
      and o.kind <> 'revision_requested'
    group by o.user_id, o.recipient, o.kind, o.sender_id
    having count(*) > 1 and min(o.next_attempt_at) <= now()
  loop
    perform private.merge_group(
      v_group.user_id, v_group.recipient, v_group.kind, v_group.sender_id
    );
  end loop;
end;
$$;

create function private.merge_group(
  p_user_id uuid, p_recipient text, p_kind text, p_sender_id uuid
)
  returns void
  language plpgsql
  security definer
  set search_path = ''
as $$
declare
  v_ids uuid[];
  v_items jsonb;
  v_count integer;
begin
  with waiting as (
    select o.id, o.payload, o.created_at
    from private.outbox as o
    where o.user_id = p_user_id
      and o.recipient = p_recipient
      and o.kind = p_kind
      and o.sender_id is not distinct from p_sender_id
      and o.status = 'pending'
      and o.attempts = 0
    for update skip locked
  )
  select
    array_agg(w.id order by w.created_at, w.id),
    jsonb_path_query_array(
      jsonb_agg(
        coalesce(w.payload -> 'items', jsonb_build_array(w.payload -> 'message'))
        order by w.created_at, w.id
      ),
      '$[*][*]'
    ),
    sum(coalesce((w.payload ->> 'itemCount')::integer, 1))
  into v_ids, v_items, v_count
  from waiting as w;

  update private.outbox
  set
    next_attempt_at = now(),
    payload = payload || jsonb_build_object(
      'items', jsonb_path_query_array(v_items, '$[0 to 19]'), 'itemCount', v_count
    )
  where id = v_ids[1] and v_count > 1;

  update private.outbox
  set status = 'suppressed', payload = '{}'
  where id = any (v_ids[2:]);
end;
$$;

-- Returns whether another mail may be sent now: p_more_to and p_more_from were allowed in this moment.
create function private.may_mail(p_mail private.outbox, p_more_to bigint, p_more_from bigint)
  returns boolean
  language sql
  stable
  security definer
  set search_path = ''
as $$
  select received.hour + p_more_to < 30
    and received.day + p_more_to < 120
    and (
      p_mail.sender_id is null
      or received.hour_from_sender + p_more_to < 6
      and received.day_from_sender + p_more_to < 30
      and sent.hour + p_more_from < 100
    )
  from (
    select
      count(*) filter (where recent) as hour,
      count(*) as day,
      count(*) filter (where recent and from_sender) as hour_from_sender,
      count(*) filter (where from_sender) as day_from_sender
    from (
      select
        o.sent_at is null or o.sent_at > now() - interval '1 hour' as recent,
        o.sender_id = p_mail.sender_id as from_sender
      from private.outbox as o
      where o.user_id = p_mail.user_id
        and private.notification_defaults() ? o.kind
        and (o.sent_at > now() - interval '1 day' or o.status = 'sending')
    ) as mails
  ) as received
  cross join (
    select count(*) as hour
    from private.outbox as o
    where o.sender_id = p_mail.sender_id
      and (o.sent_at > now() - interval '1 hour' or o.status = 'sending')
  ) as sent
$$;

-- Lets due mails over a limit wait for 10 minutes. Meanwhile they are merged with newer ones.
create function private.postpone_mails()
  returns void
  language plpgsql
  security definer
  set search_path = ''
as $$
declare
  v_mail private.outbox;
  v_to jsonb := '{}';
  v_from jsonb := '{}';
  v_more_to bigint;
  v_more_from bigint;
begin
  for v_mail in
    select o.*
    from private.outbox as o
    where o.status = 'pending'
      and o.next_attempt_at <= now()
      and private.notification_defaults() ? o.kind
    order by o.next_attempt_at
    limit 1000
  loop
    v_more_to := coalesce((v_to ->> v_mail.user_id::text)::bigint, 0);
    v_more_from := coalesce((v_from ->> v_mail.sender_id::text)::bigint, 0);

    if private.may_mail(v_mail, v_more_to, v_more_from) then
      v_to := v_to || jsonb_build_object(v_mail.user_id, v_more_to + 1);
      v_from := v_from || jsonb_build_object(coalesce(v_mail.sender_id::text, ''), v_more_from + 1);
    else
      update private.outbox
      set next_attempt_at = now() + interval '10 minutes'
      where id = v_mail.id and status = 'pending';
    end if;
  end loop;
end;
$$;
