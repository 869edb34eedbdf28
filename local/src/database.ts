import { resolve } from "node:path";
import { loadConfig } from "./config.ts";
import { openDataFolder } from "./data-folder.ts";
import { loadSettings } from "./load-settings.ts";
import { PostgresCluster } from "./postgres/cluster.ts";
import { applyMigrations } from "./postgres/migrations.ts";
import { bootstrap } from "./postgres/platform/bootstrap.ts";
import { applySeeds } from "./postgres/seeds.ts";
import { applyVault } from "./postgres/vault.ts";
import type { Settings } from "./settings.ts";
import { type OnStep, type Timed, timing } from "./steps.ts";

/** Starts PostgreSQL and brings the platform's own roles, schemas and tables to this version. */
export async function startDatabase(cluster: PostgresCluster, settings: Settings, timed: Timed) {
  await timed("PostgreSQL", () => cluster.start());
  await timed("Platform schemas", () => bootstrap(settings));
}

/** Applies the project's vault secrets and migrations and, unless `seed` is false, its seeds. */
export async function applyProject(settings: Settings, timed: Timed, seed = true): Promise<void> {
  const { db } = settings.config;
  await timed("Vault secrets", () => applyVault(settings));
  if (db.migrations.enabled) await timed("Migrations", () => applyMigrations(settings));
  if (seed && db.seed.enabled) await timed("Seeds", () => applySeeds(settings));
}

export interface ResetOptions {
  readonly projectDir: string;
  readonly dataDir: string;
  readonly seed?: boolean;
  readonly onStep?: OnStep;
}

/** Creates the database again while no stack runs: without data, with the project's migrations and seeds. */
export async function resetDatabase(options: ResetOptions): Promise<void> {
  const projectDir = resolve(options.projectDir);
  // Without a project nothing is removed.
  await loadConfig(projectDir);
  const folder = await openDataFolder(options.dataDir, { empty: true });
  try {
    // On any free port: others may listen on the usual one meanwhile.
    const settings = await loadSettings(projectDir, folder.path, { api: 0 });
    const timed = timing(options.onStep);
    const cluster = new PostgresCluster(settings);
    try {
      await startDatabase(cluster, settings, timed);
      await applyProject(settings, timed, options.seed);
    } finally {
      await cluster.stop();
    }
  } finally {
    await folder.release();
  }
}
