import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { root } from "./root.ts";

/** Whether a built file is newer than everything that it is built from. Entries named in `own` are the build's own. */
export async function isCurrent(
  built: string,
  sources: readonly string[],
  own: ReadonlySet<string> = new Set(),
): Promise<boolean> {
  const found = await stat(built).catch(() => undefined);
  if (found === undefined) return false;
  const newest = await Promise.all(sources.map((path) => newestIn(join(root, path), own)));
  return found.mtimeMs >= Math.max(...newest);
}

async function newestIn(path: string, own: ReadonlySet<string>): Promise<number> {
  const found = await stat(path);
  if (!found.isDirectory()) return found.mtimeMs;
  const entries = (await readdir(path)).filter((entry) => !own.has(entry));
  const times = await Promise.all(entries.map((entry) => newestIn(join(path, entry), own)));
  return Math.max(found.mtimeMs, ...times);
}
