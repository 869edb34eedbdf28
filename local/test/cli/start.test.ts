/** `embedded-supabase start` in its own process: stopping, killing, restarting. */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { networkInterfaces, tmpdir } from "node:os";
import { join } from "node:path";
import postgres from "postgres";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type Descriptor, findRunning } from "../../src/descriptor.ts";

const cli = join(import.meta.dirname, "../../bin/embedded-supabase.js");
const project = join(import.meta.dirname, "../fixtures/project");
let dataDir: string;
let running: ChildProcess | undefined;

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "embedded-"));
});

afterEach(async () => {
  running?.kill("SIGKILL");
  await rm(dataDir, { recursive: true, force: true });
});

test("starts, writes its descriptor, and ends all processes on Ctrl-C", async () => {
  const about = await start();
  const health = await healthOf(about);
  expect(health.status).toBe("ok");
  const pids = Object.values(health.parts).flatMap((part) => part.pid ?? []);
  expect(pids.length).toBeGreaterThan(2);

  const code = await stop("SIGINT");

  expect(code).toBe(0);
  expect(pids.filter(isAlive)).toEqual([]);
  expect(await findRunning(dataDir)).toBeUndefined();
});

test("keeps its data after a stop and after kill -9", async () => {
  let about = await start();
  await query(about, "create table public.kept (note text)");
  await query(about, "insert into public.kept values ('stopped')");
  await stop("SIGTERM");

  about = await start();
  await query(about, "insert into public.kept values ('killed')");
  await stop("SIGKILL");

  about = await start();
  const rows = await query(about, "select note from public.kept order by note");
  expect(rows.map((row) => row.note)).toEqual(["killed", "stopped"]);
  await stop("SIGINT");
  // Three starts, on a machine that may be busy.
}, 120_000);

test("restarts each part that is killed", async () => {
  const about = await start();
  for (const name of Object.keys((await healthOf(about)).parts)) {
    // Read again, because parts also restart when a part they depend on was down.
    await until(`${name} is well`, async () => (await healthOf(about)).status === "ok");
    const part = (await healthOf(about)).parts[name];
    if (part?.pid === undefined || part.pid === running?.pid) continue;
    process.kill(part.pid, "SIGKILL");
    await until(`${name} is back`, async () => {
      const now = (await healthOf(about)).parts[name];
      return now?.state === "healthy" && now.restarts > part.restarts;
    });
  }
  await until("all is well", async () => (await healthOf(about)).status === "ok");
  expect(await query(about, "select 1 as one")).toEqual([{ one: 1 }]);
  await stop("SIGINT");
}, 120_000);

test("rejects a second start with the same data folder", async () => {
  await start();
  const second = spawn(process.execPath, [cli, "start", ...options()], { stdio: "pipe" });
  const output: string[] = [];
  second.stderr.setEncoding("utf8").on("data", (text: string) => output.push(text));
  const code = await new Promise((resolve) => second.once("close", resolve));
  expect(code).toBe(1);
  expect(output.join("")).toContain("already running");
  await stop("SIGINT");
});

test("listens on all addresses with --host 0.0.0.0, under the machine's address", async () => {
  const about = await start("--host", "0.0.0.0");
  const { hostname, port } = new URL(about.API_URL);
  const addresses = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
  const reachable = addresses.filter(({ family, internal }) => family === "IPv4" && !internal);
  // A machine without a network has only its loopback address.
  expect(hostname).toBe(reachable[0]?.address ?? "127.0.0.1");
  for (const host of new Set([hostname, "127.0.0.1"])) {
    expect((await fetch(`http://${host}:${port}/health`)).status, host).toBe(200);
  }
  const { port: mailPort } = new URL(about.MAILPIT_URL);
  if (hostname !== "127.0.0.1") {
    await expect(fetch(`http://${hostname}:${mailPort}/`)).rejects.toThrow();
  }
  await stop("SIGINT");
});

test("listens on the loopback address only, unless it is told otherwise", async () => {
  const about = await start();
  const { hostname, port } = new URL(about.API_URL);
  expect(hostname).toBe("127.0.0.1");
  const addresses = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
  for (const { family, internal, address } of addresses) {
    if (family !== "IPv4" || internal) continue;
    await expect(fetch(`http://${address}:${port}/health`), address).rejects.toThrow();
  }
  await stop("SIGINT");
});

test("refuses a host that is no address of this machine", async () => {
  const args = [cli, "start", ...options(), "--host", "203.0.113.1"];
  const child = spawn(process.execPath, args, { stdio: "pipe" });
  const output: string[] = [];
  child.stderr.setEncoding("utf8").on("data", (text: string) => output.push(text));
  expect(await new Promise((resolve) => child.once("close", resolve))).toBe(1);
  expect(output.join("")).toContain('"203.0.113.1" is no address of this machine.');
});

const options = () => ["--project", project, "--data-dir", dataDir, "--port", "0"];

async function start(...more: readonly string[]): Promise<Descriptor> {
  // With an IPC channel, as launchers start it, so that it ends when they do.
  running = spawn(process.execPath, [cli, "start", ...options(), ...more], {
    stdio: ["ignore", "ignore", "ignore", "ipc"],
  });
  let about: Descriptor | undefined;
  await until("ready", async () => {
    if (running?.exitCode !== null) throw new Error("The stack ended while it started.");
    about = await findRunning(dataDir);
    return about !== undefined;
  });
  return about as Descriptor;
}

function stop(signal: NodeJS.Signals): Promise<number | null> {
  const child = running as ChildProcess;
  return new Promise((resolve) => {
    child.once("exit", (code) => resolve(code));
    child.kill(signal);
  });
}

interface Health {
  readonly status: string;
  readonly parts: Readonly<Record<string, { state: string; pid?: number; restarts: number }>>;
}

async function healthOf(about: Descriptor): Promise<Health> {
  return (await fetch(`${about.API_URL}/health`)).json() as Promise<Health>;
}

async function query(about: Descriptor, text: string): Promise<readonly postgres.Row[]> {
  const sql = postgres(about.DB_URL, { max: 1, onnotice: () => undefined });
  try {
    return [...(await sql.unsafe(text))];
  } finally {
    await sql.end();
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 25_000;
  while (Date.now() < deadline) {
    if (await holds()) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`Waited too long: ${what}.`);
}
