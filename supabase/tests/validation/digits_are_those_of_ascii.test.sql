begin;
select plan(9);

-- The class of digits in a pattern has the digits of all scripts, and casts to numbers refuse them.
select is(
  private.check_whole('{"limit": "1\u0662"}', 'limit', 'Limit') #>> '{0,message}',
  'Limit must be a whole number from 1 to 999999999.',
  'a limit with Arabic digits is named'
);
select is(private.page_number('{"page": "1\u0662"}'), 1, 'a page with them counts as absent');
select is(private.page_limit('{"limit": "1\u0662"}', 20), 20, 'and so does a limit');
select is(
  private.check_number('{"minRate": "\u0661"}', 'minRate', 'Minimum rate', 0, 9999) #>> '{0,field}',
  'minRate',
  'a rate with them is named'
);
select is(private.try_date(e'\u0662027-01-01'), null, 'a date with them is none');
select is(
  private.canonical_recurrence(e'FREQ=DAILY;UNTIL=20270101T\u0660\u0660\u0660\u0660\u0660\u0660Z'),
  null,
  'a rule with them is none'
);
select is(
  private.try_search_cursor(private.search_cursor(
    row(0, 0, 0, 1, 1, '0f1e2d3c-4b5a-4697-8877-665544332211')::private.talent_rank
  )) is null,
  false,
  'a cursor of the search is one'
);
select is(
  private.try_search_cursor(translate(
    encode(convert_to(e'0 0 0 \u0661 1 0f1e2d3c-4b5a-4697-8877-665544332211', 'UTF8'), 'base64'),
    e'+/=\n', '-_'
  )) is null,
  true,
  'a cursor with them is none'
);
select is(
  private.check_whole('{"limit": "12"}', 'limit', 'Limit'), '[]', 'a limit of ASCII digits is one'
);

select * from finish();
rollback;
