import { relative } from "node:path";
import { loopbackHost } from "../host.ts";
import type { PartHealth } from "../parts.ts";
import { Stack, type StackOptions } from "../stack.ts";
import { printStep, seconds, table } from "./output.ts";

/** Boots the stack, prints its addresses, and stays until it is asked to stop. */
export async function start(options: StackOptions): Promise<number> {
  const began = performance.now();
  const signal = stopSignal();
  const booting = Stack.start({ ...options, onStep: printStep });
  const stack = await Promise.race([booting, signal]);
  if (typeof stack === "string") {
    await booting.then((late) => late.stop()).catch(() => undefined);
    return 0;
  }

  console.log(`\nReady in ${seconds(performance.now() - began)}.\n`);
  console.log(overview(stack));
  if (options.host !== undefined && options.host !== loopbackHost) {
    console.log(
      "Other devices in the network can reach the API. Use this in networks that you trust.",
    );
  }
  console.log("Press Ctrl-C to stop.\n");
  const watch = setInterval(reportChanges(stack), 250);
  await signal;
  clearInterval(watch);
  console.log("\nStopping …");
  await stack.stop();
  console.log("Stopped. Everything committed is kept.");
  return 0;
}

/** Resolves with the first signal to stop. A second Ctrl-C ends the process at once. */
function stopSignal(): Promise<string> {
  return new Promise((resolve) => {
    let asked = false;
    for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
      process.on(name, () => {
        // npm and the terminal can both forward the same Ctrl-C; the second one is ignored.
        if (!asked) setTimeout(() => process.once("SIGINT", () => process.exit(130)), 1000).unref();
        asked = true;
        resolve(name);
      });
    }
    // The launcher was killed, so Ctrl-C would no longer reach this process.
    process.once("disconnect", () => resolve("disconnect"));
  });
}

function overview({ about, dataDir }: Stack): string {
  return table([
    ["API", about.API_URL],
    ["REST (PostgREST)", about.REST_URL],
    ["Storage", `${about.API_URL}/storage/v1`],
    ["Functions", about.FUNCTIONS_URL],
    ["Health", `${about.API_URL}/health`],
    ["Database", about.DB_URL],
    ["Mail inbox", about.MAILPIT_URL],
    ["Publishable key", about.PUBLISHABLE_KEY],
    ["Secret key", about.SECRET_KEY],
    ["Logs", relative(process.cwd(), `${dataDir}/logs`)],
  ]);
}

/** Prints when a part dies and when it is back. */
function reportChanges(stack: Stack): () => void {
  let before = stack.health();
  return () => {
    const now = stack.health();
    for (const [name, health] of Object.entries(now)) {
      const was = before[name];
      if (was !== undefined && changed(was, health)) console.log(sentence(name, health));
    }
    before = now;
  };
}

const changed = (was: PartHealth, is: PartHealth) =>
  was.state !== is.state || was.restarts !== is.restarts;

function sentence(name: string, health: PartHealth): string {
  const detail = health.detail === undefined ? "" : `: ${health.detail}`;
  if (health.state === "healthy") return `  ✓ ${name} is back (restarted ${health.restarts}×)`;
  return `  ! ${name} is ${health.state}${detail}`;
}
