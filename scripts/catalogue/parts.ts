/**
 * What makes up the schema, one query for each kind of object. Every query returns `name` and `definition`; both
 * are independent of the order in which things were created, so a table that was altered later equals one that was
 * created in one piece.
 *
 * `ours` are the schemas of the project. On the platform's schemas only what migrations add is looked at:
 * policies, triggers, buckets and jobs.
 */
const ours = `('public', 'api', 'private')`;
const withPolicies = `('public', 'api', 'private', 'auth', 'storage', 'realtime')`;
/** Objects that belong to an extension are the extension's, not the project's. */
const noExtensionOwns = (classid: string, oid: string) =>
  `not exists (select from pg_depend as d where d.classid = '${classid}'::regclass and d.objid = ${oid} and d.deptype = 'e')`;

export const parts: Readonly<Record<string, string>> = {
  extension: `
    select extname as name, n.nspname as definition
    from pg_extension as e join pg_namespace as n on n.oid = e.extnamespace`,

  schema: `
    select nspname as name, coalesce(nspacl::text, '') as definition
    from pg_namespace where nspname in ${ours}`,

  "default privilege": `
    select concat_ws(' ', d.defaclrole::regrole, n.nspname, d.defaclobjtype::text) as name,
      (select string_agg(item::text, ' ' order by item::text) from unnest(d.defaclacl) as item) as definition
    from pg_default_acl as d left join pg_namespace as n on n.oid = d.defaclnamespace
    where n.nspname is null or n.nspname in ${ours}`,

  "role setting": `
    select concat_ws(' ', s.setrole::regrole, setting) as name, '' as definition
    from pg_db_role_setting as s, unnest(s.setconfig) as setting
    where s.setrole <> 0`,

  table: `
    select c.oid::regclass::text as name,
      concat_ws(' ', c.relkind::text, c.relpersistence::text, c.reloptions::text,
        case when c.relrowsecurity then 'row level security' end,
        case when c.relforcerowsecurity then 'forced' end,
        pg_get_partkeydef(c.oid), pg_get_expr(c.relpartbound, c.oid)) as definition
    from pg_class as c join pg_namespace as n on n.oid = c.relnamespace
    where n.nspname in ${ours} and c.relkind in ('r', 'p', 'v', 'm', 'S')
      and ${noExtensionOwns("pg_class", "c.oid")}`,

  column: `
    select format('%s.%I', c.oid::regclass, a.attname) as name,
      concat_ws(' ', format_type(a.atttypid, a.atttypmod), case when a.attnotnull then 'not null' end,
        nullif(a.attidentity::text, ''), nullif(a.attgenerated::text, ''), pg_get_expr(d.adbin, d.adrelid)) as definition
    from pg_attribute as a
    join pg_class as c on c.oid = a.attrelid
    join pg_namespace as n on n.oid = c.relnamespace
    left join pg_attrdef as d on (d.adrelid, d.adnum) = (a.attrelid, a.attnum)
    where n.nspname in ${ours} and c.relkind in ('r', 'p', 'v', 'm') and a.attnum > 0 and not a.attisdropped`,

  view: `
    select c.oid::regclass::text as name, pg_get_viewdef(c.oid) as definition
    from pg_class as c join pg_namespace as n on n.oid = c.relnamespace
    where n.nspname in ${ours} and c.relkind in ('v', 'm')`,

  constraint: `
    select format('%s %I', coalesce(nullif(c.conrelid, 0)::regclass::text, c.contypid::regtype::text), c.conname) as name,
      pg_get_constraintdef(c.oid) as definition
    from pg_constraint as c join pg_namespace as n on n.oid = c.connamespace
    where n.nspname in ${ours} and c.contype <> 'n'`,

  index: `
    select i.indexrelid::regclass::text as name, pg_get_indexdef(i.indexrelid) as definition
    from pg_index as i
    join pg_class as c on c.oid = i.indexrelid
    join pg_namespace as n on n.oid = c.relnamespace
    where n.nspname in ${ours}`,

  type: `
    select t.oid::regtype::text as name,
      concat_ws(' ', t.typtype::text, format_type(t.typbasetype, t.typtypmod),
        (select string_agg(quote_literal(e.enumlabel), ', ' order by e.enumsortorder)
         from pg_enum as e where e.enumtypid = t.oid)) as definition
    from pg_type as t join pg_namespace as n on n.oid = t.typnamespace
    where n.nspname in ${ours} and t.typtype in ('e', 'd', 'r')`,

  function: `
    select p.oid::regprocedure::text as name, pg_get_functiondef(p.oid) as definition
    from pg_proc as p join pg_namespace as n on n.oid = p.pronamespace
    where n.nspname in ${ours} and p.prokind in ('f', 'p') and ${noExtensionOwns("pg_proc", "p.oid")}`,

  trigger: `
    select format('%s %I', t.tgrelid::regclass, t.tgname) as name,
      concat_ws(' ', t.tgenabled::text, pg_get_triggerdef(t.oid)) as definition
    from pg_trigger as t
    join pg_class as c on c.oid = t.tgrelid
    join pg_namespace as n on n.oid = c.relnamespace
    where n.nspname in ${withPolicies} and not t.tgisinternal`,

  policy: `
    select format('%I.%I %I', schemaname, tablename, policyname) as name,
      concat_ws(' ', permissive, cmd, roles::text, 'using', qual, 'check', with_check) as definition
    from pg_policies where schemaname in ${withPolicies}`,

  grant: `
    select format('%s %s', c.oid::regclass, coalesce(acl.grantee::regrole::text, '')) as name,
      string_agg(acl.privilege_type, ', ' order by acl.privilege_type) as definition
    from pg_class as c
    join pg_namespace as n on n.oid = c.relnamespace
    cross join lateral aclexplode(coalesce(c.relacl, acldefault(case c.relkind when 'S' then 's' else 'r' end::"char", c.relowner))) as acl
    where n.nspname in ${ours} and c.relkind in ('r', 'p', 'v', 'm', 'S')
    group by 1`,

  "column grant": `
    select format('%s.%I %s', c.oid::regclass, a.attname, acl.grantee::regrole) as name,
      string_agg(acl.privilege_type, ', ' order by acl.privilege_type) as definition
    from pg_attribute as a
    join pg_class as c on c.oid = a.attrelid
    join pg_namespace as n on n.oid = c.relnamespace
    cross join lateral aclexplode(a.attacl) as acl
    where n.nspname in ${ours}
    group by 1`,

  "function grant": `
    select format('%s %s', p.oid::regprocedure, case acl.grantee when 0 then 'public' else acl.grantee::regrole::text end) as name,
      acl.privilege_type as definition
    from pg_proc as p
    join pg_namespace as n on n.oid = p.pronamespace
    cross join lateral aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) as acl
    where n.nspname in ${ours} and ${noExtensionOwns("pg_proc", "p.oid")}`,

  comment: `
    select pg_describe_object(d.classoid, d.objoid, d.objsubid) as name, d.description as definition
    from pg_description as d
    where d.classoid in ('pg_class'::regclass, 'pg_proc'::regclass, 'pg_namespace'::regclass, 'pg_constraint'::regclass,
        'pg_type'::regclass, 'pg_trigger'::regclass, 'pg_policy'::regclass)
      and exists (
        select
        from pg_identify_object_as_address(d.classoid, d.objoid, d.objsubid) as address
        where address.object_names[1] in ${ours}
      )`,

  "event trigger": `
    select evtname as name, concat_ws(' ', evtevent, evtfoid::regproc, evtenabled::text) as definition
    from pg_event_trigger`,

  publication: `
    select concat_ws(' ', p.pubname, t.schemaname, t.tablename) as name,
      concat_ws(' ', t.attnames::text, t.rowfilter) as definition
    from pg_publication as p left join pg_publication_tables as t on t.pubname = p.pubname
    where coalesce(t.schemaname, 'public') in ${ours}`,

  "cron job": `
    select jobname as name, concat_ws(' ', schedule, command, username, active) as definition from cron.job`,

  bucket: `
    select id as name, concat_ws(' ', name, public, file_size_limit, allowed_mime_types::text) as definition
    from storage.buckets`,

  "reference row": `
    select 'error_catalogue ' || code as name, to_jsonb(e)::text as definition from private.error_catalogue as e
    union all
    select format('file_types %s %s', upload_type, mime_type), to_jsonb(t)::text from private.file_types as t
    union all
    select 'skills ' || name, '' from public.skills`,
};
