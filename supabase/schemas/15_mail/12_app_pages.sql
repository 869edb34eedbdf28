-- The pages of the app that links in mails lead to. Operators change a path with an update; the address
-- of the app is `site_url` in the vault. A word in braces is a value of the mail.

create table private.app_pages (
  thing text primary key,
  path text not null,

  constraint path_starts_with_a_slash check (path ~ '^/')
);

comment on table private.app_pages is
  'Paths of the app by what a notification is about. Without a row, its mails have no button.';

insert into private.app_pages (thing, path)
values
  ('project', '/projects/{projectId}'),
  ('team', '/projects/{projectId}'),
  ('task', '/projects/{projectId}/tasks/{taskId}'),
  ('deliverable', '/deliverables/{entityId}'),
  ('conversation', '/conversations/{conversationId}'),
  ('review', '/reviews/{entityId}');

-- Returns {appUrl} for the payload of a notification mail; {} if the app's address, the page or one of
-- its values is not known.
create function private.app_link(p_payload jsonb)
  returns jsonb
  language plpgsql
  stable
  security definer
  set search_path = ''
as $$
declare
  v_path text;
  v_key text;
begin
  select g.path into v_path from private.app_pages as g where g.thing = p_payload ->> 'entityType';

  foreach v_key in array array['projectId', 'taskId', 'conversationId', 'entityId'] loop
    v_path := replace(v_path, '{' || v_key || '}', coalesce(p_payload ->> v_key, '{}'));
  end loop;

  return case
    when v_path is null or v_path ~ '[{}]' or private.site_url() is null then '{}'
    else jsonb_build_object('appUrl', private.site_url() || v_path)
  end;
end;
$$;
