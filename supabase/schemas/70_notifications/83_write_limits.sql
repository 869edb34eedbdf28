-- How often one user can write. Far above real work; together with the limits of mails they bound what
-- a single account can do to others and to the database.

create trigger _300_limit_writes
  before insert on public.projects
  for each row
  when (current_user = 'authenticated')
  execute function private.tg__limit_writes('projects', '200', '3600');

create trigger _300_limit_writes
  before insert on public.project_members
  for each row
  when (current_user = 'authenticated')
  execute function private.tg__limit_writes('team additions', '300', '3600');

create trigger _301_limit_inserts
  before insert on public.tasks
  for each row
  when (current_user = 'authenticated')
  execute function private.tg__limit_writes('tasks', '1000', '3600');

create trigger _301_limit_updates
  before update on public.tasks
  for each row
  when (current_user = 'authenticated')
  execute function private.tg__limit_writes('task changes', '2000', '3600');

create trigger _301_limit_updates
  before update on public.projects
  for each row
  when (current_user = 'authenticated')
  execute function private.tg__limit_writes('project changes', '500', '3600');

create trigger _301_limit_edits
  before update of content on public.messages
  for each row
  when (current_user = 'authenticated')
  execute function private.tg__limit_writes('message edits', '300', '3600');

create trigger _301_limit_updates
  before update on public.profiles
  for each row
  when (current_user = 'authenticated')
  execute function private.tg__limit_writes('profile changes', '300', '3600');
