import postgres from "postgres";
import { afterAll, beforeAll, expect, test } from "vitest";
import { target } from "./target.ts";

/** What the migration role may and may not do: what holds here must hold on the hosted platform. */
export function database(): void {
  let sql: postgres.Sql;

  beforeAll(() => {
    sql = postgres(target().dbUrl, { max: 1, onnotice: () => undefined });
  });

  afterAll(() => sql.end());

  /** Runs a statement and takes it back; resolves with the SQLSTATE when it was refused. */
  const attempt = async (statement: string): Promise<string> => {
    let state = "done";
    await sql
      .begin(async (tx) => {
        await tx.unsafe(statement).catch((error: postgres.PostgresError) => {
          state = error.code;
        });
        throw new Error("taken back");
      })
      .catch(() => undefined);
    return state;
  };

  test("postgres is no superuser, and the API's roles are what they are", async () => {
    const roles = await sql`
      select rolname, rolsuper, rolcanlogin, rolinherit, rolbypassrls from pg_roles
      where rolname in ('postgres', 'anon', 'authenticated', 'service_role', 'authenticator')`;
    const by = Object.fromEntries(roles.map((role) => [role.rolname, role]));
    expect(by.postgres).toMatchObject({ rolsuper: false, rolcanlogin: true });
    expect(by.anon).toMatchObject({ rolcanlogin: false, rolbypassrls: false });
    expect(by.authenticated).toMatchObject({ rolcanlogin: false, rolbypassrls: false });
    expect(by.service_role).toMatchObject({ rolcanlogin: false, rolbypassrls: true });
    expect(by.authenticator).toMatchObject({ rolcanlogin: true, rolinherit: false });
  });

  test("PostgreSQL is 17", async () => {
    const [row] = await sql`show server_version_num`;
    expect(row?.server_version_num).toMatch(/^17/);
  });

  test.each([
    "alter table auth.users add column extra text",
    "create function auth.extra() returns int language sql as 'select 1'",
    "alter table storage.objects add column extra text",
    "create table auth.extra (id int)",
    "alter role anon superuser",
  ])("it may not: %s", async (statement) => {
    expect(await attempt(statement)).toBe("42501");
  });

  test.each([
    "create table public.extra (id uuid references auth.users (id))",
    "create role extra nologin",
    "create schema extra",
    "create trigger extra after insert on auth.users for each row execute function public.whoami_trigger()",
  ])("it may: %s", async (statement) => {
    const trigger =
      "create function public.whoami_trigger() returns trigger language plpgsql as 'begin return new; end';";
    expect(await attempt(trigger + statement)).toBe("done");
  });

  test("files are not deleted behind the Storage's back", async () => {
    expect(await attempt("delete from storage.objects")).not.toBe("done");
  });

  test("the helpers read the claims of a request", async () => {
    await sql.begin(async (tx) => {
      const claims = JSON.stringify({ sub: nobody, role: "authenticated", email: "a@b.example" });
      await tx`select set_config('request.jwt.claims', ${claims}, true)`;
      const [row] = await tx`select auth.uid(), auth.role(), auth.email(), auth.jwt()`;
      expect(row).toMatchObject({ uid: nobody, role: "authenticated", email: "a@b.example" });
      expect(row?.jwt).toMatchObject({ sub: nobody });
    });
  });
}

const nobody = "00000000-0000-4000-8000-000000000000";
