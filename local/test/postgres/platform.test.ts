/** The platform's roles, schemas and rights before the first migration. */
import type { Sql } from "postgres";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { withConnection } from "../../src/postgres/connect.ts";
import { bootstrap } from "../../src/postgres/platform/bootstrap.ts";
import { ScratchDatabase, within } from "../support/database.ts";

let database: ScratchDatabase;
let postgres: Sql;
let admin: Sql;

beforeAll(async () => {
  database = await ScratchDatabase.start();
  postgres = database.as("postgres");
  admin = database.as("supabase_admin");
});

afterAll(() => database.stop());

const rejects = (statements: string, sqlstate = "42501", role?: string) =>
  expect(within(postgres, statements, role)).rejects.toMatchObject({ code: sqlstate });

describe("roles", () => {
  test("have the same attributes as on hosted Supabase", async () => {
    const roles = await admin`
      select rolname as name, rolsuper as super, rolbypassrls as bypass, rolcanlogin as login,
        rolinherit as inherit
      from pg_roles
      where rolname in ('postgres', 'anon', 'authenticated', 'service_role', 'authenticator')
      order by 1`;
    expect(roles).toEqual([
      { name: "anon", super: false, bypass: false, login: false, inherit: true },
      { name: "authenticated", super: false, bypass: false, login: false, inherit: true },
      { name: "authenticator", super: false, bypass: false, login: true, inherit: false },
      { name: "postgres", super: false, bypass: true, login: true, inherit: true },
      { name: "service_role", super: false, bypass: true, login: false, inherit: true },
    ]);
  });

  test("have statement timeouts", async () => {
    const settings = await admin`
      select setrole::regrole::text as role, setting from pg_db_role_setting, unnest(setconfig) as setting
      where setrole in ('anon'::regrole, 'authenticated'::regrole) order by 1`;
    expect(settings).toEqual([
      { role: "anon", setting: "statement_timeout=3s" },
      { role: "authenticated", setting: "statement_timeout=8s" },
    ]);
  });

  test("let the authenticator switch to API roles, without other rights", async () => {
    const authenticator = database.as("authenticator");
    const [row] = await within<{ role: string }[]>(
      authenticator,
      "set local role authenticated; select current_user as role",
    );
    expect(row).toEqual({ role: "authenticated" });
    await expect(authenticator`set role postgres`).rejects.toMatchObject({ code: "42501" });
    await expect(authenticator`select * from auth.users`).rejects.toMatchObject({ code: "42501" });
  });

  test("do not let the migration role switch to service roles", async () => {
    for (const role of [
      "supabase_auth_admin",
      "supabase_storage_admin",
      "supabase_realtime_admin",
    ]) {
      await rejects(`set local role ${role}`);
    }
    await rejects("create role other superuser");
  });
});

describe("the migration role on platform tables", () => {
  test.each([
    "alter table storage.objects enable row level security",
    "alter table auth.users add column extra text",
    "create index on auth.users (created_at)",
    "comment on table storage.objects is 'mine'",
    "create table auth.mine (id int)",
    "create function storage.mine() returns int language sql as 'select 1'",
    "create view realtime.mine as select 1",
    "create policy mine on auth.schema_migrations using (true)",
    "insert into auth.schema_migrations values ('1')",
    "delete from storage.migrations",
  ])("cannot: %s", (statement) => rejects(statement));

  test("can grant rights on files, but not on accounts", async () => {
    const rows = await within(
      postgres,
      `grant truncate on storage.objects to anon;
       grant select on auth.users to authenticated;
       select has_table_privilege('anon', 'storage.objects', 'truncate') as files,
         has_table_privilege('authenticated', 'auth.users', 'select') as accounts`,
    );
    expect(rows).toEqual([{ files: true, accounts: false }]);
  });

  test("can create triggers on accounts and reference them", async () => {
    await within(
      postgres,
      `create table public.profiles (id uuid primary key references auth.users on delete cascade);
       create function public.greet() returns trigger language plpgsql security definer
         set search_path = '' as $$ begin insert into public.profiles values (new.id); return new; end $$;
       create trigger greet after insert on auth.users for each row execute function public.greet();
       insert into auth.users (id, email) values (gen_random_uuid(), 'a@example.com');
       select count(*)::int as n from public.profiles`,
    ).then((rows) => expect(rows).toEqual([{ n: 1 }]));
  });

  test("cannot delete files by SQL, also not as service_role", async () => {
    const seed = `
      insert into storage.buckets (id, name) values ('b', 'b');
      insert into storage.objects (bucket_id, name) values ('b', 'a/b.png');`;
    await rejects(`${seed} delete from storage.objects`);
    await rejects(`${seed} delete from storage.buckets`);
    await rejects(`set local role service_role; delete from storage.objects`);
    await within(
      postgres,
      `${seed} set local storage.allow_delete_query = 'true'; delete from storage.objects`,
    );
  });
});

