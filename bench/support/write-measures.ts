/** All measures of writes, on a database with a marketplace. */
import type postgres from "postgres";
import { makeBareTables, removeBareTables } from "./bare-tables.ts";
import { requireNoDrift } from "./drift.ts";
import {
  measureCounting,
  measureHeavyCreator,
  measureSubmissions,
  type Samples,
} from "./latency-measures.ts";
import type { Measured } from "./ratios.ts";
import { measureMessages, measureTaskStatus, type Rounds } from "./throughput-measures.ts";

export interface WriteRun {
  readonly throughput: Rounds;
  readonly latency: Samples;
  /** The name of one part. */
  readonly only?: string;
}

/** With 9 connections or more. */
export async function writeMeasures(sql: postgres.Sql, run: WriteRun): Promise<Measured[]> {
  const one = async (measure: (held: postgres.ReservedSql) => Promise<Measured[]>) => {
    const held = await sql.reserve();
    try {
      return await measure(held);
    } finally {
      await held`reset role`;
      held.release();
    }
  };
  const parts: Readonly<Record<string, () => Promise<Measured[]>>> = {
    messages: () => measureMessages(sql, run.throughput),
    tasks: () => measureTaskStatus(sql, run.throughput),
    heavy: () => one((held) => measureHeavyCreator(held, run.latency)),
    submissions: () => one((held) => measureSubmissions(held, run.latency)),
    counting: () => one(async (held) => [await measureCounting(held, run.latency)]),
  };
  // People of a bench write more in a minute than people do.
  await sql`update private.limit_settings set factor = 1000`;
  await makeBareTables(sql);
  const measured: Measured[] = [];
  for (const [name, measure] of Object.entries(parts)) {
    if (run.only === undefined || run.only === name) measured.push(...(await measure()));
  }
  await removeBareTables(sql);
  await requireNoDrift(sql);
  return measured;
}
