begin;
select plan(5);

create temporary table people as
  select tests.sign_up('Ada', 'talent') as talent, tests.sign_up('Olu', 'talent') as other;
create temporary table links (owner text, token text);
grant select on people to authenticated;
grant select, insert on links to authenticated;
update auth.users
set encrypted_password = extensions.crypt('Old-secret-1', extensions.gen_salt('bf', 4))
where id = (select talent from people);

create function pg_temp.error_of_feed(p_owner text) returns text language sql as $$
  select tests.error_of(format('select api.get_calendar_feed(%L)', token)) ->> 'code'
  from links
  where owner = p_owner
$$;

grant execute on function pg_temp.error_of_feed(text) to authenticated;

-- Each with a link; that of the talent could be a thief's
select tests.act_as((select other from people));
insert into links select 'other', api.create_calendar_link() ->> 'token';
select tests.act_as((select talent from people));
insert into links select 'talent', api.create_calendar_link() ->> 'token';

select is(
  api.change_password('Wrong-secret-1', 'New-secret-2') ->> 'hint', 'WRONG_PASSWORD',
  'a wrong password is refused'
);
select is(pg_temp.error_of_feed('talent'), null, 'and the link still works');

select api.change_password('Old-secret-1', 'New-secret-2');
select is(pg_temp.error_of_feed('talent'), 'NOT_FOUND', 'a new password ends the link');
select is(pg_temp.error_of_feed('other'), null, 'links of others stay');

select tests.act_as_postgres();
select api.reset_password(private.issue_reset_token(other, '1 hour'), 'New-secret-3') from people;
select is(pg_temp.error_of_feed('other'), 'NOT_FOUND', 'a reset ends the link, too');

select * from finish();
rollback;
