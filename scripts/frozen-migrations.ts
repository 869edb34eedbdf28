import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { root } from "./root.ts";

/**
 * Whether migrations are append-only. Until release 0.2.0 they are generated from supabase/schemas and may be
 * rewritten; from then on a change goes into the room and into a new migration.
 */
export async function isFrozen(): Promise<boolean> {
  const { version } = JSON.parse(await readFile(join(root, "package.json"), "utf8"));
  const [major = 0, minor = 0] = String(version).split(".").map(Number);
  return major > 0 || minor >= 2;
}
