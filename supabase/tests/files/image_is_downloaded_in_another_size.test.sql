begin;
select plan(9);

create temporary table s as select * from tests.stage();
grant select on s to authenticated;

select tests.act_as((select talent from s));
create temporary table u as
select
  api.create_upload(
    'deliverable', 'logo.png', '2048', 'image/png', project::text, task::text
  ) as image,
  api.create_upload(
    'deliverable', 'offer.pdf', '2048', 'application/pdf', project::text, task::text
  ) as document
from s;
grant select on u to authenticated;
select tests.put_object(image), tests.put_object(document) from u;
select api.confirm_upload(image ->> 'fileId'), api.confirm_upload(document ->> 'fileId') from u;
select tests.found_clean((image ->> 'fileId')::uuid) from u;
select tests.found_clean((document ->> 'fileId')::uuid) from u;

select is(
  api.get_download(image ->> 'fileId', '40') -> 'image',
  '{"width": 40, "resize": "cover"}', 'an image has the width asked for'
) from u;
select is(
  api.get_download(image ->> 'fileId', '"2500"', '"030"', 'contain') -> 'image',
  '{"width": 2500, "height": 30, "resize": "contain"}', 'sides can be text, as in a query string'
) from u;
select is(
  api.get_download(image ->> 'fileId') ? 'image', false, 'without a side, it is the original'
) from u;
select is(
  api.get_download(image ->> 'fileId', null, null, 'fill') ? 'image', false,
  'a way to fit alone is the original, too'
) from u;
select is(
  api.get_download(document ->> 'fileId', '40') ? 'image', false, 'another file is the original'
) from u;

-- Refused
select is(
  tests.error_of(format('select api.get_download(%L, %L, %L, %L)', image ->> 'fileId', '0', '2501', 'stretch'))
    -> 'fields',
  '["height", "resize", "width"]',
  'every invalid option is reported'
) from u;
select is(
  tests.error_of(format('select api.get_download(%L, %L)', image ->> 'fileId', wrong)) ->> 'code',
  'VALIDATION_ERROR', wrong || ' is no width'
) from u, unnest(array['1.5', '"ten"', '{}']) as wrong;

select * from finish();
rollback;
