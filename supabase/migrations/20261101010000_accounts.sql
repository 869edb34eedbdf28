-- Release 0.2.0, from supabase/schemas/10_accounts. A later change is made there and in a migration of its own.


-- ── 10_accounts/10_skills.sql ───────────────────────────────────────────────────────────────────

-- The skills that talents can choose from. Public: sign-up forms show them without a session.

create table public.skills (
  id uuid primary key default gen_random_uuid(),
  name text not null,

  constraint name_is_trimmed_and_has_1_to_100_characters check (
    name = btrim(name) and char_length(name) between 1 and 100
  )
);

comment on table public.skills is 'The predefined skills in their canonical spelling.';

create unique index skills_name_key on public.skills (lower(name));

insert into public.skills (name)
values
  ('2D Animation'), ('3D Animation'), ('3D Modeling'), ('3D Rendering'), ('Accessibility Design'),
  ('Adobe Illustrator'), ('Adobe Photoshop'), ('Adobe Premiere Pro'), ('After Effects'),
  ('Animation'), ('Art Direction'), ('Audio Editing'), ('Audio Mixing'), ('Blender'),
  ('Brand Strategy'), ('Branding'), ('Casting'), ('Character Animation'), ('Character Design'),
  ('Cinema 4D'), ('Cinematography'), ('Color Grading'), ('Compositing'), ('Concept Art'),
  ('Content Strategy'), ('Copywriting'), ('Creative Direction'), ('DaVinci Resolve'),
  ('Design Systems'), ('Directing'), ('Drone Videography'), ('Editorial Design'),
  ('Fashion Photography'), ('Figma'), ('Film Scoring'), ('Final Cut Pro'), ('Game Art'),
  ('Graphic Design'), ('Illustration'), ('Information Architecture'), ('Interaction Design'),
  ('Layout Design'), ('Lettering'), ('Lighting'), ('Live Streaming'), ('Logo Design'),
  ('Makeup Artistry'), ('Motion Graphics'), ('Music Composition'), ('Music Production'),
  ('Packaging Design'), ('Photo Retouching'), ('Photography'), ('Podcast Production'),
  ('Post-Production'), ('Presentation Design'), ('Print Design'), ('Producing'),
  ('Product Design'), ('Product Photography'), ('Production Design'), ('Project Management'),
  ('Prototyping'), ('Rigging'), ('Rotoscoping'), ('Scriptwriting'), ('Set Design'),
  ('Social Media Content'), ('Sound Design'), ('Storyboarding'), ('Storytelling'), ('Styling'),
  ('Subtitling'), ('Translation'), ('Typography'), ('UI Design'), ('UI/UX Design'),
  ('Unreal Engine'), ('User Research'), ('UX Design'), ('UX Writing'), ('Video Editing'),
  ('Video Production'), ('Videography'), ('Visual Effects'), ('Visual Identity'), ('Voice Over'),
  ('Web Design'), ('Web Development'), ('Webflow'), ('Wireframing');

alter table public.skills enable row level security;

create policy select_everybody on public.skills
  for select to anon, authenticated
  using (true);

-- Read-only: migrations add skills.
grant select on public.skills to anon, authenticated;
grant select, insert, update, delete on public.skills to service_role;

-- Returns skills in their canonical spelling: matched case-insensitively, without duplicates, in
-- the given order. Unknown skills are returned unchanged; the validator reports them.
create function private.canonical_skills(p_names text[])
  returns text[]
  language plpgsql
  stable
  set search_path = ''
as $$
begin
  return (
    select coalesce(array_agg(name order by place), '{}')
    from (
      select coalesce(s.name, private.clean_line(given.name)) as name, min(given.place) as place
      from unnest(p_names) with ordinality as given (name, place)
      left join public.skills as s on lower(s.name) = lower(private.clean_line(given.name))
      group by 1
    ) as chosen
  );
end;
$$;

-- Runs as the caller, in the triggers and validator of profiles; reads the public list.
grant execute on function private.canonical_skills(text[]) to authenticated, service_role;


-- ── 10_accounts/20_profiles.sql ─────────────────────────────────────────────────────────────────

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
comment on column public.profiles.hourly_rate is 'In US dollars.';
comment on column public.profiles.average_rating is
  'Average of the talent''s reviews with one decimal; null without reviews.';
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


-- ── 10_accounts/21_profile_checks.sql ───────────────────────────────────────────────────────────

-- Validation of profiles, used by the operations and by the trigger of the table.

-- Returns the field errors of a profile, or of a patch of one, for the given user type.
create function private.profile_field_errors(p_input jsonb, p_user_type text)
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
    || private.check_availability(p_input)
    || private.check_link(p_input, 'linkedinUrl', 'LinkedIn link')
    || private.check_link(p_input, 'twitterUrl', 'Twitter link')
    || private.check_link(p_input, 'instagramUrl', 'Instagram link')
    || private.check_link(p_input, 'youtubeUrl', 'YouTube link')
    || private.check_link(p_input, 'githubUrl', 'GitHub link');
end;
$$;

-- Reports fields that belong to the other user type.
create function private.check_role_fields(p_input jsonb, p_user_type text)
  returns jsonb
  language plpgsql
  immutable
  set search_path = ''
as $$
begin
  return (
    select coalesce(
      jsonb_agg(
        jsonb_build_object(
          'field', field, 'message', format('Only %ss can set %s.', user_type, field)
        )
      ),
      '[]'
    )
    from (
      values
        ('companyName', 'creator'), ('professionalTitle', 'talent'), ('bio', 'talent'),
        ('skills', 'talent'), ('portfolioLinks', 'talent'), ('hourlyRate', 'talent'),
        ('availability', 'talent')
    ) as fields (field, user_type)
    where p_input ? field and user_type <> p_user_type
  );
end;
$$;

create function private.check_availability(p_input jsonb)
  returns jsonb
  language plpgsql
  immutable
  set search_path = ''
as $$
begin
  return private.check_choice(
    p_input, 'availability', 'Availability',
    array['available_now', 'available_1_2_weeks', 'available_2_4_weeks', 'not_available'], true
  );
end;
$$;

create function private.check_skills(p_input jsonb)
  returns jsonb
  language plpgsql
  stable
  set search_path = ''
as $$
declare
  v_errors constant jsonb := private.check_text_list(p_input, 'skills', 'Skills', 10);
  v_skills text[];
  v_unknown text;
begin
  if v_errors <> '[]' or coalesce(jsonb_typeof(p_input -> 'skills'), 'null') = 'null' then
    return v_errors;
  end if;

  v_skills := private.canonical_skills(private.text_array(p_input -> 'skills'));

  select string_agg(format('"%s"', left(chosen.name, 100)), ', ')
  into v_unknown
  from unnest(v_skills) as chosen (name)
  where not exists (select from public.skills as s where s.name = chosen.name);

  return case
    when v_unknown is null then '[]'
    else private.field_error(
      'skills', format('Skills must be names from the list of skills. Unknown: %s.', v_unknown)
    )
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
  v_errors constant jsonb := private.check_text_list(
    p_input, 'portfolioLinks', 'Portfolio links', 5
  );
begin
  if v_errors <> '[]' then
    return v_errors;
  end if;

  return coalesce(
    (
      select jsonb_agg(
        jsonb_build_object(
          'field', format('portfolioLinks[%s]', place - 1),
          'message',
          'Portfolio link must be a URL (http or https, at most 2048 characters).'
        )
        order by place
      )
      from unnest(private.text_array(p_input -> 'portfolioLinks'))
        with ordinality as list (link, place)
      where not private.is_web_address(private.clean_line(link))
    ),
    '[]'
  );
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
    else private.field_error(
      'hourlyRate', 'Hourly rate must be between 5.00 and 500.00, with at most 2 decimals.'
    )
  end;
end;
$$;

-- Run as the caller, in triggers and api functions; they read only the public list of skills.
grant execute on function
  private.profile_field_errors(jsonb, text),
  private.check_role_fields(jsonb, text),
  private.check_availability(jsonb),
  private.check_skills(jsonb),
  private.check_portfolio(jsonb),
  private.check_hourly_rate(jsonb)
to authenticated, service_role;


