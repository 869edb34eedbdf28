/** A cluster in a process of its own, so that a test can kill what started it. */
import { PostgresCluster } from "../../src/postgres/cluster.ts";
import type { Settings } from "../../src/settings.ts";

process.once("message", async (settings: Settings) => {
  const cluster = new PostgresCluster(settings);
  await cluster.start();
  process.send?.(cluster.health().pid);
});
