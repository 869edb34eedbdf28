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
