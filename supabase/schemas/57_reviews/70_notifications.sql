-- The notification of a new review.

create function private.tg_reviews__notify_received()
  returns trigger
  language plpgsql
  security definer
  set search_path = ''
as $$
begin
  perform private.notify(
    new.talent_id, new.creator_id, 'review_received', 'New Review',
    format(
      '%s reviewed your work on %s: %s of 5 stars',
      private.card_name(new.creator_id), p.name, new.rating
    ),
    'review', new.id, jsonb_build_object('projectId', new.project_id),
    jsonb_build_object('projectName', p.name, 'rating', new.rating, 'text', new.text)
  )
  from public.projects as p
  where p.id = new.project_id;

  return null;
end;
$$;

create trigger _900_notify_received
  after insert on public.reviews
  for each row
  execute function private.tg_reviews__notify_received();
