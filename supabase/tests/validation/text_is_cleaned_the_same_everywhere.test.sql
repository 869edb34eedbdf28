begin;
select plan(54);

create temporary table s as select * from tests.stage();
grant select on s to authenticated;

-- Text with nothing to see is empty
select is(private.clean_text(text), '', format('%s is no text', what))
from (
  values
    ('', 'nothing'), (e' \t\r\n', 'white space'), (U&'\00A0\2003\3000', 'wide spaces'),
    (U&'\3164', 'a Hangul filler'), (U&'\115F\1160\FFA0', 'other Hangul fillers'),
    (U&'\200B\200C\200D', 'joiners'), (U&'\FEFF', 'a byte order mark'), (U&'\00AD', 'a soft hyphen'),
    (U&'\2800', 'a blank pattern'), (U&'\FE0F', 'a variation selector'), (U&'\034F', 'a grapheme joiner'),
    (U&'\061C\200E\200F', 'direction marks'), (U&'\202A\202E\202C', 'overrides'),
    (U&'\2066\2069', 'isolates'), (U&'\2060\2063', 'invisible operators'), (U&'\+0E0041', 'a tag'),
    (U&'\+0E0100', 'another variation selector'), (U&'\180E', 'a Mongolian separator'),
    (U&'\17B4\17B5', 'Khmer vowels that are not drawn'), (U&'\+01D159', 'a note without a head'),
    (e'\u0001\u0007\u001b\u0085', 'control characters'), (U&'\2028\2029', 'separators'),
    (U&' \3164 \200B', 'a mixture')
) as v (text, what);
select is(private.clean_text(null), null, 'null stays null');

-- What has something to see stays as it is
select is(private.clean_text(text), text, format('%s stays', text))
from (
  values
    ('a'), ('<3'), ('O''Brien'), (U&'\+01F468\200D\+01F469\200D\+01F467'), (U&'\2764\FE0F'),
    (U&'\+01F3F4\+0E0067\+0E0062\+0E0065\+0E006E\+0E0067\+0E007F'), (U&'\0645\06CC\200C\062E\0648\0627\0647\0645'),
    (U&'a\200Eb\200Fc'), (U&'\65E5\672C\8A9E'), (U&'a\3164'), (e'a\n\tb'), ('.'), (U&'\+01F1E9\+01F1EA')
) as v (text);
select is(private.clean_line(text), text, format('%s stays in a line', text))
from (values (U&'a\200Eb\200Fc'), (U&'\+01F468\200D\+01F469'), (U&'\0645\06CC\200C\062E')) as v (text);

-- Line breaks, control characters, composition, direction
select is(private.clean_text(given), kept, 'in a text: ' || what)
from (
  values
    (U&'a\000Bb\000Cc\2028d\2029e', e'a\nb\nc\nd\ne', 'separators become line breaks'),
    (e'a\u0007b\u0085c\u007fd', 'abcd', 'control characters are removed'),
    (U&'U\0308 e\0301', U&'\00DC \00E9', 'characters are composed'),
    (e'e\u0001\u0301', U&'\00E9', 'characters are composed after the removal'),
    (U&'a\202Eb', U&'a\202Eb', 'an override stays')
) as v (given, kept, what);
select is(private.clean_line(given), kept, 'in a line: ' || what)
from (
  values
    (U&'a\000Bb\000Cc\2028d\2029e', 'a b c d e', 'separators become spaces'),
    (e'a\r\n\tb', 'a b', 'line breaks become one space'),
    (U&'Mary \202Enhoj\202C', 'Mary nhoj', 'an override is removed'),
    (U&'a\202Ab\202Bc\202Dd\2066e\2067f\2068g\2069h', 'abcdefgh', 'embeddings and isolates are removed')
) as v (given, kept, what);

-- On every door: functions and tables
select tests.act_as((select creator from s));
select is(
  tests.error_of(statement) -> 'fields', fields::jsonb, 'refused: ' || statement
)
from (
  values
    (U&'select api.create_task((select project from s)::text, ''\3164'')', '["assigneeId", "dueDate", "name"]'),
    (U&'select api.update_me(jsonb_build_object(''name'', ''\2800''))', '["name"]'),
    (U&'update public.projects set name = ''\200B\3164'' where id = (select project from s)', '["name"]')
) as v (statement, fields);
update public.projects set name = U&'Bra\202End\2069' where id = (select project from s);
select is(name, 'Brand', 'an override in a name written to the table is removed')
from public.projects where id = (select project from s);
create temporary table c as
select (api.open_conversation(talent::text) ->> 'id')::uuid as id from s;
select is(
  tests.error_of(format('select api.send_message(%L, U&''\3164'')', id)) -> 'fields', '["content"]',
  'a message of a filler is empty'
) from c;

select * from finish();
rollback;
