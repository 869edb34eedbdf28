/** Migrations, seeds and vault secrets, applied as the official CLI does and together with it. */
import { execFile } from "node:child_process";
import { mkdir, rename } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Sql } from "postgres";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { applyMigrations } from "../../src/postgres/migrations.ts";
import { bootstrap } from "../../src/postgres/platform/bootstrap.ts";
import { applySeeds } from "../../src/postgres/seeds.ts";
import { applyVault } from "../../src/postgres/vault.ts";
import { databaseUrl } from "../../src/settings.ts";
import { ScratchDatabase } from "../support/database.ts";

let database: ScratchDatabase;
let sql: Sql;

beforeEach(async () => {
  database = await ScratchDatabase.start({
    "config.toml": 'project_id = "scratch"\n[db.seed]\nsql_paths = ["./seeds/*.sql"]\n',
  });
  sql = database.as("postgres");
});

afterEach(() => database.stop());

const migrate = async (files: Readonly<Record<string, string>>): Promise<readonly string[]> => {
  const named = Object.entries(files).map(([name, text]) => [`migrations/${name}`, text]);
  await database.write(Object.fromEntries(named));
  const applied: string[] = [];
  await applyMigrations(database.settings, (name) => applied.push(name));
  return applied;
};

const versions = async () => {
  const rows = await sql`select version from supabase_migrations.schema_migrations order by 1`;
  return rows.map(({ version }) => version);
};

