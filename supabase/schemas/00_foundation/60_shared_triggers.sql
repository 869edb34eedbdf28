-- Trigger functions that several tables use.

-- Sets updated_at.
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

-- Sets completed_at when the status becomes completed, and clears it when it no longer is.
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
