-- Storage: listing functions. Both run with the caller's rights, so they return only rows its policies allow.
set local role supabase_storage_admin;

-- Lists one level of a folder. By name, folders (without id) stand among the objects, where their paths sort; by a
-- time, which folders do not have, they come first. `levels` is the position in the path of
-- the listed names; `prefix` ends where the names begin, or within a name.
create or replace function storage.search(
  prefix text,
  bucketname text,
  limits integer default 100,
  levels integer default 1,
  offsets integer default 0,
  search text default '',
  sortcolumn text default 'name',
  sortorder text default 'asc'
)
returns table (
  name text,
  id uuid,
  updated_at timestamptz,
  created_at timestamptz,
  last_accessed_at timestamptz,
  metadata jsonb
)
language plpgsql
stable
as $$
declare
  v_column text := case when sortcolumn in ('updated_at', 'created_at', 'last_accessed_at')
    then sortcolumn else 'name' end;
  v_order text := case when lower(sortorder) = 'desc' then 'desc' else 'asc' end;
begin
  return query execute format(
    $query$
      with found as (
        select *, path_tokens[$1] as entry, cardinality(path_tokens) > $1 as is_folder
        from storage.objects
        where bucket_id = $2
          and lower(objects.name) like lower($3) || '%%'
          and cardinality(path_tokens) >= $1
      )
      select * from (
        select distinct entry as name, null::uuid as id, null::timestamptz as updated_at,
          null::timestamptz as created_at, null::timestamptz as last_accessed_at,
          null::jsonb as metadata
        from found
        where is_folder
        union all
        select entry, id, updated_at, created_at, last_accessed_at, metadata
        from found
        where not is_folder
      ) as level
      order by %1$s
      limit $4 offset $5
    $query$,
    case when v_column = 'name'
      then format(
        '(lower(name) || case when id is null then ''/'' else '''' end) collate "C" %1$s, name collate "C" %1$s',
        v_order
      )
      else format('id is not null, %1$I %2$s, name %2$s', v_column, v_order)
    end
  )
  using levels, bucketname,
    replace(replace(replace(prefix || coalesce(search, ''), '\', '\\'), '%', '\%'), '_', '\_'),
    limits, offsets;
end;
$$;

-- Lists a page of everything below a prefix, after a key. With `levels`, each folder is one row.
create or replace function storage.search_v2(
  prefix text,
  bucket_name text,
  limits integer default 100,
  levels integer default 1,
  start_after text default '',
  sort_order text default 'asc',
  sort_column text default 'name',
  sort_column_after text default ''
)
returns table (
  key text,
  name text,
  id uuid,
  updated_at timestamptz,
  created_at timestamptz,
  last_accessed_at timestamptz,
  metadata jsonb
)
language plpgsql
stable
as $$
declare
  v_descends boolean := lower(sort_order) = 'desc';
  v_column text := case when sort_column in ('updated_at', 'created_at') then sort_column
    else 'name' end;
begin
  return query execute format(
    $query$
      with entries as (
        select
          case when cardinality(path_tokens) > $1
            then array_to_string(path_tokens[:$1], '/') || '/' else objects.name end as entry,
          objects.*
        from storage.objects
        where bucket_id = $2 and starts_with(objects.name, $3)
      ),
      folded as (
        select distinct on (entry collate "C") entry,
          case when right(entry, 1) = '/' then null else entries.id end as id,
          entries.updated_at, entries.created_at, entries.last_accessed_at,
          case when right(entry, 1) = '/' then null else entries.metadata end as metadata
        from entries
        order by entry collate "C", entries.id
      )
      select split_part(rtrim(entry, '/'), '/', $1), entry, id, updated_at, created_at,
        last_accessed_at, metadata
      from folded
      where $4 = ''
        or %1$s
      order by %2$s entry collate "C" %3$s
      limit $5
    $query$,
    case when v_column = 'name' or sort_column_after = ''
      then format('entry collate "C" %s $4', case when v_descends then '<' else '>' end)
      else format(
        '(date_trunc(''milliseconds'', %1$I), entry collate "C") %2$s ($6::timestamptz, $4)',
        v_column, case when v_descends then '<' else '>' end
      )
    end,
    case when v_column = 'name' then ''
      else format(
        'date_trunc(''milliseconds'', %I) %s,', v_column,
        case when v_descends then 'desc' else 'asc' end
      )
    end,
    case when v_descends then 'desc' else 'asc' end
  )
  using levels, bucket_name, prefix, start_after, limits, nullif(sort_column_after, '');
end;
$$;
