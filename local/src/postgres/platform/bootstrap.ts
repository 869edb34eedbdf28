import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import type { Sql, TransactionSql } from "postgres";
import type { Settings } from "../../settings.ts";
import { withConnection } from "../connect.ts";
import { maintainPartitions } from "./partitions.ts";

const folder = new URL("./sql/", import.meta.url);

/**
 * Brings the platform's own roles, schemas, tables and functions to this version. Runs each file that is new or
 * whose text has changed; every file can run again.
 */
export function bootstrap(settings: Settings): Promise<void> {
  return withConnection(settings, "supabase_admin", async (sql) => {
    const done = await applied(sql);
    const pending = (await steps(settings)).filter(({ name, hash }) => done.get(name) !== hash);
    if (pending.length > 0) await sql.begin((tx) => apply(tx, pending));
    await maintainPartitions(sql);
  });
}

interface Step {
  readonly name: string;
  readonly text: string;
  readonly hash: string;
}

async function steps(settings: Settings): Promise<readonly Step[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith(".sql")).sort();
  const files = await Promise.all(
    names.map(async (name) => step(name, await readFile(new URL(name, folder), "utf8"))),
  );
  return [...files, step("settings", ownSettings(settings))];
}

const step = (name: string, text: string): Step => ({
  name,
  text,
  hash: createHash("sha256").update(text).digest("hex"),
});

/** What differs from one data folder, and one project, to the next. */
function ownSettings({ keys, config }: Settings): string {
  const logins = ["postgres", "authenticator", "supabase_auth_admin", "supabase_storage_admin"];
  return [
    ...logins.map((role) => `alter role ${role} password ${literal(keys.databasePassword)};`),
    `alter database postgres set "app.settings.jwt_secret" = ${literal(keys.jwtSecret)};`,
    `alter database postgres set "app.settings.jwt_exp" = ${literal(String(config.auth.jwt_expiry))};`,
    ...defaultPrivileges(config.api.auto_expose_new_tables),
  ].join("\n");
}

/** Whether the API roles reach new objects of migrations in `public` without a `grant`. */
function defaultPrivileges(exposed: boolean): readonly string[] {
  const [verb, to] = exposed ? ["grant", "to"] : ["revoke", "from"];
  const privileges = [
    "select, insert, update, delete on tables",
    "usage, select on sequences",
    "execute on functions",
  ];
  return privileges.map(
    (kind) =>
      `alter default privileges for role postgres in schema public ${verb} ${kind} ${to} anon, authenticated, service_role;`,
  );
}

const literal = (text: string) => `'${text.replaceAll("'", "''")}'`;

async function applied(sql: Sql): Promise<ReadonlyMap<string, string>> {
  const [table] = await sql<[{ there: boolean }]>`
    select to_regclass('_platform.steps') is not null as there`;
  if (!table.there) return new Map();
  const rows = await sql<{ name: string; hash: string }[]>`select name, hash from _platform.steps`;
  return new Map(rows.map(({ name, hash }) => [name, hash]));
}

async function apply(tx: TransactionSql, pending: readonly Step[]): Promise<void> {
  // Passwords are among the statements: a failing one must not be written to the log.
  await tx`set local log_min_error_statement = 'panic'`;
  await tx`set local check_function_bodies = off`;
  // Those of the project's migrations are not for the platform's own changes.
  await tx`set local event_triggers = off`;
  await tx`create schema if not exists _platform`;
  await tx`create table if not exists _platform.steps (name text primary key, hash text not null)`;
  for (const { name, text, hash } of pending) {
    await tx
      .unsafe(text)
      .simple()
      .catch((error: Error) => {
        throw new Error(`Platform schema, ${name}: ${error.message}`, { cause: error });
      });
    await tx`reset role`;
    await tx`
      insert into _platform.steps (name, hash) values (${name}, ${hash})
      on conflict (name) do update set hash = excluded.hash`;
  }
}
