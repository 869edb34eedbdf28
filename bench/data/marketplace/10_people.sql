-- Accounts with their profiles and one session each. They cannot sign in: they have no password.
create temp table bench_people on commit drop as
  select pg_temp.id_of(kind, n::text) as id, kind, n
  from bench_size
  cross join lateral (
    select 'creator' as kind, n from generate_series(0, creators - 1) as n
    union all
    select 'talent', n from generate_series(0, talents - 1) as n
  ) as people;

insert into auth.users (
  id, instance_id, aud, role, email, raw_app_meta_data, raw_user_meta_data, email_confirmed_at,
  created_at, updated_at
)
select
  id, '00000000-0000-0000-0000-000000000000', 'authenticated', 'authenticated',
  kind || n || '@bench.example', '{}',
  jsonb_build_object('name', initcap(kind) || ' ' || n, 'userType', kind),
  now(), date_trunc('day', now()) - interval '2 years' + n * interval '1 minute', now()
from bench_people;

insert into public.profiles (
  id, user_type, name, professional_title, bio, skills, hourly_rate, availability, created_at
)
select
  b.id, b.kind, initcap(b.kind) || ' ' || b.n, t.professional_title, t.bio, coalesce(t.skills, '{}'),
  t.hourly_rate, t.availability,
  date_trunc('day', now()) - interval '2 years' + b.n * interval '1 minute'
from bench_people as b
cross join (select array_agg(k.name order by k.name) as names from public.skills as k) as s
left join lateral (
  select
    (array['Video editor', 'Motion designer', 'Illustrator'])[1 + b.n % 3] as professional_title,
    'Talent ' || b.n || ' makes films, drawings and sounds.' as bio,
    array[s.names[1 + b.n % 20], s.names[21 + b.n % 7]] as skills,
    20 + b.n % 100 as hourly_rate,
    (array['available_now', 'available_1_2_weeks', 'not_available'])[1 + b.n % 3] as availability
) as t on b.kind = 'talent';

insert into private.email_verifications (user_id, token_hash, verified_at)
select id, private.token_hash(id::text), now()
from bench_people;

insert into auth.sessions (id, user_id, created_at, updated_at, aal)
select pg_temp.id_of('session', kind, n::text), id, now(), now(), 'aal1'
from bench_people;

-- Enrolled and not verified: these demand no code, but the table is as large as in use.
insert into auth.mfa_factors (id, user_id, factor_type, status, created_at, updated_at)
select pg_temp.id_of('factor', kind, n::text), id, 'totp', 'unverified', now(), now()
from bench_people;

insert into public.notification_preferences (user_id, type, in_app, email)
select id, type, true, n % 2 = 0
from bench_people
cross join unnest(array['task_assigned', 'team_added']) as type;

insert into private.calendar_links (user_id, token_hash)
select id, encode(sha256(id::text::bytea), 'hex')
from bench_people;

insert into public.user_blocks (blocker_id, blocked_id)
select p.id, pg_temp.id_of('talent', (1 + (p.n * 5 + k) % (s.talents - 1))::text)
from bench_people as p
cross join bench_size as s
cross join generate_series(7, 8) as k
where p.kind = 'creator';
