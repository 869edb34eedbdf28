import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Belongings, belongingsOf } from "./belongings.ts";
import { openMarketplace, undone } from "./database.ts";
import { excesses } from "./limits.ts";
import { type Person, people } from "./people.ts";
import { readsOf, rowsOf, setsOf } from "./reads.ts";
import { everybodys, tables } from "./tables.ts";

const sql = openMarketplace();
const belongings = new Map<string, Belongings>();

beforeAll(async () => {
  for (const person of people) {
    belongings.set(person.id, await sql.begin((tx) => belongingsOf(tx, person)));
  }
});
afterAll(() => sql.end());

/** Of one query. Problems are lines of text. */
const problemsOf = (person: Person, table: string, clauses: string) =>
  undone(sql, async (tx) => {
    const select = `select * from public.${table}`;
    const reads = await readsOf(tx, person, rowsOf(`${select} ${clauses}`));
    const sets = await setsOf(tx);
    await tx.unsafe("set local role authenticated");
    const [all] = await tx.unsafe<{ visible: number }[]>(
      `select count(*)::int as visible from (${select}) as own`,
    );
    const isOfEverybody = everybodys.includes(table);
    // Without a filter, an index is read as far as the person's own rows reach, never as far as those of others.
    const isUnfiltered = !clauses.startsWith("where");
    const counted = 2 * sets + (isUnfiltered && !isOfEverybody ? 2 * (all?.visible ?? 0) : 0);
    const found = excesses(reads, { counted, everybodys: isUnfiltered ? everybodys : [] });
    return found.map((line) => `${table} ${clauses}: ${line}`);
  });

describe.each(people)("$name reads no rows of others", (person) => {
  test.each(Object.keys(tables))("%s", async (table) => {
    const filters = tables[table]?.(belongings.get(person.id) as Belongings) ?? [];
    const problems: string[] = [];
    for (const clauses of ["limit 50", ...filters]) {
      problems.push(...(await problemsOf(person, table, clauses)));
    }
    expect(problems).toEqual([]);
  });
});

test("every table under row-level security is measured, and has rows enough", async () => {
  const found = await sql<{ name: string; rows: number }[]>`
    select relname as name, reltuples::int as rows
    from pg_class
    where relkind = 'r' and relrowsecurity and (
      relnamespace = 'public'::regnamespace
      -- What public shows of it is a view.
      or oid = 'private.notifications'::regclass
    )
    order by relname`;
  expect(Object.keys(tables).sort()).toEqual(found.map(({ name }) => name));
  const small = found.filter(({ name, rows }) => name !== "skills" && rows < 1_000);
  expect(small).toEqual([]);
});
