-- Keeps a talent's rating beside the profile: how many reviews there are of each number of stars, their sum
-- and their average. Changes under the profile's row lock, so it is exact however many creators
-- review at once; lists and search never count reviews.

alter table public.profiles
  add column rating_counts integer[] not null default '{0,0,0,0,0}',
  add constraint rating_counts_are_five check (
    cardinality(rating_counts) = 5 and 0 <= all (rating_counts)
  );

comment on column public.profiles.rating_counts is
  'How many reviews have 1, 2, 3, 4 and 5 stars.';

create function private.tg_reviews__count()
  returns trigger
  language plpgsql
  security definer
  set search_path = ''
as $$
declare
  v_counts integer[];
  v_total integer;
begin
  select p.rating_counts
  into v_counts
  from public.profiles as p
  where p.id = new.talent_id
  for no key update;

  if tg_op = 'UPDATE' and old.deleted_at is null then
    v_counts[old.rating] := v_counts[old.rating] - 1;
  end if;
  if new.deleted_at is null then
    v_counts[new.rating] := v_counts[new.rating] + 1;
  end if;

  v_total := (select sum(c) from unnest(v_counts) as c);

  update public.profiles
  set
    rating_counts = v_counts,
    total_reviews = v_total,
    average_rating = (
      select round(sum(c * stars)::numeric / nullif(v_total, 0), 1)
      from unnest(v_counts) with ordinality as counted (c, stars)
    )
  where id = new.talent_id;

  return null;
end;
$$;

create trigger _500_count
  after insert on public.reviews
  for each row
  execute function private.tg_reviews__count();

create trigger _501_count_changes
  after update of rating, deleted_at on public.reviews
  for each row
  when ((old.rating, old.deleted_at) is distinct from (new.rating, new.deleted_at))
  execute function private.tg_reviews__count();
