/** Supervisor, with shell scripts as programs. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { afterEach, expect, test } from "vitest";
import type { Policy } from "../../src/process/policy.ts";
import type { Launched } from "../../src/process/process-run.ts";
import { NotServing, type Observer, Supervisor } from "../../src/process/supervisor.ts";
import { until } from "../support/http.ts";

let supervised: Supervisor;
let spawned: ChildProcess[] = [];

afterEach(async () => {
  await supervised.stop();
  expect(
    spawned.filter(({ exitCode, signalCode }) => exitCode === null && signalCode === null),
  ).toEqual([]);
  spawned = [];
});

/** Supervises these shell scripts: each start runs the next one, the last repeats. Output on stdout means ready. */
function run(...scripts: readonly string[]): Supervisor {
  return supervise(scripts);
}

function supervise(
  scripts: readonly string[],
  policy: Partial<Policy> = {},
  observer: Observer<void> = {},
): Supervisor {
  const launch = (): Launched => {
    const script = scripts[Math.min(spawned.length, scripts.length - 1)] ?? "";
    const child = spawn("sh", ["-c", script], { stdio: ["ignore", "pipe", "ignore"] });
    spawned.push(child);
    return {
      child,
      ready: async (signal) => {
        await once(child.stdout, "data", { signal });
      },
    };
  };
  supervised = new Supervisor({ name: "Sample", launch }, policy, observer);
  return supervised;
}

test("fails the start when the program ends before it is ready", async () => {
  await expect(run("exit 3").start()).rejects.toThrow(
    "Sample ended with exit code 3 before it was ready.",
  );
  expect(supervised.health()).toMatchObject({ state: "failed", restarts: 0 });
});

test("restarts a program that ends, with growing delays", async () => {
  await run("echo up; exec sleep 0.1", "exit 1", "exit 1", "echo up; exec sleep 60").start();
  const begun = Date.now();
  await until("it is restarting", () => supervised.health().state === "restarting");
  await until("it is back", () => supervised.health().state === "healthy");
  expect(supervised.health()).toMatchObject({ restarts: 3, pid: expect.any(Number) });
  // At once, because it had served; then after a pause that doubles.
  expect(Date.now() - begun).toBeGreaterThan(100 + 200);
});

test("stops the program, also between two attempts and while it starts", async () => {
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

test("kills a program that does not end in time", async () => {
  supervise(["trap '' TERM; echo up; while :; do sleep 0.05; done"], { stop: 200 });
  await supervised.start();
  const begun = Date.now();
  await supervised.stop();
  expect(Date.now() - begun).toBeGreaterThanOrEqual(190);
  expect(spawned[0]?.signalCode).toBe("SIGKILL");
});

test("fails the start and kills the program when it is not ready in time", async () => {
  supervise(["exec sleep 60"], { ready: 200 });
  await expect(supervised.start()).rejects.toThrow("Sample was not ready within 0.2 seconds.");
  await until("it is gone", () => spawned[0]?.signalCode === "SIGKILL");
  expect(supervised.health()).toMatchObject({ state: "failed" });
});

test("retries a failed program only on demand, after a pause", async () => {
  const reasons: string[] = [];
  supervise(
    ["exit 1", "exit 2", "echo up; exec sleep 60"],
    { retry: "on demand", pause: 200 },
    { failed: (reason) => reasons.push(reason) },
  );
  await expect(supervised.start()).rejects.toThrow("exit code 1");
  await expect(supervised.service()).rejects.toEqual(new NotServing(true));
  expect(spawned).toHaveLength(1);

  await new Promise((resolve) => setTimeout(resolve, 250));
  await expect(supervised.service()).rejects.toEqual(new NotServing(true));
  expect(spawned).toHaveLength(2);
  expect(supervised.health().state).toBe("failed");

  await new Promise((resolve) => setTimeout(resolve, 450));
  await supervised.service();
  expect(supervised.health()).toMatchObject({ state: "healthy", restarts: 0 });
  expect(reasons).toEqual([
    "Sample ended with exit code 1 before it was ready.",
    "Sample ended with exit code 2 before it was ready.",
  ]);
});

test("replaces a program: the old one finishes its work after the new one is ready", async () => {
  const first = "trap 'sleep 0.3; exit 0' TERM; echo up; while :; do sleep 0.05; done";
  await run(first, "sleep 0.2; echo up; exec sleep 60").start();
  const replaced = supervised.replace(5000);
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(spawned[0]?.exitCode).toBeNull();
  await replaced;
  expect(spawned.map(({ exitCode }) => exitCode)).toEqual([0, null]);
  expect(supervised.health()).toMatchObject({ state: "healthy", restarts: 0 });
});