-- ── 10_accounts/22_profile_rules.sql ────────────────────────────────────────────────────────────

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


-- ── 10_accounts/23_credential_checks.sql ────────────────────────────────────────────────────────

-- Validation of email addresses and passwords. Auth stores both. These functions check Auth's
-- rules, so that one error reports every invalid field of a sign-up, with the same messages
-- everywhere.

-- Returns an email address as Auth stores it. Nothing is removed inside it: with other characters it
-- would be another address.
create function private.normalized_email(p_text text)
  returns text
  language plpgsql
  immutable
  parallel safe
  set search_path = ''
as $$
begin
  return lower(private.trim_space(p_text));
end;
$$;

-- Accepts what Auth accepts: the format of HTML's email input, at most 255 characters.
create function private.is_email(p_text text)
  returns boolean
  language plpgsql
  immutable
  parallel safe
  set search_path = ''
as $$
begin
  return char_length(p_text) <= 255 and p_text ~ (
    '^[a-zA-Z0-9.!#$%&''*+/=?^_`{|}~-]+'
    || '@[a-zA-Z0-9]([a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?'
    || '(\.[a-zA-Z0-9]([a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?)*$'
  );
end;
$$;

create function private.check_email(p_input jsonb, p_key text, p_label text)
  returns jsonb
  language plpgsql
  immutable
  set search_path = ''
as $$
declare
  v_required constant jsonb := private.check_text(p_input, p_key, p_label, 1, 255);
begin
  return case
    when v_required <> '[]' then v_required
    when private.is_email(private.trim_space(p_input ->> p_key)) then '[]'
    else private.field_error(p_key, p_label || ' must be a valid address such as ada@example.com.')
  end;
end;
$$;

-- Checks that a password can be stored: bcrypt reads at most 72 bytes.
create function private.check_password(p_input jsonb, p_key text, p_label text)
  returns jsonb
  language plpgsql
  immutable
  set search_path = ''
as $$
begin
  return case
    when coalesce(p_input ->> p_key, '') = ''
      then private.field_error(p_key, p_label || ' is required.')
    when jsonb_typeof(p_input -> p_key) <> 'string'
      then private.field_error(p_key, p_label || ' must be text.')
    when octet_length(p_input ->> p_key) > 72
      then private.field_error(p_key, p_label || ' must have at most 72 bytes.')
    else '[]'
  end;
end;
$$;

-- Returns whether a password is a common one, also with other case, digits for letters, or digits and
-- symbols around it: P@ssw0rd1! is password.
create function private.is_common_password(p_password text)
  returns boolean
  language sql
  immutable
  parallel safe
  set search_path = ''
as $$
  select regexp_replace(
    translate(
      regexp_replace(lower(p_password), '^[^a-z@$]+|[^a-z]+$', '', 'g'), '@4831!05$7', 'aabeiiosst'
    ),
    '[^a-z]', '', 'g'
  ) = any (array[
    'abc', 'abcd', 'abcdef', 'abcdefg', 'abcdefgh', 'access', 'admin', 'administrator', 'asdf',
    'asdfgh', 'azerty', 'baseball', 'batman', 'changeme', 'charlie', 'chelsea', 'computer',
    'default', 'dragon', 'flower', 'football', 'freedom', 'guest', 'hello', 'hunter', 'iloveyou',
    'jordan', 'letmein', 'liverpool', 'login', 'master', 'michael', 'monkey', 'mustang', 'onswift',
    'pass', 'passw', 'password', 'princess', 'qazwsx', 'qwer', 'qwert', 'qwerty', 'qwertyuiop',
    'root', 'samsung', 'secret', 'shadow', 'starwars', 'summer', 'sunshine', 'superman', 'temp',
    'test', 'trustno', 'user', 'welcome', 'whatever', 'winter', 'zaq', 'zaqwsx', 'zxcvbn'
  ])
$$;

-- Returns a field error for each rule of [auth] password_requirements that a password does not
-- meet. Separate from other field errors, because a weak password has its own error code.
create function private.password_weaknesses(p_input jsonb, p_key text, p_label text)
  returns jsonb
  language sql
  immutable
  set search_path = ''
as $$
  select coalesce(
    jsonb_agg(jsonb_build_object('field', p_key, 'message', p_label || ' ' || message)), '[]'
  )
  from (
    values
      ('^.{8,}$', 'must have at least 8 characters.'),
      ('[A-Z]', 'must contain an uppercase letter.'),
      ('[a-z]', 'must contain a lowercase letter.'),
      ('[0-9]', 'must contain a number.'),
      ('[]!@#$%^&*()_+=[{};''\\:"|<>?,./`~-]', 'must contain a special character.'),
      (null, 'must not be a common password.')
  ) as rules (pattern, message)
  where private.check_password(p_input, p_key, p_label) = '[]'
    and case
      when pattern is null then private.is_common_password(p_input ->> p_key)
      else p_input ->> p_key !~ pattern
    end
$$;

create function private.raise_credential_field_errors(p_errors jsonb, p_weaknesses jsonb)
  returns void
  language plpgsql
  immutable
  set search_path = ''
as $$
begin
  if p_errors = '[]' and p_weaknesses <> '[]' then
    raise sqlstate 'PT400' using
      message = 'The password is too weak.',
      detail = p_weaknesses::text,
      hint = 'WEAK_PASSWORD';
  end if;

  perform private.raise_field_errors(p_errors || p_weaknesses);
end;
$$;

-- Pure; called by definers and Auth's hook.
grant execute on function
  private.normalized_email(text),
  private.is_email(text),
  private.check_email(jsonb, text, text),
  private.check_password(jsonb, text, text),
  private.is_common_password(text),
  private.password_weaknesses(jsonb, text, text),
  private.raise_credential_field_errors(jsonb, jsonb)
to service_role;


-- ── 10_accounts/24_passwords.sql ────────────────────────────────────────────────────────────────

-- Passwords that users change through the operations of this database. Auth stores them; it demands a
-- code for a direct change, and its mail hook sends none, so these operations are the only way.

-- Auth demands the code only in sessions that are older than 24 hours. So every session is stored as
-- 25 hours older than it is. `my_sessions` shows the real time; [auth.sessions] timebox includes the
-- 25 hours.
create function private.session_head_start()
  returns interval
  language sql
  immutable
  parallel safe
  set search_path = ''
as $$
  select interval '25 hours'
$$;

create function private.tg_sessions__backdate()
  returns trigger
  language plpgsql
  security definer
  set search_path = ''
as $$
begin
  new.created_at := coalesce(new.created_at, now()) - private.session_head_start();
  return new;
end;
$$;

create trigger onswift_100_backdate
  before insert on auth.sessions
  for each row
  execute function private.tg_sessions__backdate();

-- Returns whether a password is the one with this bcrypt hash. Bcrypt's variants 2a, 2b and 2y differ
-- in name only; pgcrypto supports 2a.
create function private.password_matches(p_password text, p_hash text)
  returns boolean
  language plpgsql
  immutable
  set search_path = ''
as $$
declare
  v_hash constant text := regexp_replace(p_hash, '^\$2[by]\$', '$2a$');
begin
  return coalesce(v_hash ~ '^\$2a\$' and extensions.crypt(p_password, v_hash) = v_hash, false);
end;
$$;

-- Stores a new password, hashed as Auth does. Auth's own codes end with the old password.
create function private.store_password(p_user_id uuid, p_password text)
  returns void
  language plpgsql
  security definer
  set search_path = ''
as $$
declare
  v_old text;
begin
  select u.encrypted_password into v_old from auth.users as u where u.id = p_user_id for update;

  if private.password_matches(p_password, v_old) then
    perform private.raise_field_errors(private.field_error(
      'newPassword', 'New password must differ from the current password.'
    ));
  end if;

  update auth.users
  set
    encrypted_password = extensions.crypt(p_password, extensions.gen_salt('bf', 10)),
    confirmation_token = '', recovery_token = '', email_change = '', email_change_token_new = '',
    email_change_token_current = '', reauthentication_token = '', updated_at = now()
  where id = p_user_id;

  delete from auth.one_time_tokens where user_id = p_user_id;
end;
$$;

