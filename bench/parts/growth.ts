/**
 * Ordinary people in a small marketplace and in one four times as large. They have as much in both, so what they wait
 * for must be the same.
 */
import postgres from "postgres";
import { scratchStack } from "../../scripts/scratch-stack.ts";
import { creator, type Person, talent } from "../../test/plans/people.ts";
import { loadMarketplace, type MarketplaceSize, midSize } from "../data/marketplace.ts";
import { type Figure, figureOf, type Samples } from "../support/report.ts";
import { prepareTurns, timesOf, turnsOf } from "../support/turns.ts";
import { callsOf } from "./calls.ts";

const part = "growth";
const goal = 1.2;

const small: MarketplaceSize = midSize;
const large: MarketplaceSize = { ...midSize, creators: 4_000, talents: 8_000, projects: 40_000 };

async function marketplace(size: MarketplaceSize) {
  const stack = await scratchStack({ seed: false });
  const sql = postgres(stack.about.DB_URL, { max: 2, onnotice: () => undefined });
  await sql`select cron.unschedule(jobid) from cron.job`;
  await loadMarketplace(sql, size);
  await sql`analyze`;
  const stop = async () => {
    await sql.end();
    await stack.stop();
  };
  return { sql, stop };
}

async function compared(one: postgres.Sql, other: postgres.Sql, person: Person, run: Samples) {
  const [inSmall, inLarge] = await Promise.all([callsOf(one, person), callsOf(other, person)]);
  const [first, second] = await Promise.all([one.reserve(), other.reserve()]);
  await Promise.all([prepareTurns(first), prepareTurns(second)]);
  const figures: Figure[] = [];
  for (const call of inSmall) {
    const twin = inLarge.find(({ label }) => label === call.label);
    // With more or fewer rows it is another question.
    if (twin === undefined || twin.rows !== call.rows) continue;
    const ratios: number[] = [];
    const times: number[] = [];
    const own = (text: string) => ({ person, text: `select ${text}` });
    for (let round = 0; round < run.rounds; round += 1) {
      const before = timesOf(await turnsOf(first, own(call.text), own(call.text), run.samples));
      const after = timesOf(await turnsOf(second, own(twin.text), own(twin.text), run.samples));
      ratios.push(...after.map((ms, at) => ms / (before[at] ?? Number.NaN)));
      times.push(...after);
    }
    const name = `${call.label}, ${person.name}`;
    figures.push(figureOf({ part, name, unit: "×", goal }, ratios, times));
  }
  first.release();
  second.release();
  return figures;
}

export async function measureGrowth(run: Samples): Promise<Figure[]> {
  const one = await marketplace(small);
  const other = await marketplace(large);
  try {
    return [
      ...(await compared(one.sql, other.sql, creator, run)),
      ...(await compared(one.sql, other.sql, talent, run)),
    ];
  } finally {
    await one.stop();
    await other.stop();
  }
}
