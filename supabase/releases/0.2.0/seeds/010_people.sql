-- Four creators and twelve talents. All of them sign in with the password OnSwift-demo-1!
-- The trigger on auth.users writes the profiles, as after every sign-up.

with
  people (id, email, name, user_type, company) as (
    values
      ('c0000000-0000-4000-8000-000000000001'::uuid, 'maya@northlight.example', 'Maya Lindqvist', 'creator', 'Northlight Pictures'),
      ('c0000000-0000-4000-8000-000000000002'::uuid, 'daniel@kettleandcrane.example', 'Daniel Okafor', 'creator', 'Kettle & Crane Coffee'),
      ('c0000000-0000-4000-8000-000000000003'::uuid, 'ines@fieldnote.example', 'Inês Carvalho', 'creator', 'Fieldnote Studio'),
      ('c0000000-0000-4000-8000-000000000004'::uuid, 'tom@harbourfm.example', 'Tom Ashworth', 'creator', 'Harbour FM'),
      ('a0000000-0000-4000-8000-000000000001'::uuid, 'alia@talent.example', 'Alia Vance', 'talent', null),
      ('a0000000-0000-4000-8000-000000000002'::uuid, 'jun@talent.example', 'Jun Watanabe', 'talent', null),
      ('a0000000-0000-4000-8000-000000000003'::uuid, 'sofia@talent.example', 'Sofia Marchetti', 'talent', null),
      ('a0000000-0000-4000-8000-000000000004'::uuid, 'kwame@talent.example', 'Kwame Mensah', 'talent', null),
      ('a0000000-0000-4000-8000-000000000005'::uuid, 'priya@talent.example', 'Priya Raman', 'talent', null),
      ('a0000000-0000-4000-8000-000000000006'::uuid, 'lucas@talent.example', 'Lucas Ferreira', 'talent', null),
      ('a0000000-0000-4000-8000-000000000007'::uuid, 'hanna@talent.example', 'Hanna Nowak', 'talent', null),
      ('a0000000-0000-4000-8000-000000000008'::uuid, 'omar@talent.example', 'Omar Haddad', 'talent', null),
      ('a0000000-0000-4000-8000-000000000009'::uuid, 'grace@talent.example', 'Grace O''Brien', 'talent', null),
      ('a0000000-0000-4000-8000-00000000000a'::uuid, 'mateo@talent.example', 'Mateo Álvarez', 'talent', null),
      ('a0000000-0000-4000-8000-00000000000b'::uuid, 'yuki@talent.example', 'Yuki Tanaka', 'talent', null),
      ('a0000000-0000-4000-8000-00000000000c'::uuid, 'ben@talent.example', 'Ben Sørensen', 'talent', null)
  ),
  -- One hash for all accounts: bcrypt is slow by design.
  secret as materialized (
    select extensions.crypt('OnSwift-demo-1!', extensions.gen_salt('bf', 10)) as hash
  ),
  accounts as (
    insert into auth.users (
      id, instance_id, aud, role, email, encrypted_password, email_confirmed_at,
      raw_app_meta_data, raw_user_meta_data, created_at, updated_at,
      confirmation_token, recovery_token, email_change, email_change_token_new
    )
    select
      p.id, '00000000-0000-0000-0000-000000000000', 'authenticated', 'authenticated', p.email,
      s.hash, now(), '{"provider": "email", "providers": ["email"]}',
      jsonb_strip_nulls(
        jsonb_build_object('name', p.name, 'userType', p.user_type, 'companyName', p.company)
      ),
      now() - interval '120 days', now(), '', '', '', ''
    from people as p
    cross join secret as s
    returning id, email
  )
insert into auth.identities (
  provider_id, user_id, identity_data, provider, last_sign_in_at, created_at, updated_at
)
select
  a.id::text, a.id,
  jsonb_build_object('sub', a.id, 'email', a.email, 'email_verified', true),
  'email', now(), now(), now()
from accounts as a;
