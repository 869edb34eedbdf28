begin;
select plan(81);

select tests.hide_other_talents();
create temporary table c (creator uuid);
grant select on c to authenticated;
insert into c select tests.sign_up('Iris', 'creator');

select tests.add_talent('Zoë Brontë', '{"title": "Qwrtz Filmmaker", "bio": "Straße und Café"}', 40);
select tests.add_talent('Plain One', '{"title": "Editor", "bio": "Qwrtz, filmmaking in Łódź"}', 30);
select tests.add_talent('山田太郎', '{"title": "動画クリエイター", "bio": "東京で3D映像制作"}', 20);
select tests.add_talent('محمد علي', '{"title": "مصمم جرافيك", "bio": "أعمل في القاهرة"}', 10);
select tests.add_talent('Ada O’Brien', '{"title": "Jean-Luc editor"}', 5);

create temporary table cases (place serial, what text, q text, expected text[]);
grant select on cases to authenticated;
insert into cases (what, q, expected) values
  ('Accents of the profile do not matter', 'zoe bronte', '{Zoë Brontë}'),
  ('Case and accents of the query do not matter', 'ZOÉ BRÖNTE', '{Zoë Brontë}'),
  ('A composed and a decomposed letter are the same', U&'zoe\0308', '{Zoë Brontë}'),
  ('ß is ss', 'STRASSE', '{Zoë Brontë}'),
  ('ł is l', 'lodz', '{Plain One}'),
  ('Matches in the title come before matches in the bio', 'qwrtz', '{Zoë Brontë,Plain One}'),
  ('The last word may be the beginning of a word', 'qwrtz film', '{Zoë Brontë,Plain One}'),
  ('Other words must be whole', 'film qwrtz', '{}'),
  ('Every word must be there', 'qwrtz quay', '{}'),
  ('Words can come from name, title and bio, in any order', 'cafe qwrtz zoe', '{Zoë Brontë}'),
  ('A letter may be missing', 'qwrtz filmaker', '{Zoë Brontë}'),
  ('A letter may be too many', 'filmmmaker qwrtz', '{Zoë Brontë}'),
  ('A letter may be another one', 'filmmaper', '{Zoë Brontë}'),
  ('Two letters may be swapped', 'filmmakre', '{Zoë Brontë}'),
  ('Two wrong letters are too many', 'filnnaker', '{}'),
  ('A word of four letters must be right', 'edit0r cafq', '{}'),
  ('Apostrophes do not matter', 'obrien', '{Ada O’Brien}'),
  ('Hyphens separate words', 'luc jean', '{Ada O’Brien}'),
  ('Chinese characters are found in pairs', '山田', '{山田太郎}'),
  ('Pairs may begin anywhere', '田太郎', '{山田太郎}'),
  ('Pairs must follow each other', '太田', '{}'),
  ('A single character is found at the beginning of a pair', '映', '{山田太郎}'),
  ('Katakana is found in pairs', 'クリエ', '{山田太郎}'),
  ('Latin letters within Japanese text are a word', '3d', '{山田太郎}'),
  ('Arabic words are found', 'محمد', '{محمد علي}'),
  ('Vowel marks, hamza and final letters do not matter', 'مُحَمَّد اعمل القاهره', '{محمد علي}'),
  ('An Arabic word may be begun', 'جراف', '{محمد علي}');

select tests.act_as((select creator from c));
select is(tests.names_in(tests.search(jsonb_build_object('q', q))), expected, what || ' (rows)')
from cases
order by place;

select tests.index_search('merged');
select is(tests.names_in(tests.search(jsonb_build_object('q', q))), expected, what || ' (merged)')
from cases
order by place;

select tests.index_search('rebuilt');
select is(tests.names_in(tests.search(jsonb_build_object('q', q))), expected, what || ' (rebuilt)')
from cases
order by place;

select * from finish();
rollback;
