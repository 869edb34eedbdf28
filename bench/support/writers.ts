/** Eight writers on connections of their own: how many statements a second they finish. */
import type postgres from "postgres";
import { type Random, randomOf } from "../../test/world/random.ts";
import type { Statement } from "./ratios.ts";

export const writerCount = 8;

/** Makes the next statement of one writer. */
export type Work = (random: Random, writer: number) => Statement;

/** Connections that are held while `use` runs, all with one role. */
export async function withWriters<T>(
  sql: postgres.Sql,
  role: "authenticated" | "postgres",
  use: (writers: readonly postgres.ReservedSql[]) => Promise<T>,
): Promise<T> {
  const writers = await Promise.all(Array.from({ length: writerCount }, () => sql.reserve()));
  try {
    for (const writer of writers) await writer.unsafe(`set role ${role}`);
    return await use(writers);
  } finally {
    for (const writer of writers) {
      await writer`reset role`;
      writer.release();
    }
  }
}

export async function writesPerSecond(
  writers: readonly postgres.ReservedSql[],
  work: Work,
  { seconds, seed }: { readonly seconds: number; readonly seed: number },
): Promise<number> {
  const began = performance.now();
  const ends = began + seconds * 1000;
  const counts = await Promise.all(
    writers.map(async (writer, place) => {
      const random = randomOf(seed * writerCount + place + 1);
      let count = 0;
      while (performance.now() < ends) {
        const { text, values } = work(random, place);
        await writer.unsafe(text, [...values], { prepare: true });
        count += 1;
      }
      return count;
    }),
  );
  return (counts.reduce((sum, count) => sum + count, 0) * 1000) / (performance.now() - began);
}
