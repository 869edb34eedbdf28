-- Who may review whom and what a review may hold, for every path.

-- A whole number of stars. An absent key is not checked.
create function private.check_rating(p_input jsonb)
  returns jsonb
  language plpgsql
  immutable
  set search_path = ''
as $$
declare
  v_rating constant jsonb := p_input -> 'rating';
begin
  return case
    when v_rating is null or v_rating in ('1', '2', '3', '4', '5') then '[]'
    when v_rating = 'null' then private.field_error('rating', 'Rating is required.')
    else private.field_error('rating', 'Rating must be a whole number from 1 to 5.')
  end;
end;
$$;

create function private.review_field_errors(p_input jsonb)
  returns jsonb
  language plpgsql
  immutable
  set search_path = ''
as $$
begin
  return private.check_uuid(p_input, 'talentId', 'Talent id')
    || private.check_uuid(p_input, 'projectId', 'Project id')
    || private.check_rating(p_input)
    || private.check_text(p_input, 'text', 'Text', 1, 2000);
end;
$$;

-- Pure; triggers and api functions run them as the caller.
grant execute on function
  private.review_field_errors(jsonb),
  private.check_rating(jsonb)
to authenticated, service_role;

create function private.tg_reviews__normalise()
  returns trigger
  language plpgsql
  set search_path = ''
as $$
begin
  new.text := private.clean_text(new.text);
  return new;
end;
$$;

create trigger _100_normalise
  before insert or update of text on public.reviews
  for each row
  execute function private.tg_reviews__normalise();

-- Raises CREATOR_ONLY instead of a bare policy error.
create function private.tg_reviews__creators_only()
  returns trigger
  language plpgsql
  set search_path = ''
as $$
begin
  perform private.require_creator();
  return new;
end;
$$;

create trigger _200_creators_only
  before insert on public.reviews
  for each row
  when (current_user = 'authenticated')
  execute function private.tg_reviews__creators_only();

create function private.tg_reviews__validate()
  returns trigger
  language plpgsql
  set search_path = ''
as $$
begin
  perform private.raise_field_errors(private.review_field_errors(jsonb_build_object(
    'talentId', new.talent_id, 'projectId', new.project_id, 'rating', new.rating, 'text', new.text
  )));
  return new;
end;
$$;

create trigger _210_validate
  before insert or update of rating, text on public.reviews
  for each row
  execute function private.tg_reviews__validate();

-- The project must be the author's own and completed, and the talent must have been on its team when it
-- was completed, or have an approved deliverable in it. Definer: reads memberships and deliverables
-- that are long over.
create function private.tg_reviews__worked_together()
  returns trigger
  language plpgsql
  security definer
  set search_path = ''
as $$
declare
  v_project public.projects;
begin
  -- Held, so that the project is still completed when the review is there.
  select p.*
  into v_project
  from public.projects as p
  where p.id = new.project_id and p.deleted_at is null
  for share;

  if not found then
    raise sqlstate 'PT404' using
      message = 'Project not found.',
      hint = 'NOT_FOUND';
  end if;

  if v_project.creator_id <> new.creator_id then
    raise sqlstate 'PT403' using
      message = 'You can review talents only for your own projects.',
      hint = 'FORBIDDEN';
  end if;

  if v_project.status <> 'completed'
    or not private.has_worked(new.talent_id, v_project.id, v_project.completed_at)
  then
    raise sqlstate 'PT400' using
      message = 'You have no completed project with this talent.',
      hint = 'NO_COMPLETED_PROJECT';
  end if;

  if exists (
    select
    from public.reviews as r
    where r.creator_id = new.creator_id
      and r.talent_id = new.talent_id
      and r.project_id = new.project_id
      and r.deleted_at is null
  ) then
    raise sqlstate 'PT400' using
      message = 'You have already reviewed this talent for this project.',
      hint = 'ALREADY_REVIEWED';
  end if;

  return new;
end;
$$;

create trigger _220_worked_together
  before insert on public.reviews
  for each row
  execute function private.tg_reviews__worked_together();

create function private.has_worked(
  p_talent_id uuid, p_project_id uuid, p_completed_at timestamptz
)
  returns boolean
  language plpgsql
  stable
  security definer
  set search_path = ''
as $$
begin
  return private.account_exists(p_talent_id) and (
    exists (
      select
      from public.project_members as m
      where m.project_id = p_project_id
        and m.user_id = p_talent_id
        and m.joined_at <= p_completed_at
        and (m.removed_at is null or m.removed_at >= p_completed_at)
    )
    or exists (
      select
      from public.deliverables as d
      where d.project_id = p_project_id
        and d.submitted_by_id = p_talent_id
        and d.status = 'approved'
        and d.deleted_at is null
    )
  );
end;
$$;

create trigger _310_touch
  before update of rating, text on public.reviews
  for each row
  when ((old.rating, old.text) is distinct from (new.rating, new.text))
  execute function private.tg__touch();
