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
  'Editor', 'added'
);
select is(
  tests.error_of('select api.add_team_member((select id from made)::text, (select talent from people)::text, null)'),
  '{"state": "PT400", "code": "ALREADY_MEMBER", "fields": null}', 'not twice'
);
select is(
  tests.error_of('select api.add_team_member((select id from made)::text, (select rival from people)::text, null)') ->> 'code',
  'NOT_TALENT', 'not a creator'
);

-- Acting as the talent: leaves by itself
select tests.act_as((select talent from people));
select lives_ok(
  'select api.remove_team_member((select id from made)::text, (select talent from people)::text)', 'may leave'
);
select is(
  tests.error_of('select api.get_project((select id from made)::text)') ->> 'state', 'PT403', 'and is out'
);

select tests.act_as((select creator from people));
select is(
  tests.error_of('select api.remove_team_member((select id from made)::text, (select talent from people)::text)') ->> 'state',
  'PT404', 'is not in the team any more'
);
select lives_ok(
  'select api.add_team_member((select id from made)::text, (select talent from people)::text, null)', 'may come back'
);

select * from finish();
rollback;
