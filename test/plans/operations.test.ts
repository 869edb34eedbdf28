import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Belongings, belongingsOf } from "./belongings.ts";
import { openMarketplace, undone } from "./database.ts";
import { type Allowance, excesses } from "./limits.ts";
import { operations, unmeasured } from "./operations.ts";
import { heavyCreator, type Person, people } from "./people.ts";
import { callOf, planModes, readsOf, setsOf } from "./reads.ts";

const sql = openMarketplace();
const belongings = new Map<string, Belongings>();

beforeAll(async () => {
  for (const person of people) {
    belongings.set(person.id, await sql.begin((tx) => belongingsOf(tx, person)));
  }
});
afterAll(() => sql.end());

/**
 * Calls that read more than they should, with the reason. They are expected to: whoever mends one takes it
 * off the list.
 */
const known: readonly { person: Person; call: RegExp; why: string }[] = [
  {
    person: heavyCreator,
    call: /sort => '-updatedAt'|sort => 'title'/,
    why: "no index has this order: all of the creator's own rows are sorted",
  },
  {
    person: heavyCreator,
    call: /^api\.get_analytics\(\)/,
    why: "figures of a period add up all of its rows",
  },
];

interface Answer {
  readonly unreadCount?: number;
  readonly pagination?: { readonly page: number; readonly limit: number; readonly total: number };
}

/**
 * What an answer may count: its totals, the pages before the one that is asked for, and twice the sets that
 * conditions compare with.
 */
function countedFor(answer: Answer | null, sets: number): Allowance {
  const { pagination, unreadCount = 0 } = answer ?? {};
  const { page, limit, total } = pagination ?? { page: 1, limit: 0, total: 0 };
  return { counted: total + Math.min((page - 1) * limit, total) + unreadCount + 2 * sets };
}

const measure = (person: Person, call: string) =>
  undone(sql, async (tx) => {
    const found: { mode: string; excess: string[] }[] = [];
    for (const mode of planModes) {
      const reads = await readsOf(tx, person, callOf(call), mode);
      await tx.unsafe("set local role authenticated");
      const [row] = await tx.unsafe<{ answer: Answer | null }[]>(`select ${call} as answer`);
      await tx.unsafe("reset role");
      const allowance = countedFor(row?.answer ?? null, await setsOf(tx));
      found.push({ mode, excess: excesses(reads, allowance) });
    }
    return found;
  });

describe.each(people)("$name reads no more than a page is worth", (person) => {
  test.each(Object.keys(operations))("%s", async (name) => {
    const calls = operations[name]?.(belongings.get(person.id) as Belongings) ?? [];
    const problems: string[] = [];
    for (const call of calls) {
      const isKnown = known.some((entry) => entry.person === person && entry.call.test(call));
      const found = await measure(person, call);
      const excess = found.flatMap(({ mode, excess }) =>
        excess.map((line) => `${call} (${mode}) ${line}`),
      );
      if (!isKnown) problems.push(...excess);
      else if (excess.length === 0) problems.push(`${call} is mended: take it off the list`);
    }
    expect(problems).toEqual([]);
  });
});

test("every operation that reads is measured, or says why not", async () => {
  const reading = await sql<{ name: string }[]>`
    select proname as name from pg_proc
    where pronamespace = 'api'::regnamespace and provolatile <> 'v'
    order by proname`;
  expect([...Object.keys(operations), ...Object.keys(unmeasured)].sort()).toEqual(
    reading.map(({ name }) => name),
  );
});