describe("migrations", () => {
  test("are applied once, in order, and recorded in the CLI's history table", async () => {
    const files = {
      "20260102000000_second.sql": "insert into public.t values (2);",
      "20260101000000_first.sql":
        "-- Why.\ncreate table public.t (n int);\ninsert into public.t values (1); -- done\n",
      "notes.sql": "not a migration",
    };
    expect(await migrate(files)).toEqual(["20260101000000_first.sql", "20260102000000_second.sql"]);
    expect(await migrate({})).toEqual([]);

    expect(await sql`select n from public.t order by 1`).toEqual([{ n: 1 }, { n: 2 }]);
    const [row] = await sql`
      select version, name, to_json(statements) as statements
      from supabase_migrations.schema_migrations order by 1 limit 1`;
    expect(row).toEqual({
      version: "20260101000000",
      name: "first",
      statements: ["-- Why.\ncreate table public.t (n int)", "insert into public.t values (1)"],
    });
  });

  test("run as the migration role, which owns the objects they create", async () => {
    await migrate({
      "1_own.sql": `
        create table public.t as
          select current_user::text as me, session_user::text as session, current_setting('search_path') as path;
        create function public.quoted() returns text language sql as $$ select 'a;b'; $$;`,
    });
    const [row] = await sql`
      select t.*, pg_get_userbyid(relowner)::text as owner from public.t, pg_class where relname = 't'`;
    expect(row).toEqual({
      me: "postgres",
      session: "postgres",
      path: '"$user", public, extensions',
      owner: "postgres",
    });
  });

  test("can create and drop policies, and drop triggers, on the same platform tables as hosted Supabase", async () => {
    await migrate({
      "1_policies.sql": `
        create schema private;
        create function private.is_mine(id text) returns boolean language sql stable return true;
        create policy "see own" on storage.objects for select to authenticated using (private.is_mine(owner_id));
        alter policy "see own" on storage.objects to anon;
        alter policy "see own" on storage.objects rename to "see mine";
        create policy listen on realtime.messages for select to authenticated using (true);
        drop policy listen on realtime.messages;
        create function private.tg() returns trigger language plpgsql as $$ begin return new; end $$;
        create trigger tg after insert on auth.users for each row execute function private.tg();
        drop trigger if exists tg on auth.users;`,
    });
    const rows = await sql`
      select policyname as name, roles from pg_policies where schemaname in ('storage', 'realtime')`;
    expect(rows).toEqual([{ name: "see mine", roles: "{anon}" }]);
    const triggers = await sql`select from pg_trigger where tgname = 'tg'`;
    expect(triggers).toHaveLength(0);
  });

  test("can do what hosted Supabase otherwise leaves to superusers", async () => {
    await migrate({
      "1_raised.sql": `
        alter role authenticator set pgrst.db_pre_request = 'public.check_request';
        alter role authenticator reset pgrst.db_pre_request;
        alter role anon set pgrst.db_max_rows = '7';
        alter role authenticator set log_statement = 'none';
        create policy mine on storage.objects for select to authenticated using (true);
        comment on policy mine on storage.objects is 'Own files';
        create publication everything for all tables;
        create publication schema_only for tables in schema public;
        create function public.on_ddl() returns event_trigger language plpgsql as $$ begin end $$;
        create event trigger "on DDL" on ddl_command_end execute function public.on_ddl();
        set local session_replication_role = replica;
        select pg_reload_conf();`,
      // The migration role owns what it created.
      "2_drop.sql": `
        drop event trigger "on DDL";
        drop publication everything;
        drop publication schema_only;`,
    });
    const [role] = await sql`
      select rolsuper, (select setconfig from pg_db_role_setting where setrole = 'anon'::regrole) as settings
      from pg_roles where rolname = 'postgres'`;
    expect(role?.rolsuper).toBe(false);
    expect(role?.settings).toContain("pgrst.db_max_rows=7");
    const [{ comment } = { comment: null }] = await sql`
      select obj_description(oid, 'pg_policy') as comment from pg_policy where polname = 'mine'`;
    expect(comment).toBe("Own files");
  });

  test("can do the same in do blocks and functions", async () => {
    await migrate({
      "1_raised.sql": `
        create function public.open_files(name text) returns void language plpgsql as $$
        begin
          execute format('create policy %I on %I.objects for select to authenticated using (true)', name, 'storage');
          execute format('comment on policy %I on storage.objects is %L', name, 'Made in a function');
        end $$;
        select public.open_files('by function');
        create table public.own (n int);
        do $$
        begin
          create policy listen on realtime.messages for select to authenticated using (true);
          alter policy listen on realtime.messages to anon;
          alter policy listen on realtime.messages rename to hear;
          create policy gone on storage.buckets using (true);
          drop policy gone on storage.buckets;
          drop policy if exists never on storage.objects;
          create policy all_rows on public.own using (true);
          comment on table public.own is 'mine';
          begin
            alter table storage.objects add column mine int;
          exception when insufficient_privilege then
            insert into public.own values (1);
          end;
          create publication everything for all tables;
          alter role authenticator set pgrst.db_max_rows = '9';
        end $$;`,
    });
    expect(
      await sql`
        select polname as name, polrelid::regclass::text as on, obj_description(oid, 'pg_policy') as comment
        from pg_policy where polname in ('by function', 'hear', 'gone', 'listen', 'all_rows') order by 1`,
    ).toEqual([
      { name: "all_rows", on: "own", comment: null },
      { name: "by function", on: "storage.objects", comment: "Made in a function" },
      { name: "hear", on: "realtime.messages", comment: null },
    ]);
    expect(await sql`select n from public.own`).toEqual([{ n: 1 }]);
    expect(await sql`select rolsuper from pg_roles where rolname = 'postgres'`).toEqual([
      { rolsuper: false },
    ]);
  });

  test("do not get these rights in two sessions at once by failing", async () => {
    await sql`create table public.t (n int)`;
    const many = Array.from({ length: 8 }, (_, n) =>
      database.as("postgres").unsafe(`create policy p${n} on storage.objects using (true)`),
    );
    await Promise.all(many);
    const [row] = await sql`select count(*)::int as n from pg_policy where polname ~ '^p[0-7]$'`;
    expect(row?.n).toBe(8);
  });

  test.each(["moddatetime", "dblink", "postgres_fdw", "insert_username"])(
    "can create the extension %s, which PostgreSQL leaves to superusers",
    async (name) => {
      await migrate({
        "1_extension.sql": `
          create extension if not exists ${name} with schema extensions;
          drop extension ${name};
          do $$ begin create extension ${name} with schema extensions; end $$;`,
      });
      expect(await sql`select extname from pg_extension where extname = ${name}`).toHaveLength(1);
    },
  );

  test("can use moddatetime, dblink and postgres_fdw", async () => {
    const url = new URL(databaseUrl(database.settings));
    await migrate({
      "1_use.sql": `
        create extension moddatetime with schema extensions;
        create table public.t (n int, updated_at timestamptz default 'epoch');
        create trigger touched before update on public.t
          for each row execute function extensions.moddatetime(updated_at);
        insert into public.t values (1);
        update public.t set n = 2;
        create extension dblink with schema extensions;
        create table public.far as
          select n from extensions.dblink('${url.href}', 'select 7') as far (n int);
        create extension postgres_fdw;
        create server far foreign data wrapper postgres_fdw options (host 'localhost');`,
    });
    expect(
      await sql`select n, updated_at > now() - interval '1 minute' as now from public.t`,
    ).toEqual([{ n: 2, now: true }]);
    expect(await sql`select n from public.far`).toEqual([{ n: 7 }]);
  });

  test("expose new objects to the API roles if config.toml tells them to, until it does not", async () => {
    const { settings } = database;
    const expose = (auto_expose_new_tables: boolean) => {
      const api = { ...settings.config.api, auto_expose_new_tables };
      return bootstrap({ ...settings, config: { ...settings.config, api } });
    };
    const reach = () => sql`
      select relname as name, has_table_privilege('anon', oid, 'insert') as insert
      from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r' order by 1`;
    await migrate({ "1_a.sql": "create table public.a (n int);" });
    await expose(true);
    await migrate({
      "2_b.sql":
        "create table public.b (n serial); create function public.f() returns int return 1;",
    });
    await expose(false);
    await migrate({ "3_c.sql": "create table public.c (n int);" });
    expect(await reach()).toEqual([
      { name: "a", insert: false },
      { name: "b", insert: true },
      { name: "c", insert: false },
    ]);
    const [others] = await sql`
      select
        has_sequence_privilege('authenticated', 'public.b_n_seq', 'usage') as sequence,
        has_function_privilege('service_role', 'public.f()', 'execute') as function`;
    expect(others).toEqual({ sequence: true, function: true });
  });

  test("hear which extension npm's PostgreSQL lacks, and what to do", async () => {
    await expect(migrate({ "1_bad.sql": "create extension vector;" })).rejects.toThrow(
      /1_bad\.sql:1: extension "vector" is not available[\s\S]*npm's PostgreSQL does not contain vector\. .*pg_available_extensions.*supabase start/,
    );
    await expect(migrate({ "1_bad.sql": "create extension file_fdw;" })).rejects.toThrow(
      "permission denied to create extension",
    );
  });

  test("fire their event triggers for migrations, not for what the platform does", async () => {
    await migrate({
      "1_trigger.sql": `
        create table public.seen (tag text);
        create function public.on_ddl() returns event_trigger language plpgsql as $$
        begin insert into public.seen values (tg_tag); end $$;
        create event trigger on_ddl on ddl_command_end execute function public.on_ddl();
        create table public.t (n int);`,
      "2_next.sql": "reset all; alter table public.t add column m int;",
    });
    // As at a start of a newer version: every step of the platform runs again.
    await database.as("supabase_admin")`update _platform.steps set hash = 'older'`;
    await bootstrap(database.settings);
    await migrate({});
    await applySeeds(database.settings);
    expect(await sql`select tag from public.seen`).toEqual([
      { tag: "CREATE TABLE" },
      { tag: "ALTER TABLE" },
    ]);
  });

  test.each([
    "alter role supabase_auth_admin set pgrst.db_schemas = 'auth'",
    "alter role authenticator set zero_damaged_pages = on",
    "comment on table storage.objects is 'mine'",
    "alter role postgres superuser",
    "drop event trigger pgrst_ddl_watch",
    "alter table storage.objects add column mine int",
    "create policy p on auth.schema_migrations using (true)",
    "do $$ begin create policy p on auth.schema_migrations using (true); end $$",
    "do $$ begin comment on table storage.objects is 'comment on policy'; end $$",
    "do $$ begin drop trigger if exists never on storage.objects; alter role postgres superuser; end $$",
    "reset session authorization",
    "set session authorization supabase_admin",
    "reset role; alter table auth.users add column mine int",
    "set local role supabase_storage_admin",
  ])("have no other rights on platform tables: %s", async (statement) => {
    await expect(migrate({ "1_bad.sql": `${statement};` })).rejects.toThrow(
      /supabase\/migrations\/1_bad\.sql:1: (permission denied|must be owner)/,
    );
    expect(await versions()).toEqual([]);
  });

  test("are rolled back when they fail, with an error that names file and line", async () => {
    const text =
      "create table public.t (n int);\n\n-- Wrong.\ninsert into public.t\nvalues ('ä', x);\n";
    await expect(migrate({ "1_bad.sql": text })).rejects.toThrow(
      "supabase/migrations/1_bad.sql:5: column \"x\" does not exist\n  insert into public.t values ('ä', x)\n  SQLSTATE 42703",
    );
    expect(await sql`select to_regclass('public.t') as t`).toEqual([{ t: null }]);
    expect(await versions()).toEqual([]);
  });

  test("are not run if they have a syntax error", async () => {
    await expect(migrate({ "1_bad.sql": "select 1;\nselect 2;\ncreate tabel x;" })).rejects.toThrow(
      '1_bad.sql:3: syntax error at or near "tabel"',
    );
  });

  test("can be empty", async () => {
    await migrate({ "1_empty.sql": "", "2_comment.sql": "-- Nothing yet.\n" });
    expect(await versions()).toEqual(["1", "2"]);
  });

  test("run in one transaction unless they contain commit", async () => {
    const text =
      "create table public.t (n int); commit; insert into public.t values (1); select 1/0;";
    await expect(migrate({ "1_commits.sql": text })).rejects.toThrow("division by zero");
    expect(await sql`select * from public.t`).toEqual([]);
    expect(await versions()).toEqual([]);
  });

  test("are rejected when new files are too old or applied files are missing", async () => {
    await migrate({ "2_b.sql": "select 1;" });
    await expect(migrate({ "1_a.sql": "select 1;" })).rejects.toThrow(
      /older than .*\(2_b\.sql\)[\s\S]*mv supabase\/migrations\/1_a\.sql supabase\/migrations\/\d{14}_a\.sql/,
    );
    const folder = join(database.settings.projectDir, "supabase/migrations");
    await mkdir(join(folder, "old"));
    await rename(join(folder, "2_b.sql"), join(folder, "old/2_b.sql"));
    await expect(migrate({})).rejects.toThrow(/does not have:\s+2_b\.sql[\s\S]*--reset/);
    expect(await versions()).toEqual(["2"]);
  });

  test("run after roles.sql", async () => {
    await database.write({ "roles.sql": "create role reporter;" });
    await migrate({ "1_a.sql": "grant usage on schema public to reporter;" });
    expect(await versions()).toEqual(["1"]);
  });

  test("can be continued by the official CLI and vice versa", async () => {
    await migrate({ "20260101000000_a.sql": "create table public.t (n int);" });
    await database.write({ "migrations/20260102000000_b.sql": "insert into public.t values (1);" });
    const cli = join(import.meta.dirname, "../../../node_modules/.bin/supabase");
    const remote = `--remote=${databaseUrl(database.settings)}`;
    await promisify(execFile)(cli, ["migration", "up", remote, "--yes"], {
      cwd: database.settings.projectDir,
      env: { ...process.env, PGSSLMODE: "disable", SUPABASE_TELEMETRY_DISABLED: "1" },
    });
    expect(await migrate({})).toEqual([]);
    expect(await versions()).toEqual(["20260101000000", "20260102000000"]);
    expect(await sql`select n from public.t`).toEqual([{ n: 1 }]);
    await expect(migrate({ "20260102000000_b.sql": "select 1;" })).rejects.toThrow(/edited after/);
  });
});

