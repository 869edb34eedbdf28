/** Makes a database with the platform's schemas once; each scratch database begins as a copy of it. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { PostgresCluster } from "../../src/postgres/cluster.ts";
import { bootstrap } from "../../src/postgres/platform/bootstrap.ts";
import { scratchSettings } from "./settings.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** The data folder of a stopped database, with its keys. */
    readonly databaseTemplate: string;
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), "database-template-"));
  const settings = await scratchSettings({ dataDir: join(folder, "data") });
  const cluster = new PostgresCluster(settings);
  await cluster.start();
  await bootstrap(settings);
  await cluster.stop();
  project.provide("databaseTemplate", settings.dataDir);
  return () => rm(folder, { recursive: true, force: true });
}
