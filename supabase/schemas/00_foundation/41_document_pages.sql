-- Returns one page of a documents view. Condition and order are constant text of the calling
-- function; values from callers are passed as $1 to $6. The ids of the page are selected first, so
-- that documents of other pages are not built. p_total: the number of all, where it is known.
--
-- Definer functions call it, one for each list, with a condition that names the caller's rows by a
-- value. The planner then sees that a user has very many rows, and reads an index in the order of the
-- list until the page is full. Under policies it cannot see the value, and would read and sort all of
-- the user's rows for each page.
create function private.page_of_documents(
  p_view regclass, p_where text, p_order text, p_page integer, p_limit integer,
  p_1 uuid, p_2 text default null, p_3 uuid default null, p_4 uuid default null,
  p_5 date default null, p_6 date default null, p_total bigint default null,
  out documents jsonb, out pagination jsonb
)
  language plpgsql
  stable
  set search_path = ''
as $$
declare
  v_skipped constant bigint := (p_page - 1)::bigint * p_limit;
  v_shown integer;
  v_total bigint := p_total;
begin
  execute format(
    'select coalesce(jsonb_agg(whole.document order by page.place), ''[]'') from ('
      || 'select id, row_number() over () as place from ('
      || 'select id from %1$s where %2$s order by %3$s limit %4$s offset %5$s'
      || ') as ids) as page join %1$s as whole on whole.id = page.id',
    p_view, p_where, p_order, p_limit, v_skipped
  )
  into documents
  using p_1, p_2, p_3, p_4, p_5, p_6;

  -- A page that is not full is the last one, and says how many there are; most lists have one page.
  v_shown := jsonb_array_length(documents);
  if v_total is null and v_shown < p_limit and (v_shown > 0 or v_skipped = 0) then
    v_total := v_skipped + v_shown;
  elsif v_total is null then
    execute format('select count(*) from %s where %s', p_view, p_where)
    into v_total
    using p_1, p_2, p_3, p_4, p_5, p_6;
  end if;

  pagination := private.pagination(p_page, p_limit, v_total);
end;
$$;
