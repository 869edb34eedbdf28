-- Triggers that normalise and validate profiles for every way to write them.

create function private.tg_profiles__normalise()
  returns trigger
  language plpgsql
  set search_path = ''
as $$
begin
  new.name := private.clean_line(new.name);
  new.company_name := nullif(private.clean_line(new.company_name), '');
  new.professional_title := nullif(private.clean_line(new.professional_title), '');
  new.bio := nullif(private.clean_text(new.bio), '');
  new.skills := private.canonical_skills(coalesce(new.skills, '{}'));
  new.portfolio_links := array(
    select private.clean_line(link)
    from unnest(coalesce(new.portfolio_links, '{}')) with ordinality as links (link, place)
    order by place
  );
  new.linkedin_url := nullif(private.clean_line(new.linkedin_url), '');
  new.twitter_url := nullif(private.clean_line(new.twitter_url), '');
  new.instagram_url := nullif(private.clean_line(new.instagram_url), '');
  new.youtube_url := nullif(private.clean_line(new.youtube_url), '');
  new.github_url := nullif(private.clean_line(new.github_url), '');
  return new;
end;
$$;

create trigger _100_normalise
  before insert or update of
    name, company_name, professional_title, bio, skills, portfolio_links,
    linkedin_url, twitter_url, instagram_url, youtube_url, github_url
  on public.profiles
  for each row
  execute function private.tg_profiles__normalise();

create function private.tg_profiles__validate()
  returns trigger
  language plpgsql
  set search_path = ''
as $$
declare
  v_row constant jsonb := jsonb_strip_nulls(jsonb_build_object(
    'companyName', new.company_name,
    'professionalTitle', new.professional_title,
    'bio', new.bio,
    'skills', nullif(to_jsonb(new.skills), '[]'),
    'portfolioLinks', nullif(to_jsonb(new.portfolio_links), '[]'),
    'hourlyRate', new.hourly_rate,
    'availability', new.availability,
    'linkedinUrl', new.linkedin_url,
    'twitterUrl', new.twitter_url,
    'instagramUrl', new.instagram_url,
    'youtubeUrl', new.youtube_url,
    'githubUrl', new.github_url
  )) || jsonb_build_object('name', new.name);
begin
  perform private.raise_field_errors(private.profile_field_errors(v_row, new.user_type));
  return new;
end;
$$;

create trigger _200_validate
  before insert or update on public.profiles
  for each row
  when (new.deleted_at is null)
  execute function private.tg_profiles__validate();

-- The user type cannot be changed, not even by the service role.
create function private.tg_profiles__keep_user_type()
  returns trigger
  language plpgsql
  set search_path = ''
as $$
begin
  raise sqlstate 'PT403' using
    message = 'The user type of an account cannot be changed.',
    hint = 'FORBIDDEN';
end;
$$;

create trigger _210_keep_user_type
  before update of user_type on public.profiles
  for each row
  when (old.user_type is distinct from new.user_type)
  execute function private.tg_profiles__keep_user_type();

create trigger _300_touch
  before update on public.profiles
  for each row
  when (
    (old.name, old.avatar_url, old.company_name, old.professional_title, old.bio, old.skills,
      old.portfolio_links, old.hourly_rate, old.availability, old.linkedin_url, old.twitter_url,
      old.instagram_url, old.youtube_url, old.github_url)
    is distinct from
    (new.name, new.avatar_url, new.company_name, new.professional_title, new.bio, new.skills,
      new.portfolio_links, new.hourly_rate, new.availability, new.linkedin_url, new.twitter_url,
      new.instagram_url, new.youtube_url, new.github_url)
  )
  execute function private.tg__touch();
