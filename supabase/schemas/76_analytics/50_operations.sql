-- GET /analytics/me and /analytics/platform.

create function api.get_analytics(
  "from" text default null, "to" text default null, "timeZone" text default null,
  bucket text default null
)
  returns jsonb
  language plpgsql
  stable
  set search_path = ''
as $$
begin
  perform private.require_session();
  return private.my_analytics(private.analytics_range_of("from", "to", "timeZone", bucket));
end;
$$;

comment on function api.get_analytics(text, text, text, text) is
  'Returns figures about the caller''s work: a talent''s own tasks and submissions, a creator''s projects and
teams. Requires: a signed-in user.
from, to: dates (YYYY-MM-DD), both included, at most 366 days; the last 90 days by default. timeZone: an
IANA name such as Europe/Berlin, UTC by default; days and buckets begin at its midnight. bucket: day, week
(from Monday, the default) or month.
Returns {from, to, timeZone, bucket, tasks: {due, completed, completedOnTime, completionRate, onTimeRate},
deliverables: {submitted, approved, approvedWithoutRevision, revisionsPerDeliverable}, responseTime: {count,
averageHours, medianHours}, timeline: [{start, tasksCompleted, deliverablesSubmitted, reviews,
averageRating}]}; for creators also projects [{projectId, name, status, tasksDue, completionRate,
onTimeRate}] and teamMembers [{user, tasksDue, completionRate, onTimeRate, revisionsPerDeliverable}], at
most 50 each; for talents also {averageRating, totalReviews, reviewDistribution}.
Tasks count by their due date, deliverables by their first submission. Rates are between 0 and 1, null
without anything to count. Response time is from a submission to its decision for creators, from a revision
request to the resubmission for talents.
Errors: VALIDATION_ERROR, NOT_AUTHENTICATED, SESSION_REVOKED.';

create function api.get_platform_analytics(
  "from" text default null, "to" text default null, "timeZone" text default null,
  bucket text default null
)
  returns jsonb
  language sql
  stable
  set search_path = ''
as $$
  select private.platform_analytics(
    private.analytics_range_of("from", "to", "timeZone", bucket)
  )
$$;

comment on function api.get_platform_analytics(text, text, text, text) is
  'Returns figures of the whole platform, as get_analytics, with users {creators, talents, signUps}.
Requires: the service role.
Errors: VALIDATION_ERROR.';

grant execute on function api.get_analytics(text, text, text, text) to authenticated;
grant execute on function api.get_platform_analytics(text, text, text, text) to service_role;
