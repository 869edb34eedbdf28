begin;
select plan(13);

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
select is(api.delete_me('Wrong-1!') ->> 'hint', 'WRONG_PASSWORD', 'a wrong password is an answer');
select is(current_setting('response.status'), '403', 'with the status of an error');
select is(api.delete_me('Right-1!'), null, 'the right one deletes');
select is(
  tests.error_of('select api.get_me()') ->> 'code', 'SESSION_REVOKED', 'the session is over at once'
);

-- Acting as the creator
select tests.act_as((select creator from people));
select is(
  tests.error_of(format('select api.get_user(%L)', (select talent from people))) ->> 'code',
  'NOT_FOUND', 'the profile is gone'
);
select is(
  (select assignee_id from public.tasks where name = 'Open'), null, 'open work is handed back'
);
select is(api.delete_me('Right-1!'), null, 'the creator goes as well');

-- Acting as the other talent
select tests.act_as((select other from people));
select is(
  api.get_project((select id from made)::text) ->> 'name', 'Film', 'the project stays for its team'
);
select is(
  tests.error_of(
    format(
      'select api.update_task(%L, %L, ''{"status": "completed"}'')',
      (select id from made), (select id from public.tasks where name = 'Theirs')
    )
  ) ->> 'code',
  'INVALID_STATE', 'but is archived'
);

-- The job
select tests.act_as_postgres();
select is(
  (select count(*) from auth.users where email in (select talent || '@example.com' from people)),
  1::bigint, 'the address is kept'
);
do $$ begin perform private.anonymise_accounts(); end; $$;
select is(
  (select name from public.profiles where id = (select talent from people)), 'Ada', 'for a month'
);
update public.profiles
set deleted_at = now() - interval '31 days'
where id = (select talent from people);
do $$ begin perform private.anonymise_accounts(); end; $$;
select is(
  (select name from public.profiles where id = (select talent from people)), 'Deleted user',
  'then it is erased'
);
select is_empty(
  $$ select from auth.users where email in (select talent || '@example.com' from people) $$,
  'and the address is free'
);

select * from finish();
rollback;