-- Returns whether a password is the caller's. Wrong passwords are counted for each session, so that a
-- stolen token cannot guess, and failed sign-ins of strangers do not stop the user. It returns false
-- instead of raising: an error would roll back the count. Definer: reads the hash from Auth's table.
create function private.password_is_correct(p_password text)
  returns boolean
  language plpgsql
  volatile
  security definer
  set search_path = ''
as $$
declare
  v_session constant text := 'session:' || (auth.jwt() ->> 'session_id');
  v_hash text;
begin
  perform private.lock_attempts(v_session);
  perform private.raise_rate_limited(
    'Too many failed attempts. Try again later.', private.failures_wait(v_session, null)
  );

  select u.encrypted_password into v_hash from auth.users as u where u.id = auth.uid();
  if private.password_matches(p_password, v_hash) then
    return true;
  end if;

  insert into private.login_failures (account) values (v_session);
  return false;
end;
$$;

-- The error of an operation that got a wrong password. It is returned in PostgREST's format, with the
-- status set, instead of raised: the transaction must commit, because it counted the attempt.
create function private.wrong_password()
  returns jsonb
  language plpgsql
  set search_path = ''
as $$
begin
  perform set_config('response.status', '403', true);
  return jsonb_build_object(
    'code', 'PT403', 'message', 'The password is wrong.', 'details', null, 'hint', 'WRONG_PASSWORD'
  );
end;
$$;

-- Runs as the caller, in api functions.
grant execute on function private.wrong_password() to authenticated;

-- Ends all sessions of the caller except the current one.
create function private.end_other_sessions(p_user_id uuid, p_session_id uuid)
  returns void
  language sql
  security definer
  set search_path = ''
as $$
  delete from auth.sessions where user_id = p_user_id and id is distinct from p_session_id
$$;


-- ── 10_accounts/30_sign_up.sql ──────────────────────────────────────────────────────────────────

-- Creates the profile of a new account. Sign-up sends its fields as user metadata. They are
-- validated before the account is created and read once, when the profile is created. Users can
-- change their metadata later; nothing reads it again.

create function private.sign_up_field_errors(p_data jsonb)
  returns jsonb
  language sql
  stable
  set search_path = ''
as $$
  select private.check_text(data, 'name', 'Name', 1, 255)
    || private.check_choice(data, 'userType', 'User type', array['creator', 'talent'])
    || case
      when data ->> 'userType' = 'talent' and data ->> 'companyName' is not null
        then private.field_error('companyName', 'Only creators can set companyName.')
      else private.check_text(data, 'companyName', 'Company name', 0, 255)
    end
  from (
    select '{"name": null, "userType": null}'
      || case when jsonb_typeof(p_data) = 'object' then p_data else '{}' end as data
  ) as sign_up
$$;

-- Auth's hook before a sign-up. Auth sends its errors to the client unchanged, but hides errors of
-- the trigger below.
create function private.before_user_created(event jsonb)
  returns jsonb
  language plpgsql
  stable
  security definer
  set search_path = ''
