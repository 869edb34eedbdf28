/**
 * Ordinary people in a small marketplace and in one ten or a hundred times as large. They have as much in each, so what
 * they wait for must be the same.
 */
import postgres from "postgres";
import { scratchStack } from "../../scripts/scratch-stack.ts";
import { type Person, person } from "../../test/plans/people.ts";
import { loadMarketplace, type MarketplaceSize } from "../data/marketplace.ts";
import { type Figure, figureOf, type Samples } from "../support/report.ts";
import { prepareTurns, timesOf, turnsOf } from "../support/turns.ts";
import { callsOf } from "./calls.ts";

const goal = 1.2;

const each = { heavyProjects: 5_000, notificationsEach: 2 };
/** 50,000 messages. */
const small: MarketplaceSize = { ...each, creators: 500, talents: 10_000, projects: 7_000 };
/** 500,000 messages. */
const large: MarketplaceSize = { ...each, creators: 12_000, talents: 100_000, projects: 55_000 };
/** 5 million messages, 2 million notifications and as many tasks. */
const largest: MarketplaceSize = {
  ...each,
  creators: 124_000,
  talents: 1_000_000,
  projects: 500_000,
};

// With as many projects, tasks and deliverables in each.
const creator = person("a creator", "creator", 11);
const talent = person("a talent", "talent", 42);

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

async function compared(
  part: string,
  one: postgres.Sql,
  other: postgres.Sql,
  person: Person,
  run: Samples,
) {
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

async function measured(part: string, size: MarketplaceSize, run: Samples): Promise<Figure[]> {
  const one = await marketplace(small);
  const other = await marketplace(size);
  try {
    return [
      ...(await compared(part, one.sql, other.sql, creator, run)),
      ...(await compared(part, one.sql, other.sql, talent, run)),
    ];
  } finally {
    await one.stop();
    await other.stop();
  }
}

export const measureGrowth = (run: Samples): Promise<Figure[]> => measured("growth", large, run);

/** Loading takes the better part of an hour. */
export const measureLargest = (run: Samples): Promise<Figure[]> =>
  measured("largest", largest, run);
