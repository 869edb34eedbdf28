-- Profiles, one row per account. Email address and password are stored in Auth only. All signed-in
-- users can read the profiles of talents. Creators see only their own; other users see a card of
-- them.

create table public.profiles (
  id uuid primary key references auth.users (id) on delete cascade,
  user_type text not null,
  name text not null,
  avatar_url text,

  -- Creators
  company_name text,

  -- Talents
  professional_title text,
  bio text,
  skills text[] not null default '{}',
  portfolio_links text[] not null default '{}',
  hourly_rate numeric(6, 2),
  availability text,
  average_rating numeric(2, 1),
  total_reviews integer not null default 0,

  linkedin_url text,
  twitter_url text,
  instagram_url text,
  youtube_url text,
  github_url text,

  profile_completion_percentage integer not null generated always as (
    case user_type
      when 'talent' then
        case when avatar_url is null then 0 else 10 end
        + case when professional_title is null then 0 else 15 end
        + case when bio is null then 0 else 15 end
        + case when skills = '{}' then 0 else 20 end
        + case when portfolio_links = '{}' then 0 else 15 end
        + case when hourly_rate is null then 0 else 10 end
        + case when availability is null then 0 else 10 end
        + case
            when num_nulls(linkedin_url, twitter_url, instagram_url, youtube_url, github_url) = 5
              then 0 else 5
          end
      else
        case when avatar_url is null then 0 else 40 end
        + case when company_name is null then 0 else 40 end
        + case
            when num_nulls(linkedin_url, twitter_url, instagram_url, youtube_url, github_url) = 5
              then 0 else 20
          end
    end
  ) stored,

  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  deleted_at timestamptz,

  constraint user_type_is_creator_or_talent check (user_type in ('creator', 'talent')),
  constraint name_has_1_to_255_characters check (char_length(name) between 1 and 255),
  constraint company_name_is_for_creators check (company_name is null or user_type = 'creator'),
  constraint talent_fields_are_for_talents check (
    user_type = 'talent' or (
      num_nonnulls(professional_title, bio, hourly_rate, availability, average_rating) = 0
      and skills = '{}' and portfolio_links = '{}' and total_reviews = 0
    )
  ),
  constraint company_name_has_at_most_255_characters check (char_length(company_name) <= 255),
  constraint title_has_at_most_255_characters check (char_length(professional_title) <= 255),
  constraint bio_has_at_most_500_characters check (char_length(bio) <= 500),
  constraint at_most_10_skills check (cardinality(skills) <= 10),
  constraint at_most_5_portfolio_links check (cardinality(portfolio_links) <= 5),
  constraint hourly_rate_is_5_to_500 check (hourly_rate between 5 and 500),
  constraint availability_is_known check (
    availability in ('available_now', 'available_1_2_weeks', 'available_2_4_weeks', 'not_available')
  ),
  constraint rating_only_with_reviews check ((average_rating is null) = (total_reviews = 0)),
  constraint rating_is_1_to_5 check (average_rating between 1 and 5)
);

comment on table public.profiles is
  'One row per account, created at sign-up. user_type never changes. The email address is stored in
auth.users only.';
comment on column public.profiles.id is 'Primary key: the id of the account in auth.users.';
comment on column public.profiles.user_type is 'creator or talent. Chosen at sign-up.';
comment on column public.profiles.name is 'Name that other users see: 1 to 255 characters.';
comment on column public.profiles.avatar_url is
  'Public address of the picture; null without one. Set by api.update_me from an uploaded file.';
comment on column public.profiles.company_name is
  'For creators: at most 255 characters; null if not set.';
comment on column public.profiles.professional_title is
  'For talents: at most 255 characters; null if not set.';
comment on column public.profiles.bio is 'For talents: at most 500 characters; null if not set.';
comment on column public.profiles.skills is
  'For talents: at most 10 names of public.skills, in their spelling.';
comment on column public.profiles.portfolio_links is
  'For talents: at most 5 web addresses (http or https), each with at most 2,048 characters.';
comment on column public.profiles.hourly_rate is
  'For talents: US dollars per hour, 5 to 500; null if not set.';
comment on column public.profiles.availability is
  'For talents: available_now, available_1_2_weeks, available_2_4_weeks or not_available; null if
not set.';
comment on column public.profiles.average_rating is
  'Average of the talent''s reviews with one decimal; null without reviews.';
comment on column public.profiles.total_reviews is
  'Number of the talent''s reviews, without deleted ones. Maintained by triggers.';
comment on column public.profiles.linkedin_url is
  'Web address of the LinkedIn page: at most 2,048 characters; null if not set.';
comment on column public.profiles.twitter_url is
  'Web address of the Twitter page: at most 2,048 characters; null if not set.';
comment on column public.profiles.instagram_url is
  'Web address of the Instagram page: at most 2,048 characters; null if not set.';
comment on column public.profiles.youtube_url is
  'Web address of the YouTube page: at most 2,048 characters; null if not set.';
comment on column public.profiles.github_url is
  'Web address of the GitHub page: at most 2,048 characters; null if not set.';
comment on column public.profiles.profile_completion_percentage is
  'How much of the profile is set: 0 to 100. Computed; which fields count depends on user_type.';
comment on column public.profiles.created_at is 'When the account was created.';
comment on column public.profiles.updated_at is
  'When a field of the profile changed last. New reviews do not count.';
comment on column public.profiles.deleted_at is
  'Set when the account is deleted. Personal data is erased 30 days later; content stays under
"Deleted user".';

create index profiles_user_type_idx on public.profiles (user_type, created_at);
create index profiles_created_at_idx on public.profiles (created_at);

alter table public.profiles enable row level security;

create policy all_live_session on public.profiles
  as restrictive for all to authenticated
  using ((select private.session_is_live()))
  with check ((select private.session_is_live()));

create policy select_talents_and_self on public.profiles
  for select to authenticated
  using (deleted_at is null and (user_type = 'talent' or id = (select auth.uid())));

create policy update_self on public.profiles
  for update to authenticated
  using (deleted_at is null and id = (select auth.uid()))
  with check (id = (select auth.uid()));

-- No grant for insert (sign-up creates the row) and delete (api.delete_me). Not updatable:
-- user_type, avatar (set by api.update_me from an upload), ratings and times.
grant select on public.profiles to authenticated;
grant update (
  name, company_name, professional_title, bio, skills, portfolio_links, hourly_rate, availability,
  linkedin_url, twitter_url, instagram_url, youtube_url, github_url
) on public.profiles to authenticated;
grant select, insert, update, delete on public.profiles to service_role;
