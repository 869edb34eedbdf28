-- Pagination and sorting of lists.

create function private.check_page(p_input jsonb)
  returns jsonb
  language plpgsql
  immutable
  parallel safe
  set search_path = ''
as $$
begin
  return private.check_whole(p_input, 'page', 'Page')
    || private.check_whole(p_input, 'limit', 'Limit');
end;
$$;

-- The page and the number of items per page. A limit above 100 counts as 100. Values that check_page
-- does not accept count as absent, so that these functions never raise.
create function private.page_number(p_input jsonb)
  returns integer
  language plpgsql
  immutable
  parallel safe
  set search_path = ''
as $$
begin
  return case
    when p_input ->> 'page' ~ '^0*[1-9][0-9]{0,8}$' then (p_input ->> 'page')::integer
    else 1
  end;
end;
$$;

create function private.page_limit(p_input jsonb, p_default integer)
  returns integer
  language plpgsql
  immutable
  parallel safe
  set search_path = ''
as $$
begin
  return case
    when p_input ->> 'limit' ~ '^0*[1-9][0-9]{0,8}$' then least((p_input ->> 'limit')::integer, 100)
    else p_default
  end;
end;
$$;

-- p_sorts maps the documented names to columns: {"dueDate": "due_date"}.
create function private.check_sort(p_input jsonb, p_sorts jsonb)
  returns jsonb
  language plpgsql
  immutable
  parallel safe
  set search_path = ''
as $$
begin
  return (
    select case
      when sort is null or p_sorts ? ltrim(sort, '-') and sort !~ '^--' then '[]'
      else private.field_error('sort', format(
        'Sort must be one of: %s. Add - in front for descending order.',
        (select string_agg(name, ', ' order by name) from jsonb_object_keys(p_sorts) as name)
      ))
    end
    from (values (p_input ->> 'sort')) as input (sort)
  );
end;
$$;

-- Returns the order clause for an allowed sort. Rows with equal values are ordered by id, so that
-- pages do not overlap. Column names come from p_sorts only, never from the caller.
create function private.order_clause(p_sort text, p_sorts jsonb)
  returns text
  language plpgsql
  immutable
  parallel safe
  set search_path = ''
as $$
begin
  return format(
    '%1$I %2$s, id %2$s',
    p_sorts ->> ltrim(p_sort, '-'),
    case when p_sort like '-%' then 'desc' else 'asc' end
  );
end;
$$;

-- The limit in the response is the one that was used; callers reduce it to the maximum of the list.
create function private.pagination(p_page integer, p_limit integer, p_total bigint)
  returns jsonb
  language plpgsql
  immutable
  parallel safe
  set search_path = ''
as $$
begin
  return jsonb_build_object(
    'page', p_page,
    'limit', p_limit,
    'total', p_total,
    'totalPages', (p_total + p_limit - 1) / p_limit,
    'hasNext', p_page < (p_total + p_limit - 1) / p_limit,
    'hasPrev', p_page > 1
  );
end;
$$;

-- Pure; run as the caller, in api functions.
grant execute on function
  private.check_page(jsonb),
  private.page_number(jsonb),
  private.page_limit(jsonb, integer),
  private.check_sort(jsonb, jsonb),
  private.order_clause(text, jsonb),
  private.pagination(integer, integer, bigint)
to authenticated, service_role;
