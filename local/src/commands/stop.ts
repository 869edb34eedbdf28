import { setTimeout as sleep } from "node:timers/promises";
import { holderOf } from "../lock.ts";

const patience = 30_000;

/** Ends the stack that runs with this data and waits until it is gone. */
export async function stop(dataDir: string): Promise<number> {
  const holder = await holderOf(dataDir);
  if (holder === undefined) {
    console.log(`No stack is running with the data in ${dataDir}.`);
    return 0;
  }
  console.log(`Stopping process ${holder.pid} …`);
  process.kill(holder.pid, "SIGTERM");
  for (const deadline = Date.now() + patience; Date.now() < deadline; ) {
    if ((await holderOf(dataDir))?.pid !== holder.pid) {
      console.log("Stopped. Everything committed is kept.");
      return 0;
    }
    await sleep(50);
  }
  throw new Error(
    `Process ${holder.pid} did not stop within ${patience / 1000} seconds. End it with \`kill -9 ${holder.pid}\`: what was committed is kept.`,
  );
}