describe("an applied migration that was edited", () => {
  const edited =
    /edited after they were applied[\s\S]*supabase\/migrations\/1_a\.sql[\s\S]*git restore[\s\S]*new migration[\s\S]*--reset/;
  const checksums = () => sql`
    select version, checksum from supabase_migrations.file_checksums order by 1`;

  test("stops the start and changes nothing, until the edit is undone", async () => {
    await migrate({ "1_a.sql": "create table public.t (n int);\n" });
    const before = await checksums();
    await expect(
      migrate({ "1_a.sql": "create table public.t (n bigint);\n", "2_b.sql": "select 1;" }),
    ).rejects.toThrow(edited);
    expect([await versions(), await checksums()]).toEqual([["1"], before]);

    // As git writes it on Windows.
    expect(await migrate({ "1_a.sql": "create table public.t (n int);\r\n" })).toEqual(["2_b.sql"]);
    expect(await checksums()).toHaveLength(2);
  });

  test("has no checksum if it failed, so that it can be edited and applied again", async () => {
    await expect(migrate({ "1_a.sql": "select 1/0;" })).rejects.toThrow("division by zero");
    expect(await checksums()).toEqual([]);
    expect(await migrate({ "1_a.sql": "select 1;" })).toEqual(["1_a.sql"]);
  });

  test("is not reported for a history without checksums, but for every edit after the next start", async () => {
    await migrate({ "1_a.sql": "select 1;" });
    await sql`drop table supabase_migrations.file_checksums`;
    expect(await migrate({ "1_a.sql": "select 2;" })).toEqual([]);
    await expect(migrate({ "1_a.sql": "select 3;" })).rejects.toThrow(edited);
  });

  test("is accepted when the official CLI wrote its row again", async () => {
    await migrate({ "1_a.sql": "select 1;" });
    // What `supabase migration repair --status applied` does, and `reverted` with `migration up`.
    await sql`
      insert into supabase_migrations.schema_migrations (version, name) values ('1', 'a')
      on conflict (version) do update set name = excluded.name`;
    expect(await migrate({ "1_a.sql": "select 2;" })).toEqual([]);
    await expect(migrate({ "1_a.sql": "select 1;" })).rejects.toThrow(edited);

    await sql`truncate supabase_migrations.schema_migrations`;
    await sql`insert into supabase_migrations.schema_migrations (version, name) values ('1', 'a')`;
    expect(await migrate({ "1_a.sql": "select 1;" })).toEqual([]);
  });

  test("is kept beside the CLI's table, which has upstream's columns", async () => {
    await migrate({ "1_a.sql": "select 1;" });
    const columns = await sql`
      select column_name as name from information_schema.columns
      where table_schema = 'supabase_migrations' and table_name = 'schema_migrations'
      order by ordinal_position`;
    expect(columns.map(({ name }) => name)).toEqual(["version", "statements", "name"]);
  });
});

