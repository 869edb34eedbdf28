begin;
select plan(18);

create temporary table s as select * from tests.stage();
grant select on s to authenticated, anon;
select tests.act_as((select creator from s));
create temporary table c as select (api.open_conversation(talent::text) ->> 'id')::uuid as id from s;
grant select on c to authenticated, anon;

-- Checks access as Realtime does: it reads a probe row with the caller's rights, and inserts one.
-- p_user_id null is a caller who is not signed in.
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
select is(
  pg_temp.may(creator, 'user:' || creator), 'read broadcast, ',
  'a user can listen on their own channel, but not send'
) from s;
select is(
  pg_temp.may(talent, 'user:' || creator), '', 'a user cannot join the channel of another user'
) from s;
select is(
  pg_temp.may(null, 'user:' || creator), '',
  'a caller who is not signed in cannot join a user channel'
) from s;
select is(
  pg_temp.may(creator, 'user:' || upper(creator::text)), '',
  'a topic with another spelling of the id cannot be joined'
) from s;
select is(pg_temp.may(creator, 'user:'), '', 'a user topic without an id cannot be joined') from s;
select is(pg_temp.may(creator, 'user'), '', 'a user topic without a colon cannot be joined') from s;

select is(
  pg_temp.may(person, 'conversation:' || c.id),
  'read broadcast, write broadcast, read presence, write presence, ',
  'the ' || who || ' can listen and send in the conversation'
)
from c, s, lateral (values (creator, 'creator'), (talent, 'talent')) as v (person, who);
select is(pg_temp.may(person, 'conversation:' || c.id), '', who || ' cannot join the conversation')
from c, s, lateral (
  values (stranger, 'a stranger'), (other_creator, 'another creator'), (null, 'a caller who is not signed in')
) as v (person, who);
select is(pg_temp.may(creator, topic), '', format('the topic "%s" cannot be joined', topic))
from s, (
  values ('conversation:'), ('conversation:x'), ('project:x'), (''),
    ('conversation:' || gen_random_uuid())
) as v (topic);

-- After a block
select tests.act_as((select talent from s));
select api.block_user(creator::text) from s;
select tests.act_as_postgres();
select is(
  pg_temp.may(creator, 'conversation:' || c.id), '',
  'a blocked participant cannot join the conversation'
) from c, s;

-- After the end of the session
delete from auth.sessions where user_id = (select creator from s);
select is(
  pg_temp.may(creator, 'user:' || creator), '', 'a user cannot join their channel after a sign-out'
) from s;

select * from finish();
rollback;
