begin;
select plan(17);

create temporary table people as
select
  tests.sign_up('Iris', 'creator') as creator,
  tests.sign_up('Ada', 'talent') as talent,
  tests.sign_up('Ben', 'talent') as other;
grant select on people to authenticated;
update auth.users
set encrypted_password = extensions.crypt('Right-1!', extensions.gen_salt('bf', 4))
where id in (select creator from people union select talent from people);

-- Acting as the creator
select tests.act_as((select creator from people));
create temporary table made as
select (api.create_project('Film', 'A film', (current_date + 30)::text) ->> 'id')::uuid as id;
grant select on made to authenticated;
do $$
begin
  perform api.add_team_member((select id from made)::text, (select talent from people)::text);
  perform api.add_team_member((select id from made)::text, (select other from people)::text);
  perform api.create_task(
    (select id from made)::text, 'Open', null, (select talent from people)::text, (current_date + 3)::text
  );
  perform api.create_task(
    (select id from made)::text, 'Theirs', null, (select other from people)::text, (current_date + 3)::text
  );
end;
$$;

-- Acting as the talent
select tests.act_as((select talent from people));
create temporary table avatar as
select (api.create_upload('avatar', 'a.png', '2048', 'image/png') ->> 'fileId')::uuid as id;
select tests.act_as_postgres();
update public.profiles set avatar_file_id = (select id from avatar) where id = (select talent from people);
update auth.users set email_change = 'next@example.com' where id = (select talent from people);
select tests.act_as((select talent from people));
select is(api.delete_me('Wrong-1!') ->> 'hint', 'WRONG_PASSWORD', 'a wrong password returns an error object instead of raising, so that the attempt is counted');
select is(current_setting('response.status'), '403', 'a wrong password sets the response status 403');
select is(api.delete_me('Right-1!'), null, 'the right password deletes the account');
select is(
  tests.error_of('select api.get_me()') ->> 'code', 'SESSION_REVOKED', 'deleting an account ends its sessions at once'
);

-- Acting as the creator
select tests.act_as((select creator from people));
select is(
  tests.error_of(format('select api.get_user(%L)', (select talent from people))) ->> 'code',
  'NOT_FOUND', 'the profile of a deleted account is not found'
);
select is(
  (select assignee_id from public.tasks where name = 'Open'), null, 'open tasks of a deleted account lose their assignee'
);
select is(api.delete_me('Right-1!'), null, 'a creator can delete the account as well');

-- Acting as the other talent
select tests.act_as((select other from people));
select is(
  api.get_project((select id from made)::text) ->> 'name', 'Film', 'the team can still read the project of a deleted creator'
);
select is(
  tests.error_of(
    format(
      'select api.update_task(%L, %L, ''{"status": "completed"}'')',
      (select id from made), (select id from public.tasks where name = 'Theirs')
    )
  ) ->> 'code',
  'INVALID_STATE', 'the project of a deleted creator cannot be changed'
);

-- The job that anonymises accounts
select tests.act_as_postgres();
select is(
  (select count(*) from auth.users where email in (select talent || '@example.com' from people)),
  1::bigint, 'a deleted account keeps its email address at first'
);
-- Requests of anyone
select api.forgot_password(talent || '@example.com') from people;
select private.send_auth_mail(jsonb_build_object(
  'user', jsonb_build_object('email', talent || '@example.com'),
  'email_data', '{"email_action_type": "recovery"}'::jsonb
))
from people;
select is(
  (
    select count(*) from private.claim_mail(100), people where recipient = talent || '@example.com'
  ),
  0::bigint, 'a deleted account gets no mail'
);
do $$ begin perform private.anonymise_accounts(); end; $$;
select is(
  (select name from public.profiles where id = (select talent from people)), 'Ada', 'the job erases nothing within 30 days'
);
update public.profiles
set deleted_at = now() - interval '31 days'
where id = (select talent from people);
do $$ begin perform private.anonymise_accounts(); end; $$;
select is(
  (select name from public.profiles where id = (select talent from people)), 'Deleted user',
  'the job erases the name after 30 days'
);
select is_empty(
  $$ select from auth.users where email in (select talent || '@example.com' from people) $$,
  'the job frees the email address after 30 days'
);

select is(
  (select email_change from auth.users where id = (select talent from people)), '',
  'an address that was requested is erased, too'
);
select isnt(
  (select removed_at from public.files where id = (select id from avatar)), null,
  'the avatar is removed'
);
select is_empty(
  $$ select from private.security_events where user_id = (select talent from people) $$,
  'the security log is erased'
);

select * from finish();
rollback;
