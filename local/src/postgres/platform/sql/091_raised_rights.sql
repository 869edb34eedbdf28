-- What hosted Supabase's supautils library allows the migration role beyond PostgreSQL's own rules, wherever the
-- statement stands: in a file, in a `do` block, in a function.
--
-- PostgreSQL asks for the owner's rights in the middle of a command. An event trigger therefore makes the role a superuser
-- when such a command begins and takes that back when it ends; no other session sees it, since both are one
-- transaction. What the command reached is compared with what hosted Supabase allows before it counts.

create schema if not exists _platform;

-- Hosted Supabase's `policy_grants` and `drop_trigger_grants`.
create or replace function _platform.has_open_policies(p_relation oid) returns boolean
language sql
stable
set search_path = ''
as $$
  select exists (
    select
    from pg_catalog.pg_class as relation
    join pg_catalog.pg_namespace as schema on schema.oid = relation.relnamespace
    where relation.oid = p_relation
      and case schema.nspname
        when 'auth' then relation.relname ~ '^(audit_log_entries|flow_state|identities|instances|mfa_(amr_claims|challenges|factors)|oauth_clients|one_time_tokens|refresh_tokens|saml_\w+|sessions|sso_\w+|users)$'
        when 'storage' then relation.relname ~ '^(buckets|buckets_analytics|objects|prefixes|s3_multipart_uploads(_parts)?)$'
        when 'realtime' then relation.relname in ('messages', 'subscription')
        else false
      end
  )
$$;

-- An owner has an entry in pg_shdepend, except the superuser that created the cluster.
create or replace function _platform.owns(p_class oid, p_object oid) returns boolean
language sql
stable
set search_path = ''
as $$
  select exists (
    select
    from pg_catalog.pg_shdepend as owner
    where owner.classid = p_class
      and owner.objid = p_object
      and owner.deptype = 'o'
      and owner.dbid in (0, (select oid from pg_catalog.pg_database where datname = current_database()))
      and pg_catalog.pg_has_role('postgres', owner.refobjid, 'usage')
  )
$$;

-- Whether the migration role may alter or comment on this object.
create or replace function _platform.may_alter(p_class oid, p_object oid) returns boolean
language plpgsql
stable
set search_path = ''
as $$
declare
  v_relation oid;
begin
  case p_class
    when 'pg_catalog.pg_policy'::regclass then
      select polrelid into v_relation from pg_catalog.pg_policy where oid = p_object;
      return _platform.has_open_policies(v_relation)
        or _platform.owns('pg_catalog.pg_class'::regclass, v_relation);
    when 'pg_catalog.pg_trigger'::regclass then
      select tgrelid into v_relation from pg_catalog.pg_trigger where oid = p_object;
      return _platform.owns('pg_catalog.pg_class'::regclass, v_relation);
    when 'pg_catalog.pg_constraint'::regclass then
      select conrelid into v_relation from pg_catalog.pg_constraint where oid = p_object;
      return _platform.owns('pg_catalog.pg_class'::regclass, v_relation);
    when 'pg_catalog.pg_rewrite'::regclass then
      select ev_class into v_relation from pg_catalog.pg_rewrite where oid = p_object;
      return _platform.owns('pg_catalog.pg_class'::regclass, v_relation);
    when 'pg_catalog.pg_publication_rel'::regclass then
      return exists (
        select
        from pg_catalog.pg_publication_rel as part
        where part.oid = p_object
          and _platform.owns('pg_catalog.pg_publication'::regclass, part.prpubid)
      );
    when 'pg_catalog.pg_publication_namespace'::regclass then
      return exists (
        select
        from pg_catalog.pg_publication_namespace as part
        where part.oid = p_object
          and _platform.owns('pg_catalog.pg_publication'::regclass, part.pnpubid)
      );
    else
      return _platform.owns(p_class, p_object);
  end case;
end
$$;

create or replace function _platform.raise_rights() returns event_trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
  -- The caller's role: inside a definer's function `current_user` is the definer.
  if coalesce(nullif(current_setting('role', true), 'none'), session_user) <> 'postgres' then
    return;
  end if;
  -- Only comments on policies need more rights. What a function comments on is not visible here.
  if tg_tag = 'COMMENT' and current_query() ~* '^\s*comment\s+on\s+(?!policy)' then
    return;
  end if;
  -- Two sessions must not change the role at once: the second would fail.
  perform pg_catalog.pg_advisory_xact_lock('pg_catalog.pg_authid'::regclass::integer, 0);
  alter role postgres superuser;
end
$$;

create or replace function _platform.lower_rights() returns event_trigger
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_object text;
begin
  if not (select rolsuper from pg_catalog.pg_roles where rolname = 'postgres') then
    return;
  end if;
  if tg_event = 'sql_drop' then
    select object_identity
    into v_object
    from pg_catalog.pg_event_trigger_dropped_objects() as object,
      lateral (
        select pg_catalog.to_regclass(
          pg_catalog.format('%I.%I', address_names[1], address_names[2])
        ) as relation
      ) as place
    where object.original
      and not _platform.has_open_policies(place.relation)
      and not _platform.owns('pg_catalog.pg_class'::regclass, place.relation)
    limit 1;
  else
    alter role postgres nosuperuser;
    select object_identity
    into v_object
    from pg_catalog.pg_event_trigger_ddl_commands()
    -- The script of an extension runs as the superuser.
    where not in_extension and not _platform.may_alter(classid, objid)
    limit 1;
  end if;
  if v_object is not null then
    raise exception 'must be owner of %', v_object using errcode = '42501';
  end if;
end
$$;

-- Only superusers own foreign data wrappers; hosted Supabase gives this one to the migration role.
create or replace function _platform.share_wrapper() returns event_trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
  if exists (select from pg_catalog.pg_foreign_data_wrapper where fdwname = 'postgres_fdw') then
    grant usage on foreign data wrapper postgres_fdw to postgres with grant option;
  end if;
end
$$;

revoke all on schema _platform from public;
revoke all on all functions in schema _platform from public;

drop event trigger if exists _platform_raise_rights;
create event trigger _platform_raise_rights on ddl_command_start
  when tag in (
    'ALTER POLICY', 'ALTER PUBLICATION', 'COMMENT', 'CREATE POLICY', 'CREATE PUBLICATION',
    'DROP POLICY', 'DROP TRIGGER'
  )
  execute function _platform.raise_rights();
drop event trigger if exists _platform_check_drop;
create event trigger _platform_check_drop on sql_drop
  when tag in ('DROP POLICY', 'DROP TRIGGER')
  execute function _platform.lower_rights();
drop event trigger if exists _platform_lower_rights;
create event trigger _platform_lower_rights on ddl_command_end
  when tag in (
    'ALTER POLICY', 'ALTER PUBLICATION', 'COMMENT', 'CREATE POLICY', 'CREATE PUBLICATION',
    'DROP POLICY', 'DROP TRIGGER'
  )
  execute function _platform.lower_rights();
drop event trigger if exists _platform_share_wrapper;
create event trigger _platform_share_wrapper on ddl_command_end
  when tag in ('CREATE EXTENSION')
  execute function _platform.share_wrapper();
