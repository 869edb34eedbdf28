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
