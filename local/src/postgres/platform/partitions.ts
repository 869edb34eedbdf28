import type { Sql } from "postgres";

/**
 * Creates the daily partitions of `realtime.messages` ahead of time and drops old ones. The Realtime server does
 * the same while it runs; this is for the time before, so that `realtime.send` in a trigger always works.
 */
export async function maintainPartitions(sql: Sql): Promise<void> {
  await sql.begin(async (tx) => {
    await tx`set local role supabase_realtime_admin`;
    await tx`select realtime._maintain_partitions()`;
  });
}
