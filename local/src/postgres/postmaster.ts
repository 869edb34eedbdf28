import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

const lockFile = (cluster: string) => join(cluster, "postmaster.pid");

/** Resolves when the lock file of the server with this `pid` reports that it accepts connections. */
export async function untilReady(
  cluster: string,
  pid: number | undefined,
  signal: AbortSignal,
): Promise<void> {
  for (;;) {
    const lines = await lockLines(cluster);
    if (Number(lines[0]) === pid && lines[7]?.trim() === "ready") return;
    await sleep(10);
    signal.throwIfAborted();
  }
}

/**
 * Cleans up after a killed stack. Stops a server that is still running on this folder. A lock file
 * whose process id belongs to another program now is only removed.
 */
export async function clearStale(cluster: string): Promise<void> {
  const pid = Number((await lockLines(cluster))[0]);
  if (!Number.isInteger(pid) || pid <= 0) return;
  if (serves(pid, cluster)) await end(pid, cluster);
  await rm(lockFile(cluster), { force: true });
}

async function end(pid: number, cluster: string): Promise<void> {
  // Fast shutdown first, then immediate shutdown, which needs crash recovery at the next start.
  for (const signal of ["SIGINT", "SIGQUIT", "SIGKILL"] as const) {
    try {
      process.kill(pid, signal);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ESRCH") return;
      throw new Error(
        `PostgreSQL of another user (process ${pid}) still runs on ${cluster}. Stop it first.`,
      );
    }
    for (let waited = 0; waited < 5000; waited += 50) {
      await sleep(50);
      if (!serves(pid, cluster)) return;
    }
  }
}

function serves(pid: number, cluster: string): boolean {
  const words = commandOf(pid);
  return words.some((word) => /(^|\/)postgres(\.exe)?$/.test(word)) && words.includes(cluster);
}

function commandOf(pid: number): readonly string[] {
  try {
    if (existsSync("/proc/self/cmdline")) {
      return readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0");
    }
    return execFileSync("ps", ["-ww", "-o", "command=", "-p", String(pid)])
      .toString()
      .trim()
      .split(" ");
  } catch {
    return [];
  }
}

const lockLines = async (cluster: string): Promise<readonly string[]> =>
  (await readFile(lockFile(cluster), "utf8").catch(() => "")).split("\n");
