import { afterAll, expect, test } from "vitest";
import { anAccount } from "../world/people.ts";
import { openDatabase } from "../world/stack.ts";
import { sqlEntrance } from "../world/through-sql.ts";
import { call, signUp } from "../world/through-supabase-js.ts";
import { someWord } from "../world/words.ts";
import { crowd } from "./crowd.ts";

const sql = openDatabase(12);
afterAll(() => sql.end());

const writers = 8;
const rounds = 20;

interface Found {
  readonly users: readonly { readonly id: string }[];
  readonly pagination: { readonly total: number };
}

/**
 * Each writer has two talents and swaps word, rate and skill between them, in one transaction. So at every moment
 * one of the two has them, and every total is the number of writers.
 */
test("totals are exact while 8 writers save profiles and the index is merged and rebuilt", async () => {
  const creator = await signUp("creator");
  const word = someWord();
  const pairs = await crowd(writers, async () => {
    const [{ id: one }, { id: other }] = await Promise.all([aTalent(), aTalent()]);
    return [one, other] as const;
  });
  await Promise.all(pairs.map(([one, other]) => give(word, one, other)));

  const read = async (args: object) => {
    const page: Found = (await call(creator, "search_talent", { ...args, limit: 50 })).data;
    expect([args, page.pagination.total]).toEqual([args, writers]);
    expect(page.users).toHaveLength(writers);
    for (const [one, other] of pairs) {
      expect(page.users.filter(({ id }) => id === one || id === other)).toHaveLength(1);
    }
  };

  let reading = true;
  const write = async ([one, other]: readonly [string, string]) => {
    for (let round = 0; reading; round += 1) {
      await (round % 2 === 0 ? give(word, other, one) : give(word, one, other));
    }
  };
  const maintain = async () => {
    for (let round = 0; reading; round += 1) {
      // With so low a limit, the words of this test get bitmaps, as frequent words do.
      if (round % 10 === 5) await sql`select private.rebuild_search_index(p_least => 4)`;
      else await sql`select private.merge_search_changes()`;
    }
  };
  const searches = [
    { q: word },
    { q: word, minRate: 77.25, maxRate: 77.25, sort: "hourlyRate" },
    { q: word.slice(0, 9), skills: ["Figma", "Illustration"] },
  ];
  const readAll = Promise.all(
    searches.map(async (search) => {
      for (let round = 0; round < rounds; round += 1) await read(search);
    }),
  ).finally(() => {
    reading = false;
  });
  await Promise.all([readAll, maintain(), ...pairs.map(write)]);

  // Afterwards everything can be merged, and the bitmaps alone give the same totals.
  while (await isWaiting(pairs.flat())) await sql`select private.merge_search_changes()`;
  for (const search of searches) await read(search);
});

/** A talent whose account is old enough to be merged. */
async function aTalent(): Promise<{ readonly id: string }> {
  const talent = await sqlEntrance(sql).signUp(anAccount("talent"));
  const created = new Date(Date.now() - 3_600_000);
  await sql`update public.profiles set created_at = ${created} where id = ${talent.id}`;
  await sql`
    update private.searchable_talents set created_at = ${created} where user_id = ${talent.id}`;
  return talent;
}

/** Gives the word, a rate and a skill to one talent and takes them from the other, in one transaction. */
async function give(word: string, to: string, from: string): Promise<void> {
  await sql.begin(async (tx) => {
    // In the order of ids, so that no two transactions wait for each other.
    for (const id of [to, from].sort()) {
      const has = id === to;
      await tx`
        update public.profiles
        set
          bio = ${has ? `Knows ${word}.` : null}, hourly_rate = ${has ? 77.25 : 30},
          skills = ${has ? ["Figma", "Illustration"] : ["Figma"]}
        where id = ${id}`;
    }
  });
}

async function isWaiting(ids: readonly string[]): Promise<boolean> {
  const [row] = await sql<{ waiting: boolean }[]>`
    select exists (
      select from private.search_changes as c
      where c.user_id = any (${ids as string[]})
        and exists (select from private.search_numbers as n where n.user_id = c.user_id)
    ) as waiting`;
  return row?.waiting ?? false;
}
