import { readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import type { Sql } from "postgres";
import type { Settings } from "../settings.ts";
import { withMigrationConnection } from "./connect.ts";
import { readMigrations } from "./migration-files.ts";
import { readHistory, record, recordChecksums } from "./migration-history.ts";
import { migrationProblems } from "./migration-problems.ts";

/**
 * Applies the files of `supabase/migrations` that this database does not have, in order, and keeps the official
 * CLI's history: `supabase migration up --db-url …` continues where this stopped, and the other way round.
 * Calls `onStep` with each file that it applied.
 */
export function applyMigrations(
  settings: Settings,
  onStep: (name: string) => void = () => undefined,
): Promise<void> {
  return withMigrationConnection(settings, async (sql) => {
    const files = await readMigrations(settings.projectDir);
    const history = await readHistory(sql);
    const problems = migrationProblems(files, history);
    if (problems !== undefined) throw new Error(problems);

    const known = new Map(history.map(({ version, checksum }) => [version, checksum]));
    // Applied by the official CLI, or before checksums were kept: the file is taken as it is now.
    const adopted = files.filter(({ version }) => known.get(version) === null);
    if (adopted.length > 0) await recordChecksums(sql, adopted);

    if (history.length === 0) await applyRoles(sql, settings.projectDir);
    const pending = files.filter(({ version }) => !known.has(version));
    if (pending.length === 0) return;
    const { runFile } = await import("./run-file.ts");
    for (const migration of pending) {
      await runFile(sql, migration, (tx, statements) => record(tx, migration, statements));
      onStep(basename(migration.name));
    }
  });
}

/** `supabase/roles.sql` holds the project's own roles. It runs before the first migration. */
async function applyRoles(sql: Sql, projectDir: string): Promise<void> {
  const name = join("supabase", "roles.sql");
  const text = await readFile(join(projectDir, name), "utf8").catch(() => undefined);
  if (text === undefined) return;
  const { runFile } = await import("./run-file.ts");
  await runFile(sql, { name, text }, async () => undefined);
}
