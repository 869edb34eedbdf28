begin;
select plan(7);

create temporary table people as
select
  tests.sign_up('Iris', 'creator') as creator,
  tests.sign_up('Noa', 'creator') as rival,
  tests.sign_up('Ada', 'talent') as talent;
grant select on people to authenticated;

select tests.act_as((select creator from people));
create temporary table made as
select (api.create_project('Film', 'A film', (current_date + 30)::text) ->> 'id')::uuid as id;
grant select on made to authenticated;

select is(
  api.add_team_member((select id from made)::text, (select talent from people)::text, ' Editor ') ->> 'role',
  'Editor', 'the creator can add a talent with a role'
);
select is(
  tests.error_of('select api.add_team_member((select id from made)::text, (select talent from people)::text, null)'),
  '{"state": "PT400", "code": "ALREADY_MEMBER", "fields": null}', 'a member cannot be added twice'
);
select is(
  tests.error_of('select api.add_team_member((select id from made)::text, (select rival from people)::text, null)') ->> 'code',
  'NOT_TALENT', 'a creator cannot be added to a team'
);

-- Acting as the talent, who leaves the team
select tests.act_as((select talent from people));
select lives_ok(
  'select api.remove_team_member((select id from made)::text, (select talent from people)::text)', 'a member can leave the team'
);
select is(
  tests.error_of('select api.get_project((select id from made)::text)') ->> 'state', 'PT403', 'a former member has no access to the project'
);

select tests.act_as((select creator from people));
select is(
  tests.error_of('select api.remove_team_member((select id from made)::text, (select talent from people)::text)') ->> 'state',
  'PT404', 'a former member cannot be removed again'
);
select lives_ok(
  'select api.add_team_member((select id from made)::text, (select talent from people)::text, null)', 'a former member can be added again'
);

select * from finish();
rollback;