describe("objects that a migration creates in public", () => {
  const grants = (role: string) => `
    create table public.t (id bigint generated by default as identity);
    create function public.f() returns int language sql as 'select 1';
    select
      has_table_privilege('${role}', 'public.t', 'select') as sees,
      has_table_privilege('${role}', 'public.t', 'insert, update, delete') as writes,
      has_sequence_privilege('${role}', 'public.t_id_seq', 'usage') as counts`;

  test.each(["anon", "authenticated", "service_role"])(
    "give no rights to %s until granted",
    async (role) => {
      expect(await within(postgres, grants(role))).toEqual([
        { sees: false, writes: false, counts: false },
      ]);
    },
  );
});

describe("the claims of a request", () => {
  test.each([
    [
      "as one document",
      `set local request.jwt.claims = '{"sub":"5f0c6f1e-0c3a-4a53-8a6a-5a5e5d1c0a11","role":"authenticated","email":"a@b.c"}'`,
    ],
    [
      "one by one",
      `set local request.jwt.claim.sub = '5f0c6f1e-0c3a-4a53-8a6a-5a5e5d1c0a11'; set local request.jwt.claim.role = 'authenticated'; set local request.jwt.claim.email = 'a@b.c'`,
    ],
  ])("are read %s", async (_, set) => {
    const rows = await within(
      postgres,
      `${set}; set local role authenticated; select auth.uid(), auth.role(), auth.email()`,
    );
    expect(rows).toEqual([
      { uid: "5f0c6f1e-0c3a-4a53-8a6a-5a5e5d1c0a11", role: "authenticated", email: "a@b.c" },
    ]);
  });

  test("are null without a request", async () => {
    const [row] = await postgres`select auth.uid(), auth.role(), auth.jwt()`;
    expect(row).toEqual({ uid: null, role: null, jwt: null });
  });
});

describe("the vault", () => {
  test("stores secrets encrypted and decrypts them only for permitted roles", async () => {
    const rows = await within<Record<string, unknown>[]>(
      postgres,
      `select vault.create_secret('first', 'key');
       select vault.update_secret((select id from vault.secrets where name = 'key'), 'second');
       select decrypted_secret as plain, secret <> 'second' as hidden from vault.decrypted_secrets where name = 'key'`,
    );
    expect(rows).toEqual([{ plain: "second", hidden: true }]);
    await rejects("select * from vault.decrypted_secrets", "42501", "authenticated");
    await rejects("select vault._decrypt('x')", "42501", "authenticated");
  });
});

test("notifies PostgREST of every schema change", async () => {
  const messages: string[] = [];
  const listener = database.as("postgres");
  await listener.listen("pgrst", (message) => messages.push(message));
  await postgres.unsafe("create table public.heard (id int)");
  await postgres.unsafe("drop table public.heard");
  await postgres`select pg_notify('pgrst', 'end')`;
  await expect.poll(() => messages).toEqual(["reload schema", "reload schema", "end"]);
});

test("bootstrap is idempotent and applies a changed JWT lifetime", async () => {
  const stamp = () => admin`select name, xmin::text from _platform.steps order by 1`;
  const before = await stamp();
  await bootstrap(database.settings);
  expect(await stamp()).toEqual(before);

  const { config } = database.settings;
  await bootstrap({
    ...database.settings,
    config: { ...config, auth: { ...config.auth, jwt_expiry: 77 } },
  });
  const value = await withConnection(
    database.settings,
    "postgres",
    (sql) => sql`
    select current_setting('app.settings.jwt_exp') as exp`,
  );
  expect(value[0]).toEqual({ exp: "77" });
});
