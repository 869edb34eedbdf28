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