as $$
declare
  -- Auth does not pass the password; it checks it against the same rules.
  v_errors constant jsonb := private.check_email(
      jsonb_build_object('email', event #>> '{user,email}'), 'email', 'Email address'
    )
    || private.sign_up_field_errors(event #> '{user,user_metadata}');
begin
  if v_errors = '[]' then
    return '{}';
  end if;

  return jsonb_build_object('error', jsonb_build_object(
    'http_code', 400,
    'message', (
      select string_agg(item ->> 'message', ' ') from jsonb_array_elements(v_errors) as item
    )
  ));
end;
$$;

grant execute on function private.before_user_created(jsonb) to supabase_auth_admin;

-- Definer: runs as Auth's role, which has no rights on profiles. Accounts that an administrator
-- creates need the same metadata, but Auth does not call the hook for them.
create function private.tg_users__create_profile()
  returns trigger
  language plpgsql
  security definer
  set search_path = ''
as $$
begin
  perform private.raise_field_errors(private.sign_up_field_errors(new.raw_user_meta_data));

  insert into public.profiles (id, user_type, name, company_name, created_at)
  values (
    new.id,
    new.raw_user_meta_data ->> 'userType',
    new.raw_user_meta_data ->> 'name',
    new.raw_user_meta_data ->> 'companyName',
    coalesce(new.created_at, now())
  );

  return null;
end;
$$;

create trigger onswift_500_create_profile
  after insert on auth.users
  for each row
  execute function private.tg_users__create_profile();


-- ── 10_accounts/31_access_token.sql ─────────────────────────────────────────────────────────────

-- Auth's hook for every access token, new or refreshed. Adds userId and userType from the profile,
-- and refuses tokens for deleted accounts and for sign-ins with a code: Auth's codes and link tokens
-- derive from six digits, which can be guessed.

create function private.custom_access_token(event jsonb)
  returns jsonb
  language plpgsql
  stable
  security definer
  set search_path = ''
as $$
declare
  v_user_id constant uuid := (event ->> 'user_id')::uuid;
  v_user_type text;
begin
  if event ->> 'authentication_method' in (
    'otp', 'magiclink', 'recovery', 'invite', 'email/signup', 'email_change'
  ) then
    return jsonb_build_object('error', jsonb_build_object(
      'http_code', 403,
      'message', 'Codes and links cannot sign in. Sign in with the password.'
    ));
  end if;

  select p.user_type
  into v_user_type
  from public.profiles as p
  where p.id = v_user_id and p.deleted_at is null;

  if not found then
    return jsonb_build_object('error', jsonb_build_object(
      'http_code', 403,
      'message', 'This account has been deleted.'
    ));
  end if;

  return jsonb_build_object(
    'claims', event -> 'claims' || jsonb_build_object('userId', v_user_id, 'userType', v_user_type)
  );
end;
$$;

comment on function private.custom_access_token(jsonb) is
  'Adds userId and userType to the claims. For clients only: rules read the table, not the claims.';

grant execute on function private.custom_access_token(jsonb) to supabase_auth_admin;


-- ── 10_accounts/32_auth_input.sql ───────────────────────────────────────────────────────────────

-- Validation of credentials: before they are sent to Auth, because Auth reports one invalid field at a
-- time, with its own messages, and in operations on passwords and addresses. Each function takes the
-- input as it was sent and raises VALIDATION_ERROR with every invalid field, or WEAK_PASSWORD if only
-- the strength of the password is insufficient. They change nothing.

create function private.check_sign_up(p_input jsonb)
  returns jsonb
  language plpgsql
  stable
  security definer
  set search_path = ''
as $$
begin
  perform private.raise_credential_field_errors(
    private.check_keys(
      p_input, array['email', 'password', 'name', 'userType', 'companyName']
    )
    || private.check_email('{"email": null}' || p_input, 'email', 'Email address')
    || private.check_password('{"password": null}' || p_input, 'password', 'Password')
    || private.sign_up_field_errors(p_input),
    private.password_weaknesses(p_input, 'password', 'Password')
  );

  return jsonb_build_object('email', private.normalized_email(p_input ->> 'email'));
end;
$$;

create function private.check_sign_in(p_input jsonb)
  returns jsonb
  language plpgsql
  stable
  security definer
  set search_path = ''
as $$
begin
  perform private.raise_field_errors(
    private.check_keys(p_input, array['email', 'password'])
    || private.check_email('{"email": null}' || p_input, 'email', 'Email address')
    || private.check_text('{"password": null}' || p_input, 'password', 'Password', 1, 1000)
  );

  return jsonb_build_object('email', private.normalized_email(p_input ->> 'email'));
end;
$$;

create function private.check_forgot_password(p_input jsonb)
  returns jsonb
  language plpgsql
  stable
  security definer
  set search_path = ''
as $$
begin
  perform private.raise_field_errors(
    private.check_keys(p_input, array['email'])
    || private.check_email('{"email": null}' || p_input, 'email', 'Email address')
  );

  return jsonb_build_object('email', private.normalized_email(p_input ->> 'email'));
end;
$$;

create function private.check_password_reset(p_input jsonb)
  returns void
  language plpgsql
  stable
  security definer
  set search_path = ''
as $$
begin
  perform private.raise_credential_field_errors(
    private.check_keys(p_input, array['token', 'newPassword'])
    || private.check_text('{"token": null}' || p_input, 'token', 'Token', 1, 512)
    || private.check_password('{"newPassword": null}' || p_input, 'newPassword', 'New password'),
    private.password_weaknesses(p_input, 'newPassword', 'New password')
  );
end;
$$;

create function private.check_password_change(p_input jsonb)
  returns void
  language plpgsql
  stable
  security definer
  set search_path = ''
as $$
begin
  perform private.raise_credential_field_errors(
    private.check_keys(p_input, array['currentPassword', 'newPassword'])
    || private.check_text(
      '{"currentPassword": null}' || p_input, 'currentPassword', 'Current password', 1, 1000
    )
    || private.check_password('{"newPassword": null}' || p_input, 'newPassword', 'New password'),
    private.password_weaknesses(p_input, 'newPassword', 'New password')
  );
end;
$$;

-- Returns the new address as Auth stores it.
create function private.check_email_change(p_input jsonb)
  returns text
  language plpgsql
  stable
  security definer
  set search_path = ''
as $$
begin
  perform private.raise_field_errors(
    private.check_keys(p_input, array['password', 'newEmail'])
    || private.check_text('{"password": null}' || p_input, 'password', 'Password', 1, 1000)
    || private.check_email('{"newEmail": null}' || p_input, 'newEmail', 'New email address')
  );

  return private.normalized_email(p_input ->> 'newEmail');
end;
$$;

-- Every text may be a refresh token: only Auth knows their form, and refuses it.
create function private.check_refresh(p_input jsonb)
  returns void
  language plpgsql
  stable
  security definer
  set search_path = ''
as $$
begin
  perform private.raise_field_errors(
    private.check_keys(p_input, array['refreshToken'])
    || case coalesce(jsonb_typeof(p_input -> 'refreshToken'), 'null')
      when 'string' then '[]'
      when 'null' then private.field_error('refreshToken', 'Refresh token is required.')
      else private.field_error('refreshToken', 'Refresh token must be text.')
    end
  );
end;
$$;

create function private.check_sign_out(p_input jsonb)
  returns void
  language plpgsql
  stable
  security definer
  set search_path = ''
as $$
begin
  perform private.raise_field_errors(
    private.check_choice(p_input, 'scope', 'Scope', array['local', 'global', 'others'], true)
  );
end;
$$;

comment on function private.check_sign_up(jsonb) is
  'Open to anon: users sign up without a session. Reads only its input.';
comment on function private.check_sign_in(jsonb) is
  'Open to anon: users sign in without a session. Reads only its input.';
comment on function private.check_refresh(jsonb) is
  'Open to anon: users renew a session whose access token has expired. Reads only its input.';
comment on function private.check_sign_out(jsonb) is
  'Open to anon: a session can have ended before its user signs out. Reads only its input.';
comment on function private.check_forgot_password(jsonb) is
  'Open to anon: users request a password reset without a session. Reads only its input.';

-- Definers: anon has no grant on the validators that they call.
grant execute on function
  private.check_sign_up(jsonb),
  private.check_sign_in(jsonb),
  private.check_refresh(jsonb),
  private.check_sign_out(jsonb),
  private.check_forgot_password(jsonb)
to anon, authenticated, service_role;

-- Definers: callers have no grant on the validators that they call. Read only their input.
grant execute on function
  private.check_password_change(jsonb),
  private.check_email_change(jsonb)
to authenticated;

create function api.check_sign_up(
  email text default null, password text default null, name text default null,
  "userType" text default null, "companyName" text default null
)
  returns jsonb
  language sql
  stable
  set search_path = ''
as $$
  select private.check_sign_up(jsonb_build_object(
    'email', email, 'password', password, 'name', name, 'userType', "userType",
    'companyName', "companyName"
  ))
$$;

comment on function api.check_sign_up(text, text, text, text, text) is
  'Validates the input of a sign-up before it is sent to Auth, and reports every invalid field.
email: a valid address of at most 255 characters. password: 8 characters to 72 bytes, with an
uppercase and a lowercase letter, a number and a special character. name: 1 to 255 characters.
userType: creator or talent. companyName: at most 255 characters, creators only.
Returns {email}: the address as Auth stores it; send this one to Auth.
Requires: nothing; anonymous callers are allowed.
Errors: VALIDATION_ERROR, WEAK_PASSWORD (if only the strength of the password is insufficient).';

create function api.check_sign_in(email text default null, password text default null)
  returns jsonb
  language sql
  stable
  set search_path = ''
as $$
  select private.check_sign_in(jsonb_build_object('email', email, 'password', password))
$$;

comment on function api.check_sign_in(text, text) is
  'Validates the form of an email address and that a password was given. Does not reveal whether
the address has an account, or whether the password is right.
Returns {email}: the address as Auth stores it; send this one to Auth.
Requires: nothing; anonymous callers are allowed.
Errors: VALIDATION_ERROR.';

create function api.check_refresh("refreshToken" text default null)
  returns void
  language sql
  stable
  set search_path = ''
as $$
  select private.check_refresh(jsonb_build_object('refreshToken', "refreshToken"))
$$;

comment on function api.check_refresh(text) is
  'Validates the input of a renewal of a session. Does not use the refresh token.
Requires: nothing; anonymous callers are allowed.
Errors: VALIDATION_ERROR.';

create function api.check_sign_out(scope text default null)
  returns void
  language sql
  stable
  set search_path = ''
as $$
  select private.check_sign_out(jsonb_build_object('scope', scope))
$$;

comment on function api.check_sign_out(text) is
  'Validates the input of a sign-out. scope: local, global or others.
Requires: nothing; anonymous callers are allowed.
Errors: VALIDATION_ERROR.';

create function api.check_email(email text default null)
  returns jsonb
  language sql
  stable
  set search_path = ''
as $$
  select private.check_forgot_password(jsonb_build_object('email', email))
$$;

comment on function api.check_email(text) is
  'Validates the format of an email address. Does not reveal whether it has an account.
Returns {email}: the address as Auth stores it; send this one to Auth.
Requires: nothing; anonymous callers are allowed.
Errors: VALIDATION_ERROR.';

grant execute on function
  api.check_sign_up(text, text, text, text, text),
  api.check_sign_in(text, text),
  api.check_refresh(text),
  api.check_sign_out(text),
  api.check_email(text)
to anon, authenticated, service_role;


-- ── 10_accounts/40_roles_and_cards.sql ──────────────────────────────────────────────────────────

-- The user type of the caller, and the cards that show users to other users.

-- Definer: policies call it, so it must not depend on them.
create function private.my_user_type()
  returns text
  language plpgsql
  stable
  security definer
  set search_path = ''
as $$
begin
  return (
    select p.user_type from public.profiles as p where p.id = auth.uid() and p.deleted_at is null
  );
end;
$$;

-- Policies and triggers run it as the caller; it returns the caller's own user type only.
grant execute on function private.my_user_type() to authenticated;

create function private.require_creator()
  returns uuid
  language plpgsql
  stable
  set search_path = ''
as $$
declare
  v_user_id constant uuid := private.require_session();
begin
  if private.my_user_type() <> 'creator' then
    raise sqlstate 'PT403' using
      message = 'Only creators can do this.',
      hint = 'CREATOR_ONLY';
  end if;

  return v_user_id;
end;
$$;

create function private.require_talent()
  returns uuid
  language plpgsql
  stable
  set search_path = ''
as $$
declare
  v_user_id constant uuid := private.require_session();
begin
  if private.my_user_type() <> 'talent' then
    raise sqlstate 'PT403' using
      message = 'Only talents can do this.',
      hint = 'TALENT_ONLY';
  end if;

  return v_user_id;
end;
$$;

grant execute on function private.require_creator(), private.require_talent() to authenticated;

-- Deliberately not a security_invoker view: messages show the name of a creator, and the work of a
-- deleted talent stays visible. It shows only cards, and only api functions can use it.
create view private.cards as
  select
    p.id,
    case when p.deleted_at is null then p.name else 'Deleted user' end as name,
    case when p.deleted_at is null then p.avatar_url end as avatar_url
  from public.profiles as p;

comment on view private.cards is
  'Name and avatar of every user, shown wherever the user is mentioned.';

grant select on private.cards to authenticated;

-- Returns the card of a user as JSON.
create function private.card(p_user_id uuid)
  returns jsonb
  language plpgsql
  stable
  security definer
  set search_path = ''
as $$
begin
  return (
    select jsonb_build_object('id', c.id, 'name', c.name, 'avatarUrl', c.avatar_url)
    from private.cards as c
    where c.id = p_user_id
  );
end;
$$;

create function private.card_name(p_user_id uuid)
  returns text
  language plpgsql
  stable
  security definer
  set search_path = ''
as $$
begin
  return (
    select c.name from private.cards as c where c.id = p_user_id
  );
end;
$$;


-- ── 10_accounts/50_login_failures.sql ───────────────────────────────────────────────────────────

-- Failed sign-ins. After 5 wrong passwords in 15 minutes, for one account or from one client
-- address, even the correct password is refused. A row is one failed attempt. Auth's hook reports
-- every wrong password; the REST API also knows the client address, and attempts for accounts that
-- do not exist. When both report the same attempt, the second report updates the row of the first.

create table private.login_failures (
  id bigint generated always as identity primary key,
  account text not null,
  ip text,
  by_hook boolean not null default false,
  failed_at timestamptz not null default clock_timestamp()
);

comment on table private.login_failures is 'Failed sign-ins of the last 15 minutes.';
comment on column private.login_failures.account is
  'Hash of the email address, which may have no account; session: and its id for the password that
confirms a change.';
comment on column private.login_failures.by_hook is
  'Reported by Auth''s hook, and not yet by the REST API.';

create index login_failures_account_idx on private.login_failures (account, failed_at);
create index login_failures_ip_idx on private.login_failures (ip, failed_at);

-- Returns the seconds until both the account and the client address have fewer than 5 failures in
-- 15 minutes; null when they do.
create function private.failures_wait(p_account text, p_ip text)
  returns integer
  language sql
  volatile
  security definer
  set search_path = ''
as $$
  select greatest(
    private.wait_for_window(
      array(
        select f.failed_at
        from private.login_failures as f
        where f.account = p_account
        order by f.failed_at desc
        limit private.scaled_limit(5)
      ),
      private.scaled_limit(5),
      '15 minutes'
    ),
    private.wait_for_window(
      array(
        select f.failed_at
        from private.login_failures as f
        where f.ip = p_ip
        order by f.failed_at desc
        limit private.scaled_limit(5)
      ),
      private.scaled_limit(5),
      '15 minutes'
    )
  )
$$;

create function private.login_wait(p_email text, p_ip text)
  returns integer
  language sql
  volatile
  security definer
  set search_path = ''
as $$
  select private.failures_wait(private.fingerprint(p_email), p_ip)
$$;

comment on function private.login_wait(text, text) is
  'Returns the seconds to wait before a sign-in, or null. Call it before sending a password to
Auth.';

create function private.note_login_failure(p_email text, p_ip text)
  returns void
  language plpgsql
  security definer
  set search_path = ''
as $$
declare
  v_account constant text := private.fingerprint(p_email);
begin
  update private.login_failures
  set ip = p_ip, by_hook = false
  where id = (
    select f.id
    from private.login_failures as f
    where f.account = v_account
      and f.by_hook
      and f.failed_at > clock_timestamp() - interval '1 minute'
    order by f.id
    limit 1
    for update skip locked
  );

  if not found then
    insert into private.login_failures (account, ip) values (v_account, p_ip);
  end if;
end;
$$;

comment on function private.note_login_failure(text, text) is
  'Records that Auth refused a password. Call it in a transaction of its own.';

grant execute on function
  private.login_wait(text, text),
  private.note_login_failure(text, text)
to service_role;

-- Lets attempts for one account run one after another, so that concurrent attempts cannot exceed
-- the limit. The lock is held until the commit.
create function private.lock_attempts(p_account text)
  returns void
  language sql
  volatile
  set search_path = ''
as $$
  select pg_advisory_xact_lock(hashtextextended('login:' || p_account, 0))
$$;

-- Auth's hook after every password check, in a transaction of its own, so that counted attempts
-- stay counted. It counts per account only: many users can share one client address, and the REST
-- API counts those. When the limit is reached, the response is the same for correct and wrong
-- passwords.
create function private.password_attempt(event jsonb)
  returns jsonb
  language plpgsql
  security definer
  set search_path = ''
as $$
declare
  v_account text;
begin
  select private.fingerprint(u.email)
  into v_account
  from auth.users as u
  where u.id = (event ->> 'user_id')::uuid;

  perform private.lock_attempts(v_account);

  if private.failures_wait(v_account, null) is not null then
    return jsonb_build_object(
      'error', jsonb_build_object(
        'http_code', 429,
        'message', 'Too many failed attempts. Try again in 15 minutes, or reset your password.'
      )
    );
  end if;

  if not (event ->> 'valid')::boolean then
    insert into private.login_failures (account, by_hook) values (v_account, true);
    perform private.log_security((event ->> 'user_id')::uuid, 'sign_in_failed');
  end if;

  return '{"decision": "continue"}';
end;
$$;

grant execute on function private.password_attempt(jsonb) to supabase_auth_admin;

create function private.purge_login_failures()
  returns void
  language sql
  security definer
  set search_path = ''
as $$
  delete from private.login_failures where failed_at < now() - interval '15 minutes';
$$;


-- ── 10_accounts/51_idempotency_keys.sql ─────────────────────────────────────────────────────────

-- Idempotency keys. A create request that is repeated because its response was lost creates once:
-- for 24 hours, requests with the same Idempotency-Key header get the first response. Only create
-- operations use keys; all other operations can be repeated safely.

create table private.idempotency_keys (
  user_id uuid not null references public.profiles (id) on delete cascade,
  key text not null,
  operation text not null,
  request_hash text not null,
  response jsonb,
  created_at timestamptz not null default now(),

  primary key (user_id, key)
);

comment on table private.idempotency_keys is
  'Responses of create operations, by the idempotency key of their caller.';

create index idempotency_keys_created_at_idx on private.idempotency_keys (created_at);

-- Returns the key of this request from its headers, which PostgREST and the REST API pass as a
-- setting.
create function private.idempotency_key()
  returns text
  language plpgsql
  stable
  set search_path = ''
as $$
begin
  return nullif(current_setting('request.headers', true), '')::jsonb ->> 'idempotency-key';
end;
$$;

-- Returns the stored response for this key. If it returns null, the operation continues; other
-- requests with the same key wait until its transaction ends. Definer: no role can read the
-- responses.
create function private.earlier_answer(p_operation text, p_request jsonb)
  returns jsonb
  language plpgsql
  volatile
  security definer
  set search_path = ''
as $$
declare
  v_key constant text := private.idempotency_key();
  v_hash text;
  v_earlier private.idempotency_keys;
begin
  if v_key is null then
    return null;
  end if;

  if char_length(v_key) not between 1 and 255 then
    perform private.raise_field_errors(
      private.field_error('Idempotency-Key', 'Idempotency-Key must have 1 to 255 characters.')
    );
  end if;

  v_hash := encode(sha256(convert_to(p_request::text, 'UTF8')), 'hex');

  insert into private.idempotency_keys as k (user_id, key, operation, request_hash)
  values (auth.uid(), v_key, p_operation, v_hash)
  on conflict (user_id, key) do update
  set
    operation = excluded.operation, request_hash = excluded.request_hash, response = null,
    created_at = now()
  where k.created_at < now() - interval '24 hours';

  if found then
    return null;
  end if;

  select k.*
  into v_earlier
  from private.idempotency_keys as k
  where k.user_id = auth.uid() and k.key = v_key;

  if v_earlier.operation <> p_operation or v_earlier.request_hash <> v_hash then
    raise sqlstate 'PT409' using
      message = 'This idempotency key was already used for a different request.',
      hint = 'CONFLICT';
  end if;

  return v_earlier.response;
end;
$$;

-- Stores the response under the request's key, if it has one, and returns it.
create function private.keep_answer(p_answer jsonb)
  returns jsonb
  language plpgsql
  volatile
  security definer
  set search_path = ''
as $$
declare
  v_key constant text := private.idempotency_key();
begin
  if v_key is not null then
    update private.idempotency_keys
    set response = p_answer
    where user_id = auth.uid() and key = v_key;
  end if;

  return p_answer;
end;
$$;

-- Run as the caller, in api functions that create; they use the caller's own keys only.
grant execute on function
  private.earlier_answer(text, jsonb),
  private.keep_answer(jsonb)
to authenticated;

create function private.purge_idempotency_keys()
  returns void
  language sql
  security definer
  set search_path = ''
as $$
  delete from private.idempotency_keys where created_at < now() - interval '24 hours';
$$;


-- ── 10_accounts/55_second_factors.sql ───────────────────────────────────────────────────────────

-- Second factors: codes of an authenticator app. Auth enrols and verifies them, and `session_is_live`
-- demands them. This file adds what Auth does not do: a new factor needs a recent sign-in or the
-- password, and guesses are limited.

create table private.password_confirmations (
  session_id uuid primary key references auth.sessions (id) on delete cascade,
  confirmed_at timestamptz not null default clock_timestamp()
);

comment on table private.password_confirmations is
  'Sessions whose user has just entered the password again.';

create table private.second_factors (
  factor_id uuid primary key references auth.mfa_factors (id) on delete cascade,
  added_at timestamptz not null default now()
);

comment on table private.second_factors is
  'Factors that were verified in a session that may add one. Others are only enrolled.';

-- How long a session can add a factor after it was signed in or has confirmed the password.
create function private.confirmation_lifetime()
  returns interval
  language sql
  immutable
  parallel safe
  set search_path = ''
as $$
  select interval '15 minutes'
$$;

-- Returns whether a session has just proved who its user is: it was signed in a short time ago, or has
-- confirmed the password. Auth notes the time of the sign-in, and renewing tokens does not change it.
create function private.session_is_confirmed(p_session_id uuid)
  returns boolean
  language sql
  stable
  security definer
  set search_path = ''
as $$
  select exists (
    select
    from auth.mfa_amr_claims as a
    where a.session_id = p_session_id
      and a.authentication_method not in ('totp', 'mfa/phone', 'mfa/webauthn')
      and a.created_at > clock_timestamp() - private.confirmation_lifetime()
  ) or exists (
    select
    from private.password_confirmations as c
    where c.session_id = p_session_id
      and c.confirmed_at > clock_timestamp() - private.confirmation_lifetime()
  )
$$;

-- Notes that this session has confirmed the password; returns false if it is wrong. Wrong passwords are
-- counted as in every operation that asks for one. Definer: callers have no grant on the table.
create function private.confirm_password(p_password text)
  returns boolean
  language plpgsql
  volatile
  security definer
  set search_path = ''
as $$
begin
  if not private.password_is_correct(p_password) then
    return false;
  end if;

  insert into private.password_confirmations as c (session_id)
  values (private.try_uuid(auth.jwt() ->> 'session_id'))
  on conflict (session_id) do update set confirmed_at = excluded.confirmed_at;

  return true;
end;
$$;

-- Called by api.confirm_password as the caller; notes the caller's own session only.
grant execute on function private.confirm_password(text) to authenticated;

-- Returns the seconds until a user can try another code: after 5 wrong ones in 15 minutes, or 20 in a
-- day. Codes are guessed by those who know the password, so nothing but time ends the limit.
create function private.code_wait(p_user_id uuid)
  returns integer
  language plpgsql
  volatile
  security definer
  set search_path = ''
as $$
declare
  v_failed constant timestamptz[] := array(
    select e.created_at
    from private.security_events as e
    where e.user_id = p_user_id
      and e.type = 'factor_failed'
      and e.created_at > clock_timestamp() - interval '1 day'
    order by e.id desc
    limit private.scaled_limit(20)
  );
begin
  return greatest(
    private.wait_for_window(
      v_failed[:private.scaled_limit(5)], private.scaled_limit(5), '15 minutes'
    ),
    private.wait_for_window(v_failed, private.scaled_limit(20), '1 day')
  );
end;
$$;

-- Returns whether a factor is known, or a session of its user may add it.
create function private.can_add_factor(p_user_id uuid, p_factor_id uuid)
  returns boolean
  language sql
  stable
  security definer
  set search_path = ''
as $$
  select exists (
    select from private.second_factors as f where f.factor_id = p_factor_id
  ) or exists (
    select
    from auth.sessions as s
    where s.user_id = p_user_id and private.session_is_confirmed(s.id)
  )
$$;

-- Auth's hook after every check of a code, in a transaction of its own, so that counted attempts stay
-- counted. It answers with an error instead of a rejection, because a rejection would end all sessions
-- of the user. While codes wait, the response is the same for right and wrong ones.
create function private.mfa_attempt(event jsonb)
  returns jsonb
  language plpgsql
  security definer
  set search_path = ''
as $$
declare
  v_user_id constant uuid := (event ->> 'user_id')::uuid;
begin
  perform private.lock_attempts('factor:' || v_user_id);

  -- Only for a clear error: the trigger below decides, and knows the session.
  if not private.can_add_factor(v_user_id, (event ->> 'factor_id')::uuid) then
    return jsonb_build_object('error', jsonb_build_object(
      'http_code', 403, 'message', 'Sign in again, or confirm the password, before you add a second factor.'
    ));
  end if;

  if private.code_wait(v_user_id) is not null then
    return jsonb_build_object('error', jsonb_build_object(
      'http_code', 429, 'message', 'Too many wrong codes. Try again later.'
    ));
  end if;

  if not (event ->> 'valid')::boolean then
    perform private.log_security(v_user_id, 'factor_failed');
    if private.code_wait(v_user_id) is not null then
      perform private.queue_account_mail('factor_failed', u.id, u.email)
      from auth.users as u
      where u.id = v_user_id;
    end if;
  end if;

  return '{"decision": "continue"}';
end;
$$;

grant execute on function private.mfa_attempt(jsonb) to supabase_auth_admin;

-- A new factor needs a session that has just proved who its user is, because it could keep the owner out:
-- a token that was stolen later does not add one. Auth raises the session in the transaction that
-- verifies the factor.
create function private.tg_sessions__add_factor()
  returns trigger
  language plpgsql
  security definer
  set search_path = ''
as $$
begin
  insert into private.second_factors (factor_id)
  values (new.factor_id)
  on conflict (factor_id) do nothing;

  -- A known factor.
  if not found then
    return new;
  end if;

  if not private.session_is_confirmed(new.id) then
    raise sqlstate 'PT403' using
      message = 'Sign in again, or confirm the password, before you add a second factor.',
      hint = 'FORBIDDEN';
  end if;

  delete from private.password_confirmations where session_id = new.id;

  insert into private.security_events (user_id, type, user_agent, ip)
  select p.id, 'factor_added', private.device_of(new.user_agent), host(new.ip)
  from public.profiles as p
  where p.id = new.user_id;

  perform private.queue_account_mail('factor_added', u.id, u.email)
  from auth.users as u
  where u.id = new.user_id;

  return new;
end;
$$;

create trigger onswift_200_add_factor
  before update of aal, factor_id on auth.sessions
  for each row
  when (new.aal = 'aal2' and new.factor_id is not null)
  execute function private.tg_sessions__add_factor();

-- Whoever removes it, the owner or an administrator. Abandoned enrolments are no news.
create function private.tg_mfa_factors__log_removal()
  returns trigger
  language plpgsql
  security definer
  set search_path = ''
as $$
begin
  perform private.log_security(old.user_id, 'factor_removed');
  perform private.queue_account_mail('factor_removed', u.id, u.email)
  from auth.users as u
  where u.id = old.user_id;

  return null;
end;
$$;

create trigger onswift_700_log_removal
  after delete on auth.mfa_factors
  for each row
  when (old.status = 'verified')
  execute function private.tg_mfa_factors__log_removal();


-- ── 10_accounts/60_documents.sql ────────────────────────────────────────────────────────────────

-- Profiles as the JSON that the API returns. Document views run with the caller's rights
-- (security_invoker), so they contain only rows that the caller can read. The planner builds only
-- the documents of the requested page.

create view private.user_documents with (security_invoker = true) as
  select
    p.id,
    jsonb_build_object(
      'id', p.id,
      'name', p.name,
      'userType', p.user_type,
      'avatarUrl', p.avatar_url,
      'professionalTitle', p.professional_title,
      'bio', p.bio,
      'skills', case when p.user_type = 'talent' then p.skills end,
      'portfolioLinks', case when p.user_type = 'talent' then p.portfolio_links end,
      'hourlyRate', p.hourly_rate,
      'currency', 'USD',
      'availability', p.availability,
      'linkedinUrl', p.linkedin_url,
      'twitterUrl', p.twitter_url,
      'instagramUrl', p.instagram_url,
      'youtubeUrl', p.youtube_url,
      'githubUrl', p.github_url,
      'averageRating', p.average_rating,
      'totalReviews', p.total_reviews,
      'createdAt', private.iso(p.created_at)
    ) as document
  from public.profiles as p;

comment on view private.user_documents is 'Public profiles as JSON.';

-- Used by api functions only; the caller's policies filter the rows.
grant select on private.user_documents to authenticated;


-- ── 10_accounts/70_operations.sql ───────────────────────────────────────────────────────────────

-- GET and PUT /users/me, GET /users/:userId, GET /skills, GET /auth/verify-email.

create function api.get_me()
  returns jsonb
  language plpgsql
  stable
  set search_path = ''
as $$
declare
  v_user_id constant uuid := private.require_session();
begin
  return (
    select u.document || jsonb_build_object(
      'email', e.email,
      'emailVerified', e.verified,
      'companyName', p.company_name,
      'profileCompletionPercentage', p.profile_completion_percentage,
      'updatedAt', private.iso(p.updated_at)
    )
    from private.user_documents as u
    join public.profiles as p on p.id = u.id
    cross join private.my_email() as e
    where u.id = v_user_id
  );
end;
$$;

comment on function api.get_me() is
  'Returns the caller''s profile with the email address.
Fields that belong to the other user type are null.
Requires: a signed-in user.
Errors: NOT_AUTHENTICATED, SESSION_REVOKED.';

-- Definer: before the second factor, no policy shows the profile.
create function private.my_account()
  returns jsonb
  language sql
  stable
  security definer
  set search_path = ''
as $$
  select jsonb_build_object(
    'id', p.id, 'email', u.email, 'name', p.name, 'userType', p.user_type
  )
  from public.profiles as p
  join auth.users as u on u.id = p.id
  where p.id = auth.uid()
$$;

-- Called by api.get_account as the caller; returns the caller's own account only.
grant execute on function private.my_account() to authenticated;

create function api.get_account()
  returns jsonb
  language plpgsql
  stable
  set search_path = ''
as $$
begin
  perform private.require_session(true);
  return private.my_account()
    || jsonb_build_object('mfaRequired', not private.session_is_live());
end;
$$;

comment on function api.get_account() is
  'Returns whose session this is, also before its second factor: {id, email, name, userType,
mfaRequired}. mfaRequired: all other operations respond with MFA_REQUIRED until a code is verified.
Requires: a signed-in user.
Errors: NOT_AUTHENTICATED, SESSION_REVOKED.';

create function api.update_me(patch jsonb default null)
  returns jsonb
  language plpgsql
  volatile
  set search_path = ''
as $$
declare
  v_user_id constant uuid := private.require_session();
begin
  perform private.raise_field_errors(
    private.check_keys(patch, array[
      'name', 'companyName', 'professionalTitle', 'bio', 'skills', 'portfolioLinks', 'hourlyRate',
      'availability', 'linkedinUrl', 'twitterUrl', 'instagramUrl', 'youtubeUrl', 'githubUrl',
      'avatarFileId'
    ])
    || private.profile_field_errors(patch, private.my_user_type())
    || private.check_uuid(patch, 'avatarFileId', 'Avatar', true)
  );

  if patch ? 'avatarFileId' then
    perform private.set_avatar((patch ->> 'avatarFileId')::uuid);
  end if;

  update public.profiles as p
  set (
    name, company_name, professional_title, bio, skills, portfolio_links, hourly_rate, availability,
    linkedin_url, twitter_url, instagram_url, youtube_url, github_url
  ) = (
    select
      n.name, n.company_name, n.professional_title, n.bio, n.skills, n.portfolio_links,
      n.hourly_rate, n.availability, n.linkedin_url, n.twitter_url, n.instagram_url,
      n.youtube_url, n.github_url
    from jsonb_populate_record(p, private.columns_of(patch)) as n
  )
  where p.id = v_user_id;

  return api.get_me();
end;
$$;

comment on function api.update_me(jsonb) is
  'Updates the caller''s profile and returns it.
patch: name (1 to 255 characters), linkedinUrl, twitterUrl, instagramUrl, youtubeUrl, githubUrl
(http or https, at most 2048 characters); creators: companyName (at most 255 characters); talents:
professionalTitle (at most 255), bio (at most 500), skills (at most 10 from the list),
portfolioLinks (at most 5 URLs), hourlyRate (5.00 to 500.00 US dollars), availability
(available_now, available_1_2_weeks, available_2_4_weeks or not_available). avatarFileId: a clean
file that the caller uploaded as an avatar. Keys that are not sent stay unchanged; null clears.
Requires: a signed-in user.
Errors: VALIDATION_ERROR, UPLOAD_MISSING, SCAN_PENDING, FILE_INFECTED and FILE_MISMATCH (avatar),
NOT_AUTHENTICATED, SESSION_REVOKED.';

-- Definer: distinguishes a creator, whose profile is private, from an unknown user.
create function private.account_exists(p_user_id uuid)
  returns boolean
  language plpgsql
  stable
  security definer
  set search_path = ''
as $$
begin
  return (
    select exists (select from public.profiles as p where p.id = p_user_id and p.deleted_at is null)
  );
end;
$$;

-- Called by api.get_user as the caller; it only decides which of two errors is raised.
grant execute on function private.account_exists(uuid) to authenticated;

create function api.get_user("userId" text default null)
  returns jsonb
  language plpgsql
  stable
  set search_path = ''
as $$
declare
  v_document jsonb;
begin
  perform private.require_session();
  perform private.require_ids(jsonb_build_object('userId', "userId"));

  select u.document
  into v_document
  from private.user_documents as u
  where u.id = "userId"::uuid;

  if found then
    return v_document || private.review_summary("userId"::uuid);
  end if;

  if private.account_exists("userId"::uuid) then
    raise sqlstate 'PT403' using
      message = 'The profiles of creators are private.',
      hint = 'PROFILE_PRIVATE';
  end if;

  raise sqlstate 'PT404' using
    message = 'User not found.',
    hint = 'NOT_FOUND';
end;
$$;

comment on function api.get_user(text) is
  'Returns the public profile of a talent, or the caller''s own, with reviewDistribution and
latestReviews: the three newest reviews.
Requires: a signed-in user.
Errors: VALIDATION_ERROR, PROFILE_PRIVATE (other creators), NOT_FOUND, NOT_AUTHENTICATED,
SESSION_REVOKED.';

create function api.list_skills()
  returns jsonb
  language sql
  stable
  set search_path = ''
as $$
  select jsonb_build_object(
    'skills',
    coalesce(jsonb_agg(jsonb_build_object('id', s.id, 'name', s.name) order by lower(s.name)), '[]')
  )
  from public.skills as s
$$;

comment on function api.list_skills() is
  'Returns all skills that a profile can contain, ordered by name.
Requires: nothing; anonymous callers are allowed.';

create function api.verify_email(token text default null)
  returns jsonb
  language plpgsql
  volatile
  set search_path = ''
as $$
begin
  perform private.verify_email(token);
  return '{"verified": true}';
end;
$$;

comment on function api.verify_email(text) is
  'Marks the email address of an account as verified, with the token of the mailed link, or completes a
change of the address (change_email). The token is valid for 7 days, for a change 24 hours; using it
again changes nothing.
Requires: nothing; anonymous callers are allowed.
Errors: VALIDATION_ERROR, INVALID_VERIFICATION_TOKEN, EMAIL_EXISTS (another account has taken the
new address).';

create function api.resend_verification()
  returns void
  language plpgsql
  volatile
  set search_path = ''
as $$
begin
  perform private.require_session();
  perform private.resend_verification();
end;
$$;

comment on function api.resend_verification() is
  'Sends the caller another mail to verify the email address; links in earlier mails stop working.
Limit: 3 verification mails per hour, including the one after sign-up.
Requires: a signed-in user.
Errors: INVALID_STATE (the address is verified already), RATE_LIMITED, NOT_AUTHENTICATED,
SESSION_REVOKED.';

grant execute on function
  api.get_me(),
  api.get_account(),
  api.update_me(jsonb),
  api.get_user(text),
  api.resend_verification()
to authenticated;

-- The list of skills is public. Links in mails are opened without a session.
grant execute on function
  api.list_skills(),
  api.verify_email(text)
to anon, authenticated, service_role;


-- ── 10_accounts/80_deletion.sql ─────────────────────────────────────────────────────────────────

-- Deletion of accounts. Deleting an account ends its sessions at once and hides the profile;
-- content in projects and conversations stays, under "Deleted user". 30 days later all personal
-- data is erased and the email address can be used again.
--
-- Other rooms add triggers on profiles.deleted_at: projects are archived, talents leave their
-- teams.

-- Deletes the caller's account; returns false if the password is wrong. Definer: changes Auth's
-- tables. Triggers of other rooms read p_force as a setting of the transaction.
create function private.delete_account(p_password text, p_force boolean)
  returns boolean
  language plpgsql
  security definer
  set search_path = ''
as $$
declare
  v_user_id constant uuid := auth.uid();
begin
  if not private.password_is_correct(p_password) then
    return false;
  end if;

  perform set_config('onswift.force', coalesce(p_force, false)::text, true);

  update public.profiles
  set deleted_at = now()
  where id = v_user_id and deleted_at is null;

  -- A concurrent deletion was first.
  if not found then
    raise sqlstate 'PT404' using
      message = 'User not found.',
      hint = 'NOT_FOUND';
  end if;

  delete from private.outbox where user_id = v_user_id and status <> 'sent';
  delete from private.email_changes where user_id = v_user_id;
  delete from private.password_resets where user_id = v_user_id;

  update auth.users
  set banned_until = now() + interval '100 years'
  where id = v_user_id;

  delete from auth.sessions where user_id = v_user_id;

  return true;
end;
$$;

-- Called by api.delete_me as the caller; deletes the caller's own account only.
grant execute on function private.delete_account(text, boolean) to authenticated;


-- ── 10_accounts/81_anonymisation.sql ────────────────────────────────────────────────────────────

-- 30 days after an account was deleted, its personal data is erased. The row stays, because
-- projects, tasks and reviews refer to it; they show "Deleted user".

create index profiles_deleted_at_idx on public.profiles (deleted_at) where deleted_at is not null;

-- Auth requires an address for every account; this one cannot receive mail.
create function private.erased_email(p_user_id uuid)
  returns text
  language sql
  immutable
  parallel safe
  set search_path = ''
as $$
  select 'deleted-' || p_user_id || '@deleted.invalid'
$$;

-- Erases the personal data of accounts that were deleted more than 30 days ago, 500 at a time. A
-- job runs it every hour.
create function private.anonymise_accounts()
  returns integer
  language plpgsql
  security definer
  set search_path = ''
as $$
declare
  v_user_id uuid;
  v_count integer := 0;
begin
  for v_user_id in
    select p.id
    from public.profiles as p
    join auth.users as u on u.id = p.id
    where p.deleted_at < now() - interval '30 days'
      and u.email is distinct from private.erased_email(p.id)
    order by p.deleted_at
    limit 500
    for update of p skip locked
  loop
    perform private.anonymise_account(v_user_id);
    v_count := v_count + 1;
  end loop;

  return v_count;
end;
$$;

create function private.anonymise_account(p_user_id uuid)
  returns void
  language plpgsql
  security definer
  set search_path = ''
as $$
begin
  update public.profiles
  set
    name = 'Deleted user', avatar_file_id = null, avatar_url = null, company_name = null,
    professional_title = null,
    bio = null, skills = '{}', portfolio_links = '{}', hourly_rate = null, availability = null,
    linkedin_url = null, twitter_url = null, instagram_url = null, youtube_url = null,
    github_url = null
  where id = p_user_id;

  -- Notifications of the user, and notifications of others that name the user.
  delete from private.notifications where user_id = p_user_id;
  delete from private.notifications where actor_id = p_user_id;
  delete from public.notification_preferences where user_id = p_user_id;
  delete from public.user_blocks where blocker_id = p_user_id;
  delete from public.user_blocks where blocked_id = p_user_id;

  delete from private.outbox where user_id = p_user_id;
  delete from private.email_verifications where user_id = p_user_id;
  delete from private.email_changes where user_id = p_user_id;
  delete from private.security_events where user_id = p_user_id;
  delete from private.password_resets where user_id = p_user_id;
  delete from auth.mfa_factors where user_id = p_user_id;
  delete from auth.identities where user_id = p_user_id;
  delete from auth.one_time_tokens where user_id = p_user_id;

  update auth.users
  set
    email = private.erased_email(p_user_id),
    phone = null,
    email_change = '',
    email_change_token_new = '',
    email_change_token_current = '',
    encrypted_password = null,
    raw_user_meta_data = '{}',
    raw_app_meta_data = '{}'
  where id = p_user_id;
end;
$$;


-- ── 10_accounts/82_deletion_operations.sql ──────────────────────────────────────────────────────

-- DELETE /users/me.

create function api.delete_me(password text default null, force jsonb default null)
  returns jsonb
  language plpgsql
  volatile
  set search_path = ''
as $$
declare
  v_input constant jsonb := private.input_of(
    'delete_me', jsonb_build_object('password', password, 'force', force)
  );
begin
  perform private.require_session();
  perform private.raise_field_errors(
    private.check_keys(v_input, array['password', 'force'])
    || private.check_text(v_input, 'password', 'Password', 1, 1000)
    || private.check_flag(v_input, 'force', 'Force')
  );

  if not private.delete_account(password, (v_input ->> 'force')::boolean) then
    return private.wrong_password();
  end if;

  perform set_config('response.status', '204', true);
  return null;
end;
$$;

comment on function api.delete_me(text, jsonb) is
  'Deletes the caller''s account: all sessions end at once, the profile is hidden, projects are
archived, open tasks lose their assignee. 30 days later all personal data is erased and the email
address can be used again.
password: the caller''s current password. force: delete the account despite open deliverables.
Returns null. A wrong password is counted, so it is returned instead of raised: the response is the
error object {code, message, details, hint} with hint WRONG_PASSWORD, and PostgREST sends it with
status 403. Callers over SQL must commit the transaction.
Limit: 5 wrong passwords in 15 minutes and session.
Requires: a signed-in user.
Errors: WRONG_PASSWORD (returned, not raised), RATE_LIMITED, OPEN_DELIVERABLES, VALIDATION_ERROR,
NOT_FOUND (another request deleted it at the same time), NOT_AUTHENTICATED, SESSION_REVOKED.';

grant execute on function api.delete_me(text, jsonb) to authenticated;


-- ── 10_accounts/83_export.sql ───────────────────────────────────────────────────────────────────

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
      'submitted_at', 'uuid', 'select private.deliverable_with_versions(page.id)'
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

  execute format(
    'select coalesce(jsonb_agg(d.document order by page.at, page.id), ''[]''), count(*)::integer, '
      || '%1$L || ''|'' || (array_agg(page.at || ''|'' || page.id order by page.at desc, page.id desc))[1] '
      || 'from (select s.*, s.%2$I as at from %3$s as s where %4$s '
      || 'and ($2 is null or (s.%2$I, s.id) > ($2::timestamptz, $3::%5$s)) '
      || 'order by s.%2$I, s.id limit $4) as page cross join lateral (%6$s) as d (document)',
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
    'securityEvents', private.my_security_events(null, 1000),
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
