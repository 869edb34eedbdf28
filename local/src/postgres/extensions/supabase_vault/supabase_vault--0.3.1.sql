-- Named secrets, encrypted with a key in a file of the data folder, which dumps do not contain. Only roles with
-- rights on the view can decrypt them.
\echo Use "create extension supabase_vault" to load this file. \quit

create table vault.secrets (
  id uuid primary key default gen_random_uuid(),
  name text,
  description text not null default '',
  secret text not null,
  key_id uuid,
  nonce bytea default decode(replace(gen_random_uuid()::text, '-', ''), 'hex'),
  created_at timestamptz not null default current_timestamp,
  updated_at timestamptz not null default current_timestamp
);
comment on table vault.secrets is 'Table with encrypted `secret` column for storing sensitive information on disk.';
create unique index secrets_name_idx on vault.secrets (name) where name is not null;
select pg_catalog.pg_extension_config_dump('vault.secrets', '');

create function vault._encrypt(secret text) returns text
language sql
volatile
security definer
set search_path = ''
as $$
  select encode(
    @extschema:pgcrypto@.pgp_sym_encrypt(
      secret, pg_read_file('vault.key'), 's2k-mode=0, cipher-algo=aes256'
    ),
    'base64'
  )
$$;

create function vault._decrypt(secret text) returns text
language sql
stable
security definer
set search_path = ''
as $$
  select @extschema:pgcrypto@.pgp_sym_decrypt(
    decode(secret, 'base64'), pg_read_file('vault.key')
  )
$$;

create view vault.decrypted_secrets as
  select
    id, name, description, secret, vault._decrypt(secret) as decrypted_secret, key_id, nonce,
    created_at, updated_at
  from vault.secrets;

create function vault.create_secret(
  new_secret text,
  new_name text default null,
  new_description text default '',
  new_key_id uuid default null
) returns uuid
language sql
volatile
security definer
set search_path = ''
as $$
  insert into vault.secrets (secret, name, description)
  values (vault._encrypt(new_secret), new_name, coalesce(new_description, ''))
  returning id
$$;

create function vault.update_secret(
  secret_id uuid,
  new_secret text default null,
  new_name text default null,
  new_description text default null,
  new_key_id uuid default null
) returns void
language sql
volatile
security definer
set search_path = ''
as $$
  update vault.secrets
  set
    secret = coalesce(vault._encrypt(new_secret), secret),
    name = coalesce(new_name, name),
    description = coalesce(new_description, description),
    updated_at = now()
  where id = secret_id
$$;

revoke all on schema vault from public;
revoke all on all functions in schema vault from public;
grant usage on schema vault to postgres, service_role;
grant select, delete on vault.secrets, vault.decrypted_secrets to postgres, service_role;
grant execute on all functions in schema vault to postgres, service_role;
revoke execute on function vault._encrypt(text) from postgres, service_role;
