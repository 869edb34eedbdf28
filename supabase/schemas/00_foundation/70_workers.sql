-- Workers are edge functions that process rows which the database queues: mails, scans and objects
-- in Storage.

-- Returns the URL of the project; null if the vault does not contain it.
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

-- Calls a worker after the transaction is committed, if the vault contains the URL and the key. A
-- failed call must not fail the transaction: the call of the next minute processes the rows.
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
