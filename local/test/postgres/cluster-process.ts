/** Starts a cluster in its own process, so that a test can kill this process. */
import { PostgresCluster } from "../../src/postgres/cluster.ts";
import type { Settings } from "../../src/settings.ts";

process.once("message", async (settings: Settings) => {
  const cluster = new PostgresCluster(settings);
  await cluster.start();
  process.send?.(cluster.health().pid);
});
