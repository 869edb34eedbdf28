-- /projects/:projectId/team.

create function api.add_team_member(
  "projectId" text default null, "userId" text default null, role text default null
)
  returns jsonb
  language plpgsql
  volatile
  set search_path = ''
as $$
declare
  v_input constant jsonb := private.input_of(
    'add_team_member', jsonb_build_object('userId', "userId", 'role', role)
  );
  v_answer jsonb;
begin
  perform private.require_session();
  perform private.require_ids(jsonb_build_object('projectId', "projectId"));

  v_answer := private.earlier_answer(
    'add_team_member', v_input || jsonb_build_object('projectId', "projectId")
  );
  if v_answer is not null then
    return v_answer;
  end if;

  perform private.require_project_creator("projectId"::uuid);
  perform private.raise_field_errors(
    private.check_keys(v_input, array['userId', 'role']) || private.member_field_errors(v_input)
  );

  insert into public.project_members as m (project_id, user_id, role)
  values ("projectId"::uuid, "userId"::uuid, add_team_member.role)
  returning jsonb_build_object(
    'id', m.id,
    'projectId', m.project_id,
    'userId', m.user_id,
    'role', m.role,
    'joinedAt', private.iso(m.joined_at)
  )
  into v_answer;

  return private.keep_answer(v_answer);
exception
  -- Two concurrent requests: the unique index decides.
  when unique_violation then
    raise sqlstate 'PT400' using
      message = 'This user is already on the team.',
      hint = 'ALREADY_MEMBER';
end;
$$;

comment on function api.add_team_member(text, text, text) is
  'Adds a talent to the project''s team and returns the membership.
role: an optional label of at most 255 characters, without effect on permissions.
Repeating a call with the same header Idempotency-Key within 24 hours returns the first response.
Requires: project creator.
Limit: 300 additions per hour.
Errors: VALIDATION_ERROR, ALREADY_MEMBER, NOT_TALENT, NOT_FOUND (project or user), FORBIDDEN,
BLOCKED, INVALID_STATE (the talent has left the creator''s teams twice in 30 days), RATE_LIMITED,
CONFLICT, NOT_AUTHENTICATED, SESSION_REVOKED.';

create function api.remove_team_member("projectId" text default null, "userId" text default null)
  returns void
  language plpgsql
  volatile
  set search_path = ''
as $$
begin
  perform private.require_session();
  perform private.require_ids(jsonb_build_object('projectId', "projectId", 'userId', "userId"));
  perform private.remove_member("projectId"::uuid, "userId"::uuid);
end;
$$;

comment on function api.remove_team_member(text, text) is
  'Removes a member from the team. The member''s open tasks lose their assignee; completed tasks
keep it.
Requires: project creator, or the member who leaves.
Errors: VALIDATION_ERROR, NOT_FOUND (project or member), FORBIDDEN, NOT_AUTHENTICATED,
SESSION_REVOKED.';

grant execute on function
  api.add_team_member(text, text, text),
  api.remove_team_member(text, text)
to authenticated;
