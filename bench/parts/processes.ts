/** The memory of each process of the embedded stack, after a benchmark has used it. Linux only. */
import { readdir, readFile } from "node:fs/promises";
import type { Figure } from "../support/report.ts";

const part = "memory";

interface Process {
  readonly pid: number;
  readonly parent: number;
  readonly command: string;
}

async function processes(): Promise<readonly Process[]> {
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  const read = pids.map(async (pid) => {
    const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "");
    const command = await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "");
    const parent = Number(/\) \S (\d+)/.exec(stat)?.[1]);
    return { pid: Number(pid), parent, command: command.replaceAll("\0", " ") };
  });
  return Promise.all(read);
}

/** Of pages that processes share, each counts its part. */
async function memoryOf(pid: number): Promise<number> {
  const text = await readFile(`/proc/${pid}/smaps_rollup`, "utf8").catch(() => "");
  return Number(/^Pss:\s+(\d+)/m.exec(text)?.[1] ?? 0) / 1024;
}

const kinds: readonly (readonly [RegExp, string])[] = [
  [/postgres/, "PostgreSQL, all connections"],
  [/\/auth\/main/, "Auth"],
  [/\/storage\/main/, "Storage"],
  [/\/realtime\/main/, "Realtime"],
  [/\/jobs\/main/, "cron and net"],
  [/functions\/(\w+)\/deno\.json/, "function $1"],
  [/scripts\/bench\.ts/, "gateway, with the script that started it"],
];

function kindOf(command: string): string | undefined {
  // PostgREST's path has "postgre" in it as well.
  if (/\/postgrest( |$)/.test(command)) return "PostgREST";
  for (const [pattern, kind] of kinds) {
    const found = pattern.exec(command);
    if (found) return kind.replace("$1", found[1] ?? "");
  }
  return undefined;
}

export async function measureMemory(): Promise<Figure[]> {
  if (process.platform !== "linux") return [];
  const all = await processes();
  const ours = new Set([process.ppid]);
  for (let grew = true; grew; ) {
    const more = all.filter(
      ({ pid, parent }) => ours.has(parent) && !ours.has(pid) && pid !== process.pid,
    );
    for (const { pid } of more) ours.add(pid);
    grew = more.length > 0;
  }
  const sums = new Map<string, number>();
  for (const { pid, command } of all) {
    const kind = ours.has(pid) ? kindOf(command) : undefined;
    if (kind !== undefined) sums.set(kind, (sums.get(kind) ?? 0) + (await memoryOf(pid)));
  }
  const figures = [...sums].map(
    ([name, mib]): Figure => ({ part, name, unit: "MiB", p50: Math.round(mib) }),
  );
  const whole = Math.round([...sums.values()].reduce((sum, mib) => sum + mib, 0));
  return [
    ...figures.sort((a, b) => b.p50 - a.p50),
    { part, name: "all", unit: "MiB", p50: whole, goal: 1536 },
  ];
}
