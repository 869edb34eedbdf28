import { createLog } from "../log.ts";
import { runService } from "../process/node-service.ts";
import { CronRunner } from "./cron.ts";
import { NetRunner } from "./net.ts";

// A process of its own: a database that dies in the middle of a job must not take the stack with it.
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
