/** Runs a functions runtime in its own process, so that a test can kill it. */
import { pino } from "pino";
import { FunctionsRuntime } from "../../src/functions/functions.ts";
import type { Settings } from "../../src/settings.ts";

process.once("message", async (settings: Settings) => {
  const runtime = new FunctionsRuntime(settings, pino({ level: "silent" }));
  process.once("SIGTERM", () => runtime.stop().then(() => process.exit(0)));
  await runtime.start();
  process.send?.("ready");
});
