import { createLog } from "../log.ts";
import { runService } from "../process/node-service.ts";
import { CronRunner } from "./cron.ts";
import { NetRunner } from "./net.ts";

// Runs in its own process, so that a database crash during a job cannot end the stack's main process.
runService(async (settings) => {
  const runners = [
    new CronRunner(settings, createLog("cron")),
    new NetRunner(settings, createLog("net")),
  ];
  for (const runner of runners) await runner.start();
  return {
    async close() {
      await Promise.all(runners.map((runner) => runner.stop()));
    },
  };
});
