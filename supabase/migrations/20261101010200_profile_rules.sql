-- What a profile may hold, said once and enforced for every path by triggers. The table's own
-- constraints stand behind it.

-- Complaints about a profile or a patch of one, for an account of the given type.
create function private.profile_complaints(p_input jsonb, p_user_type text)
  returns jsonb
  language plpgsql
  stable
  set search_path = ''
as $$
begin
  return private.check_text(p_input, 'name', 'Name', 1, 255)
    || private.check_role_fields(p_input, p_user_type)
    || private.check_text(p_input, 'companyName', 'Company name', 0, 255)
    || private.check_text(p_input, 'professionalTitle', 'Professional title', 0, 255)
    || private.check_text(p_input, 'bio', 'Bio', 0, 500)
    || private.check_skills(p_input)
    || private.check_portfolio(p_input)
    || private.check_hourly_rate(p_input)
    || private.check_choice(
      p_input, 'availability', 'Availability',
      array['available_now', 'available_1_2_weeks', 'available_2_4_weeks', 'not_available'], true
    )
    || private.check_link(p_input, 'linkedinUrl', 'LinkedIn link')
    || private.check_link(p_input, 'twitterUrl', 'Twitter link')
    || private.check_link(p_input, 'instagramUrl', 'Instagram link')
    || private.check_link(p_input, 'youtubeUrl', 'YouTube link')
    || private.check_link(p_input, 'githubUrl', 'GitHub link');
end;
$$;

-- Fields of the other kind of account.
create function private.check_role_fields(p_input jsonb, p_user_type text)
  returns jsonb
  language sql
  immutable
  set search_path = ''
as $$
  select coalesce(
    jsonb_agg(
      jsonb_build_object('field', field, 'message', format('%s is for %ss only.', field, owner))
    ),
    '[]'
  )
  from (
    values
      ('companyName', 'creator'), ('professionalTitle', 'talent'), ('bio', 'talent'),
      ('skills', 'talent'), ('portfolioLinks', 'talent'), ('hourlyRate', 'talent'),
      ('availability', 'talent')
  ) as fields (field, owner)
  where p_input ? field and owner <> p_user_type
$$;

create function private.check_skills(p_input jsonb)
  returns jsonb
  language plpgsql
  stable
  set search_path = ''
as $$
declare
  v_list constant jsonb := p_input -> 'skills';
  v_skills text[];
  v_unknown text;
begin
  if coalesce(jsonb_typeof(v_list), 'null') = 'null' then
    return '[]';
  end if;

  if not private.is_text_list(v_list) then
    return private.complaint('skills', 'Skills have to be a list of names.');
  end if;

  if jsonb_array_length(v_list) > 100 then
    return private.complaint('skills', 'At most 10 skills are possible.');
  end if;

  v_skills := private.canonical_skills(private.text_array(v_list));

  if cardinality(v_skills) > 10 then
    return private.complaint('skills', 'At most 10 skills are possible.');
  end if;

  select string_agg(format('"%s"', left(chosen.name, 100)), ', ')
  into v_unknown
  from unnest(v_skills) as chosen (name)
  where not exists (select from public.skills as s where s.name = chosen.name);

  return case
    when v_unknown is null then '[]'
    else private.complaint('skills', format('Not in the list of skills: %s.', v_unknown))
  end;
end;
$$;

create function private.check_portfolio(p_input jsonb)
  returns jsonb
  language plpgsql
  immutable
  set search_path = ''
as $$
declare
  v_list constant jsonb := p_input -> 'portfolioLinks';
begin
  return case
    when coalesce(jsonb_typeof(v_list), 'null') = 'null' then '[]'
    when not private.is_text_list(v_list) then
      private.complaint('portfolioLinks', 'Portfolio links have to be a list of web addresses.')
    when jsonb_array_length(v_list) > 5 then
      private.complaint('portfolioLinks', 'At most 5 portfolio links are possible.')
    when exists (
      select
      from unnest(private.text_array(v_list)) as link
      where not private.is_web_address(private.clean_line(link))
    ) then private.complaint(
      'portfolioLinks',
      'Each portfolio link has to be a web address (http or https, at most 2048 characters).'
    )
    else '[]'
  end;
end;
$$;

create function private.check_hourly_rate(p_input jsonb)
  returns jsonb
  language plpgsql
  immutable
  set search_path = ''
as $$
declare
  v_type constant text := jsonb_typeof(p_input -> 'hourlyRate');
  v_rate numeric;
begin
  if coalesce(v_type, 'null') = 'null' then
    return '[]';
  end if;

  if v_type = 'number' then
    v_rate := (p_input ->> 'hourlyRate')::numeric;
  end if;

  return case
    when v_rate between 5 and 500 and v_rate = round(v_rate, 2) then '[]'
    else private.complaint(
      'hourlyRate', 'Hourly rate has to be 5.00 to 500.00 with at most two decimals.'
    )
  end;
end;
$$;

create function private.is_text_list(p_list jsonb)
  returns boolean
  language sql
  immutable
  parallel safe
  set search_path = ''
as $$
  select jsonb_typeof(p_list) = 'array'
    and not jsonb_path_exists(p_list, '$[*] ? (@.type() != "string")')
$$;

-- They run inside triggers and api functions as the caller, and read nothing but the public list of
-- skills.
grant execute on function
  private.profile_complaints(jsonb, text),
  private.check_role_fields(jsonb, text),
  private.check_skills(jsonb),
  private.check_portfolio(jsonb),
  private.check_hourly_rate(jsonb),
  private.is_text_list(jsonb)
to authenticated, service_role;

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
  perform private.raise_complaints(private.profile_complaints(v_row, new.user_type));
  return new;
end;
$$;

create trigger _200_validate
  before insert or update on public.profiles
  for each row
  when (new.deleted_at is null)
  execute function private.tg_profiles__validate();

-- Whoever writes: a creator stays a creator.
create function private.tg_profiles__keep_user_type()
  returns trigger
  language plpgsql
  set search_path = ''
as $$
begin
  raise sqlstate 'PT403' using
    message = 'The type of an account never changes.',
    hint = 'FORBIDDEN';
end;
$$;

create trigger _210_keep_user_type
  before update of user_type on public.profiles
  for each row
  when (old.user_type is distinct from new.user_type)
  execute function private.tg_profiles__keep_user_type();

-- For every table that shows when it was changed.
create function private.tg__touch()
  returns trigger
  language plpgsql
  set search_path = ''
as $$
begin
  new.updated_at := now();
  return new;
end;
$$;

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
