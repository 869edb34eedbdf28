begin;
select plan(18);

create temporary table s as select * from tests.stage();
grant select on s to authenticated, anon;
select tests.act_as((select creator from s));
create temporary table c as select (api.open_conversation(talent) ->> 'id')::uuid as id from s;
grant select on c to authenticated, anon;

-- As Realtime asks: a probe row written by itself, then looked at with the caller's rights; and a
-- row inserted with them. p_user_id null is somebody who is not signed in.
create function pg_temp.may(p_user_id uuid, p_topic text)
  returns text
  language plpgsql
as $$
declare
  v_answer text := '';
  v_extension text;
begin
  perform set_config('role', 'postgres', true);
  perform set_config('realtime.topic', p_topic, true);
  delete from realtime.messages where topic = p_topic;
  insert into realtime.messages (topic, extension)
  values (p_topic, 'broadcast'), (p_topic, 'presence');

  if p_user_id is null then
    perform tests.act_as_anon();
  else
    perform tests.act_as(p_user_id);
  end if;

  foreach v_extension in array array['broadcast', 'presence'] loop
    if exists (
      select from realtime.messages where topic = p_topic and extension = v_extension
    ) then
      v_answer := v_answer || 'read ' || v_extension || ', ';
    end if;

    begin
      insert into realtime.messages (topic, extension) values (p_topic, v_extension);
      v_answer := v_answer || 'write ' || v_extension || ', ';
    exception
      when insufficient_privilege then null;
    end;
  end loop;

  perform set_config('role', 'postgres', true);
  return v_answer;
end;
$$;

select tests.act_as_postgres();
select is(pg_temp.may(creator, 'user:' || creator), 'read broadcast, ', 'one''s own feed is read only') from s;
select is(pg_temp.may(talent, 'user:' || creator), '', 'nobody else''s') from s;
select is(pg_temp.may(null, 'user:' || creator), '', 'not without signing in') from s;
select is(pg_temp.may(creator, 'user:' || upper(creator::text)), '', 'spelled as it is') from s;
select is(pg_temp.may(creator, 'user:'), '', 'with an id') from s;
select is(pg_temp.may(creator, 'user'), '', 'and a colon') from s;

select is(
  pg_temp.may(person, 'conversation:' || c.id),
  'read broadcast, write broadcast, read presence, write presence, ',
  'the ' || who || ' takes part'
)
from c, s, lateral (values (creator, 'creator'), (talent, 'talent')) as v (person, who);
select is(pg_temp.may(person, 'conversation:' || c.id), '', who || ' does not')
from c, s, lateral (
  values (stranger, 'a stranger'), (other_creator, 'another creator'), (null, 'nobody')
) as v (person, who);
select is(pg_temp.may(creator, topic), '', format('"%s" is no topic', topic))
from s, (
  values ('conversation:'), ('conversation:x'), ('project:x'), (''),
    ('conversation:' || gen_random_uuid())
) as v (topic);

-- A block ends it
select tests.act_as((select talent from s));
select api.block_user(creator) from s;
select tests.act_as_postgres();
select is(pg_temp.may(creator, 'conversation:' || c.id), '', 'not after a block') from c, s;

-- So does the end of the session
delete from auth.sessions where user_id = (select creator from s);
select is(pg_temp.may(creator, 'user:' || creator), '', 'nor after a sign-out') from s;

select * from finish();
rollback;
