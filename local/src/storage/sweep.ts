import type { Storage } from "./context.ts";

/**
 * Removes versions that no row names: uploads whose row was never written and objects whose row is gone.
 * Only before the service listens, because a version is on disk a moment before its row.
 */
export async function sweep({ sql, bytes, log }: Storage): Promise<void> {
  let removed = 0;
  for await (const versions of bytes.versions()) {
    if (versions.length === 0) continue;
    const rows = await sql<{ version: string }[]>`
      select version from storage.objects where version = any(${[...versions]})`;
    const known = new Set(rows.map(({ version }) => version));
    const leftovers = versions.filter((version) => !known.has(version));
    await bytes.remove(...leftovers);
    removed += leftovers.length;
  }
  if (removed > 0) log.info({ removed }, "Removed bytes that belong to no object");
}
