import type { Storage } from "./context.ts";

/**
 * Puts right what a crash left: versions that no row names, and uploads whose end was not noted. Only before
 * the service listens, because a version is on disk a moment before its row.
 */
export async function sweep(storage: Storage): Promise<void> {
  const { bytes, uploads, log } = storage;
  for (const id of await known(storage, await uploads.ids())) await uploads.finish(id);
  let removed = (await uploads.deleteExpired()) + (await uploads.deleteOrphans());
  for await (const versions of bytes.versions()) {
    const kept = await known(storage, versions);
    const leftovers = versions.filter((version) => !kept.has(version));
    await bytes.remove(...leftovers);
    removed += leftovers.length;
  }
  if (removed > 0) log.info({ removed }, "Removed bytes that belong to no object");
}

/** Those versions that are objects. */
async function known({ sql }: Storage, versions: readonly string[]): Promise<ReadonlySet<string>> {
  if (versions.length === 0) return new Set();
  const rows = await sql<{ version: string }[]>`
    select version from storage.objects where version = any(${[...versions]})`;
  return new Set(rows.map(({ version }) => version));
}
