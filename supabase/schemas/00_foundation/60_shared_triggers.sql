-- Trigger functions that more than one table uses.

-- For every table that shows when it was changed.
create function private.tg__touch()
  returns trigger
  language plpgsql
  set search_path = ''
as $$
begin
  new.updated_at := now();
  return new;
end;
$$;

-- For every table with a status that ends in completed: keeps the moment, and forgets it on
-- reopening.
create function private.tg__complete()
  returns trigger
  language plpgsql
  set search_path = ''
as $$
begin
  new.completed_at := case when new.status = 'completed' then coalesce(new.completed_at, now()) end;
  return new;
end;
$$;
