import type { Storage } from "./context.ts";

/**
 * Cleans up after a crash: removes versions that no row references, and finishes resumable uploads whose
 * object exists. Must run before the service listens, because a version is on disk before its row.
 */
export async function removeLeftovers(storage: Storage): Promise<void> {
  const { bytes, uploads, log } = storage;
  for (const id of await findExisting(storage, await uploads.ids())) {
    await uploads.finish(id);
  }
  let removed = (await uploads.deleteExpired()) + (await uploads.deleteOrphans());
  for await (const versions of bytes.versions()) {
    const existing = await findExisting(storage, versions);
    const leftovers = versions.filter((version) => !existing.has(version));
    await bytes.remove(...leftovers);
    removed += leftovers.length;
  }
  if (removed > 0) log.info({ removed }, "Removed stored bytes that belong to no object");
}

/** Returns the versions that an object row references. */
async function findExisting(
  { sql }: Storage,
  versions: readonly string[],
): Promise<ReadonlySet<string>> {
  if (versions.length === 0) return new Set();
  const rows = await sql<{ version: string }[]>`
    select version from storage.objects where version = any(${[...versions]})`;
  return new Set(rows.map(({ version }) => version));
}
