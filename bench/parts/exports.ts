/** The export of the largest accounts, piece by piece: no statement above a second, and no piece that fills a memory. */
import type postgres from "postgres";
import { heavyCreator, notifiedTalent, type Person } from "../../test/plans/people.ts";
import { type Figure, figureOf } from "../support/report.ts";

const part = "exports";

async function exportOf(sql: postgres.ReservedSql, { claims, name }: Person): Promise<Figure[]> {
  await sql`select set_config('request.jwt.claims', ${JSON.stringify(claims)}, false)`;
  await sql`set role authenticated`;
  const times: number[] = [];
  const sizes: number[] = [];
  let after: string | null = null;
  do {
    const began = performance.now();
    const [row]: { piece: string; next: string | null }[] = await sql`
      select piece::text, piece ->> 'next' as next from (select api.export_me(${after}) as piece) as p`;
    times.push(performance.now() - began);
    sizes.push(Buffer.byteLength(row?.piece ?? "") / 1024);
    after = row?.next ?? null;
  } while (after !== null);
  await sql`reset role`;
  const whole = times.reduce((sum, ms) => sum + ms, 0);
  return [
    figureOf({ part, name: `slowest of ${times.length} pieces, ${name}`, unit: "ms", goal: 1000 }, [
      Math.max(...times),
    ]),
    figureOf({ part, name: `largest piece, ${name}`, unit: "kB", goal: 4096 }, [
      Math.max(...sizes),
    ]),
    figureOf({ part, name: `the whole, ${name}`, unit: "ms" }, [whole]),
  ];
}

export async function measureExports(sql: postgres.Sql): Promise<Figure[]> {
  const held = await sql.reserve();
  const figures: Figure[] = [];
  for (const person of [heavyCreator, notifiedTalent]) {
    figures.push(...(await exportOf(held, person)));
  }
  held.release();
  return figures;
}
