import type { Sql } from "postgres";

/**
 * `realtime.messages` has one partition a day, made ahead of time and dropped when it is old. The Realtime
 * server keeps them; without one, this does, so that `realtime.send` in a trigger always finds a place.
 */
export async function maintainPartitions(sql: Sql): Promise<void> {
  await sql.begin(async (tx) => {
    await tx`set local role supabase_realtime_admin`;
    await tx`select realtime._maintain_partitions()`;
  });
}
