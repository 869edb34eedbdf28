import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join, relative } from "node:path";
import type { Sql } from "postgres";
import { glob } from "tinyglobby";
import type { Settings } from "../settings.ts";
import { withMigrationConnection } from "./connect.ts";

interface Seed {
  readonly path: string;
  readonly text: string;
  readonly hash: string;
}

/**
 * Runs the seed files of config.toml that this database has not seen, each once, as the official CLI does. A
 * file that changed since is recorded and not run again: that would insert its rows twice.
 */
export function applySeeds(
  settings: Settings,
  onStep: (path: string) => void = () => undefined,
): Promise<void> {
  return withMigrationConnection(settings, async (sql) => {
    const seen = await history(sql);
    const changed = (await find(settings)).filter(({ path, hash }) => seen.get(path) !== hash);
    if (changed.length === 0) return;
    const { runFile } = await import("./run-file.ts");
    for (const seed of changed) {
      const text = seen.has(seed.path) ? "" : seed.text;
      await runFile(sql, { name: seed.path, text }, async (tx) => {
        await tx`
          insert into supabase_migrations.seed_files (path, hash) values (${seed.path}, ${seed.hash})
          on conflict (path) do update set hash = excluded.hash`;
      });
      onStep(seed.path);
    }
  });
}

async function history(sql: Sql): Promise<ReadonlyMap<string, string>> {
  await sql
    .unsafe(`
      begin;
      set local event_triggers = off;
      set local role postgres;
      create schema if not exists supabase_migrations;
      create table if not exists supabase_migrations.seed_files (
        path text not null primary key,
        hash text not null
      );
      commit;`)
    .simple();
  const rows = await sql<{ path: string; hash: string }[]>`
    select path, hash from supabase_migrations.seed_files`;
  return new Map(rows.map(({ path, hash }) => [path, hash]));
}

/** Finds the files in the order of `sql_paths`, a pattern's files by name. Patterns are relative to `supabase/`. */
async function find({ projectDir, config }: Settings): Promise<readonly Seed[]> {
  const search = { cwd: join(projectDir, "supabase"), absolute: true, expandDirectories: false };
  const paths = new Set<string>();
  for (const pattern of config.db.seed.sql_paths) {
    const matches = await glob(pattern, search);
    for (const match of matches.sort()) paths.add(match);
  }
  return Promise.all(
    [...paths].map(async (path) => {
      const text = await readFile(path, "utf8");
      const hash = createHash("sha256").update(text).digest("hex");
      return { path: relative(projectDir, path), text, hash };
    }),
  );
}
