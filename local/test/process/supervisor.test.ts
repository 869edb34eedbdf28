/** Keeping a foreign program running, tried on small ones. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { afterEach, expect, test } from "vitest";
import { Supervised } from "../../src/process/supervisor.ts";
import { until } from "../support/http.ts";

let supervised: Supervised;
let spawned: ChildProcess[] = [];

afterEach(async () => {
  await supervised.stop();
  expect(
    spawned.filter(({ exitCode, signalCode }) => exitCode === null && signalCode === null),
  ).toEqual([]);
  spawned = [];
});

/** Runs these shell scripts one after another; the last one again and again. A word on stdout means ready. */
function run(...scripts: readonly string[]): Supervised {
  supervised = new Supervised({
    name: "Sample",
    stopSignal: "SIGTERM",
    spawn: async () => {
      const script = scripts[Math.min(spawned.length, scripts.length - 1)] ?? "";
      const child = spawn("sh", ["-c", script], { stdio: ["ignore", "pipe", "ignore"] });
      spawned.push(child);
      return child;
    },
    ready: async (child, signal) => {
      if (child.stdout !== null) await once(child.stdout, "data", { signal });
    },
  });
  return supervised;
}

test("one that ends before it serves fails the start", async () => {
  await expect(run("exit 3").start()).rejects.toThrow(
    "Sample ended with exit code 3 before it was ready.",
  );
  expect(supervised.health()).toMatchObject({ state: "failed", restarts: 0 });
});

test("one that dies is brought back, more slowly each time", async () => {
  await run("echo up; exec sleep 0.1", "exit 1", "exit 1", "echo up; exec sleep 60").start();
  const begun = Date.now();
  await until("it is restarting", () => supervised.health().state === "restarting");
  await until("it is back", () => supervised.health().state === "healthy");
  expect(supervised.health()).toMatchObject({ restarts: 3, pid: expect.any(Number) });
  expect(Date.now() - begun).toBeGreaterThan(50 + 100 + 200);
});

test("a stop ends it, also between two attempts and while it starts", async () => {
  await run("echo up; exec sleep 0.05", "exit 1").start();
  await until("it is restarting", () => supervised.health().state === "restarting");
  await supervised.stop();
  const count = spawned.length;
  await new Promise((resolve) => setTimeout(resolve, 500));
  expect(spawned).toHaveLength(count);
  expect(supervised.health().state).toBe("stopped");

  const starting = run("exec sleep 60").start();
  await supervised.stop();
  await expect(starting).rejects.toThrow(/before it was ready/);
  expect(supervised.health().state).toBe("stopped");
});