describe("seeds", () => {
  const seed = async (): Promise<readonly string[]> => {
    const applied: string[] = [];
    await applySeeds(database.settings, (path) => applied.push(path));
    return applied;
  };
  const rows = async () => (await sql`select n from public.t order by n`).map(({ n }) => n);

  beforeEach(() => migrate({ "1_t.sql": "create table public.t (n int);" }));

  test("run once, by name; a changed file is recorded but not run again", async () => {
    await database.write({
      "seeds/2.sql": "insert into public.t select max(n) + 1 from public.t;",
      "seeds/1.sql": "insert into public.t values (1);",
    });
    expect(await seed()).toEqual(["supabase/seeds/1.sql", "supabase/seeds/2.sql"]);
    expect(await seed()).toEqual([]);
    expect(await rows()).toEqual([1, 2]);

    await database.write({ "seeds/1.sql": "insert into public.t values (10);" });
    expect(await seed()).toEqual(["supabase/seeds/1.sql"]);
    expect(await seed()).toEqual([]);
    expect(await rows()).toEqual([1, 2]);
  });

  test("are rolled back when they fail, and run again at the next start", async () => {
    await database.write({
      "seeds/1.sql": "insert into public.t values (1);\ninsert into public.u values (1);",
    });
    await expect(seed()).rejects.toThrow(
      'supabase/seeds/1.sql:2: relation "public.u" does not exist',
    );
    await database.write({ "seeds/1.sql": "insert into public.t values (1);" });
    await seed();
    expect(await rows()).toEqual([1]);
  });
});

test("creates and updates the vault secrets of config.toml", async () => {
  const secret = () => sql`
    select name, decrypted_secret as secret from vault.decrypted_secrets`;
  const withVault = (vault: Record<string, string>) => {
    const { config } = database.settings;
    return applyVault({ ...database.settings, config: { ...config, db: { ...config.db, vault } } });
  };
  await withVault({ project_url: "http://a", unset: "" });
  expect(await secret()).toEqual([{ name: "project_url", secret: "http://a" }]);
  await withVault({ project_url: "http://b" });
  expect(await secret()).toEqual([{ name: "project_url", secret: "http://b" }]);
});
