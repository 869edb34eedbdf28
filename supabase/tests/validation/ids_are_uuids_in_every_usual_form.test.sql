begin;
select plan(10);

create function pg_temp.errors_of(p_ids jsonb)
  returns text
  language plpgsql
as $$
declare
  v_detail text;
begin
  perform private.require_ids(p_ids);
  return null;
exception
  when sqlstate 'PT400' then
    get stacked diagnostics v_detail = pg_exception_detail;
    return v_detail::jsonb #>> '{0,message}';
end;
$$;

select is(pg_temp.errors_of(ids), error, ids::text)
from (
  values
    ('{"taskId": "0f1e2d3c-4b5a-4697-8877-665544332211"}'::jsonb, null),
    ('{"taskId": "0F1E2D3C-4B5A-4697-8877-665544332211"}', null),
    ('{"taskId": "{0f1e2d3c4b5a46978877665544332211}"}', null),
    ('{"taskId": "0f1e2d3c-4b5a-4697-8877-66554433221"}', 'Task id must be a UUID.'),
    ('{"taskId": "0f1e2d3c-4b5a-4697-8877-665544332211\n"}', 'Task id must be a UUID.'),
    ('{"taskId": ""}', 'Task id must be a UUID.'),
    ('{"taskId": 1}', 'Task id must be a UUID.'),
    ('{"taskId": ["0f1e2d3c-4b5a-4697-8877-665544332211"]}', 'Task id must be a UUID.'),
    ('{"taskId": null}', 'Task id is required.'),
    (
      '{"projectId": "0f1e2d3c-4b5a-4697-8877-665544332211", "taskId": null}',
      'Task id is required.'
    )
) as cases (ids, error);

select * from finish();
rollback;
