/**
 * A marketplace at work, for plan tests and benchmarks: the same rows in every run, times relative to today. Person 0
 * of each kind is the heaviest: `creator 0` has the first projects, `talent 0` is in 500 teams and as many
 * conversations. `talent 1` has 100,000 notifications, and `talent 11` a conversation of 20,000 messages.
 */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type postgres from "postgres";
import { withoutTriggers } from "./without-triggers.ts";

export interface MarketplaceSize {
  readonly creators: number;
  readonly talents: number;
  /** A multiple of 500. */
  readonly projects: number;
  /** How many of them are of creator 0. */
  readonly heavyProjects: number;
  /** For most people; talent 1 has 100,000. */
  readonly notificationsEach: number;
}

/** About half a million rows, in seconds. */
export const midSize: MarketplaceSize = {
  creators: 1_000,
  talents: 2_000,
  projects: 10_000,
  heavyProjects: 5_000,
  notificationsEach: 15,
};

const folder = join(import.meta.dirname, "marketplace");

/** Fills a database without users. Triggers of our tables are off meanwhile: the rows are already as they would be. */
export async function loadMarketplace(sql: postgres.Sql, size: MarketplaceSize): Promise<void> {
  await sql.begin(async (tx) => {
    const tables = await tx<{ name: string }[]>`
      select c.oid::regclass::text as name
      from pg_class as c
      where c.relnamespace = 'public'::regnamespace and c.relkind = 'r'
        or c.oid = 'private.notifications'::regclass`;
    await tx`set local statement_timeout = 0`;
    await tx.unsafe(
      `create temp table bench_size on commit drop as
        select $1::int as creators, $2::int as talents, $3::int as projects, $4::int as heavy_projects,
          $5::int as notifications_each`,
      [size.creators, size.talents, size.projects, size.heavyProjects, size.notificationsEach],
    );
    const filled = tables.map(({ name }) => name);
    await withoutTriggers(tx, filled, async () => {
      for (const file of (await readdir(folder)).sort()) {
        await tx.unsafe(await readFile(join(folder, file), "utf8"));
      }
    });
    await tx`select private.rebuild_search_index(true)`;
  });
  // From all rows instead of a sample, so that plans are the same in every run.
  const connection = await sql.reserve();
  await connection`set default_statistics_target = 1000`;
  await connection`vacuum analyze`;
  await connection`reset default_statistics_target`;
  connection.release();
}
