-- Work the database queues and cannot do itself (mail, scans, objects in Storage) is done by an
-- edge function that takes rows, does them and reports.

-- The project's own address, null where the vault does not know it.
create function private.project_url()
  returns text
  language plpgsql
  stable
  security definer
  set search_path = ''
as $$
begin
  return (
    select nullif(s.decrypted_secret, '')
    from vault.decrypted_secrets as s
    where s.name = 'project_url'
  );
end;
$$;

-- Calls a worker, once the transaction is committed, where the vault knows its address and key.
-- Failing to call must not fail what caused the work: the next minute's call will find it.
create function private.wake_worker(p_name text)
  returns void
  language plpgsql
  security definer
  set search_path = ''
as $$
declare
  v_url constant text := private.project_url();
  v_key text;
begin
  select s.decrypted_secret
  into v_key
  from vault.decrypted_secrets as s
  where s.name = 'service_key';

  if v_url <> '' and v_key <> '' then
    perform net.http_post(
      url => v_url || '/functions/v1/' || p_name,
      headers => jsonb_build_object(
        'content-type', 'application/json', 'authorization', 'Bearer ' || v_key
      )
    );
  end if;
exception
  when others then
    raise warning 'The worker % could not be called: %', p_name, sqlerrm;
end;
$$;
