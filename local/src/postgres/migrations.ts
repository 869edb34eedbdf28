import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Sql } from "postgres";
import type { Settings } from "../settings.ts";
import { withConnection } from "./connect.ts";
import type { SqlFile } from "./run-file.ts";

const namePattern = /^(\d+)_(.*)\.sql$/;

interface Migration extends SqlFile {
  readonly version: string;
  readonly title: string;
}

/**
 * Applies the pending files of `supabase/migrations` in order and keeps the official CLI's history, so that
 * `supabase migration up --db-url …` goes on where this stopped and the other way round. Tells of each
 * file it applied.
 */
export function applyMigrations(
  settings: Settings,
  onStep: (name: string) => void = () => undefined,
): Promise<void> {
  return withConnection(settings, "supabase_admin", async (sql) => {
    const folder = join(settings.projectDir, "supabase", "migrations");
    const names = (await readdir(folder).catch(() => [])).filter((name) => namePattern.test(name));
    const done = await history(sql);
    const pending = choosePending(names.sort(), done);
    if (done.length === 0) await applyRoles(sql, settings.projectDir);
    if (pending.length === 0) return;
    const { runFile } = await import("./run-file.ts");
    for (const name of pending) {
      const migration = await read(folder, name);
      await runFile(sql, migration, async (tx, statements) => {
        await tx`
          insert into supabase_migrations.schema_migrations (version, name, statements)
          select ${migration.version}, ${migration.title}, array_agg(statement order by place)
          from jsonb_array_elements_text(${JSON.stringify(statements)}::text::jsonb)
            with ordinality as list (statement, place)`;
      });
      onStep(name);
    }
  });
}

/** The history table as the CLI makes it; returns the versions in it. */
async function history(sql: Sql): Promise<readonly string[]> {
  await sql
    .unsafe(`
      begin;
      set local role postgres;
      create schema if not exists supabase_migrations;
      create table if not exists supabase_migrations.schema_migrations (
        version text not null primary key,
        statements text[],
        name text
      );
      commit;`)
    .simple();
  const rows = await sql<{ version: string }[]>`
    select version from supabase_migrations.schema_migrations order by version`;
  return rows.map(({ version }) => version);
}

function choosePending(names: readonly string[], done: readonly string[]): readonly string[] {
  const versions = names.map(versionOf);
  const gone = done.filter((version) => !versions.includes(version));
  if (gone.length > 0) {
    throw new Error(
      `The database has migrations that supabase/migrations does not: ${gone.join(", ")}. Bring the files back, or start with --reset.`,
    );
  }
  const newest = done.at(-1);
  const pending = names.filter((name) => !done.includes(versionOf(name)));
  const late = pending.filter((name) => newest !== undefined && versionOf(name) < newest);
  if (late.length > 0) {
    throw new Error(
      `New migrations are older than the newest one that was applied (${newest}): ${late.join(", ")}. Give them a later date, or start with --reset.`,
    );
  }
  return pending;
}

const versionOf = (name: string): string => namePattern.exec(name)?.[1] ?? "";

async function read(folder: string, name: string): Promise<Migration> {
  const [, version = "", title = ""] = namePattern.exec(name) ?? [];
  const text = await readFile(join(folder, name), "utf8");
  return { name: join("supabase", "migrations", name), text, version, title };
}

/** `supabase/roles.sql` holds the project's own roles; it runs before its first migration. */
async function applyRoles(sql: Sql, projectDir: string): Promise<void> {
  const name = join("supabase", "roles.sql");
  const text = await readFile(join(projectDir, name), "utf8").catch(() => undefined);
  if (text === undefined) return;
  const { runFile } = await import("./run-file.ts");
  await runFile(sql, { name, text }, async () => undefined);
}
