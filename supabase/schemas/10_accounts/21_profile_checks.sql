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
