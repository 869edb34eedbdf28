import type { Sql } from "postgres";
import type { Blobs } from "./blobs.ts";

const hour = 3_600_000;

/**
 * Removes files that no row names: of uploads that ended between the file and its row, and of removals that
 * ended the other way round. Young ones are left alone, their row may be on its way.
 */
export async function sweep(sql: Sql, blobs: Blobs): Promise<number> {
  let removed = 0;
  for await (const versions of blobs.olderThan(Date.now() - hour)) {
    const named = await sql.begin(async (tx) => {
      await tx`select set_config('role', 'service_role', true)`;
      return tx<{ version: string }[]>`
        select version from storage.objects where version = any (${[...versions]})`;
    });
    const known = new Set(named.map(({ version }) => version));
    const orphans = versions.filter((version) => !known.has(version));
    await blobs.remove(orphans);
    removed += orphans.length;
  }
  return removed;
}
