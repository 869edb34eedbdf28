begin;
select plan(62);

-- The same addresses as in the tests of Auth, which has the format of HTML's email input
create temporary table a (address text, valid boolean);
insert into a values
  ('ada@example.com', true), ('a.b+c@sub.example.co.uk', true), ('ada@localhost', true),
  ('o''brien@example.com', true), ('a..b@example.com', true), ('.a.@example.com', true),
  ('a!#$%&*+/=?^_`{|}~-z@example.com', true), ('a@1.2.3.4', true), ('a@xn--bcher-kva.example', true),
  (repeat('a', 243) || '@example.com', true), ('a@' || repeat('b', 63) || '.com', true),
  (repeat('a', 244) || '@example.com', false), ('a@' || repeat('b', 64) || '.com', false),
  ('ada', false), ('@example.com', false), ('ada@', false), ('a@b@example.com', false),
  ('a b@example.com', false), ('a@-b.com', false), ('a@b-.com', false), ('a@b..com', false),
  ('a@example.com.', false), ('"a b"@example.com', false), ('a@[1.2.3.4]', false),
  (U&'\00E4da@example.com', false), (U&'ada@ex\00E4mple.com', false), (U&'a\202Eb@example.com', false),
  (U&'ada@e\212Aample.com', false), (U&'a\200Bb@example.com', false), (e'a\u0007b@example.com', false), (e'a\nb@example.com', false);

select is(
  private.check_email(jsonb_build_object('email', address), 'email', 'Email') = '[]', valid,
  format('%s is %s', left(address, 40), case when valid then 'accepted' else 'refused' end)
) from a;
select is(
  tests.error_of(format('select api.check_sign_up(%L, ''Secure-Pass1'', ''Ada'', ''talent'')', address)) -> 'fields',
  case when valid then null else '["email"]'::jsonb end, format('a sign-up with %s', left(address, 40))
) from a;

select * from finish();
rollback;
