/**
 * Every table under row-level security, as clients query it, against the same rows by primary key without policies.
 * Both as PostgREST does it: prepared statements with ids as parameters, in a transaction that sets role and claims. Timed
 * by who waits for the answer.
 */
import type postgres from "postgres";
import { belongingsOf } from "../../test/plans/belongings.ts";
import { type Person, people } from "../../test/plans/people.ts";
import { tables } from "../../test/plans/tables.ts";
import { uuids } from "../support/ids.ts";
import { type Figure, figureOf, type Samples } from "../support/report.ts";

const part = "tables";
const goal = 1.6;

interface Query {
  readonly name: string;
  readonly person: Person;
  readonly own: string;
  readonly floor: string;
  readonly ratios: number[];
  readonly times: number[];
}

/** The rows that the person sees, by primary key. */
async function floorOf(tx: postgres.TransactionSql, table: string, text: string): Promise<string> {
  const name = table === "notifications" ? "private.notifications" : `public.${table}`;
  const keys = await tx<{ key: string }[]>`
    select a.attname as key
    from pg_index as i
    join pg_attribute as a on a.attrelid = i.indrelid and a.attnum = any (i.indkey)
    where i.indrelid = ${name}::regclass and i.indisprimary
    order by a.attnum`;
  const columns = keys.map(({ key }) => key);
  await tx.unsafe("set local role authenticated");
  const rows = await tx.unsafe<Record<string, unknown>[]>(text);
  await tx.unsafe("reset role");
  const tuples = rows.map((row) => `(${columns.map((key) => `'${String(row[key])}'`).join(", ")})`);
  const found = tuples.length === 0 ? "false" : `(${columns.join(", ")}) in (${tuples.join(", ")})`;
  return `select * from public.${table} where ${found}`;
}

async function queriesOf(sql: postgres.Sql, person: Person, only?: string): Promise<Query[]> {
  return sql.begin(async (tx) => {
    const belongings = await belongingsOf(tx, person);
    await tx`select set_config('request.jwt.claims', ${JSON.stringify(person.claims)}, true)`;
    const queries: Query[] = [];
    for (const [table, filtersOf] of Object.entries(tables)) {
      if (only !== undefined && only !== table) continue;
      for (const clauses of ["limit 50", ...filtersOf(belongings)]) {
        const text = `select * from public.${table} ${clauses}`;
        queries.push({
          name: `${table} ${clauses.replace(uuids, "…")}, ${person.name}`,
          person,
          own: text,
          floor: await floorOf(tx, table, text),
          ratios: [],
          times: [],
        });
      }
    }
    return queries;
  }) as Promise<Query[]>;
}

/** Prepares a statement with its ids as parameters, and returns how it is executed. */
async function prepared(sql: postgres.ReservedSql, name: string, text: string): Promise<string> {
  const ids: string[] = [];
  const withParameters = text.replace(uuids, (id) => `$${ids.push(id)}::uuid`);
  await sql.unsafe(`prepare ${name} as ${withParameters}`);
  return ids.length === 0 ? `execute ${name}` : `execute ${name} (${ids.join(", ")})`;
}

async function timeOf(sql: postgres.ReservedSql, role: string, { claims }: Person, text: string) {
  const began = performance.now();
  await sql.unsafe(`
    begin;
    select set_config('request.jwt.claims', '${JSON.stringify(claims)}', true), set_config('role', '${role}', true);
    ${text};
    commit`);
  return performance.now() - began;
}

export async function measureTables(
  sql: postgres.Sql,
  { rounds, samples }: Samples,
  only?: string,
): Promise<Figure[]> {
  const queries: Query[] = [];
  for (const person of people) queries.push(...(await queriesOf(sql, person, only)));
  const held = await sql.reserve();
  for (let round = 0; round < rounds; round += 1) {
    for (const { person, own, floor, ratios, times } of queries) {
      const ownText = await prepared(held, "own", own);
      const floorText = await prepared(held, "floor", floor);
      // PostgreSQL may keep a plan from the sixth execution on.
      for (let at = -6; at < samples; at += 1) {
        const ownMs = await timeOf(held, "authenticated", person, ownText);
        const floorMs = await timeOf(held, "postgres", person, floorText);
        if (at < 0) continue;
        ratios.push(ownMs / floorMs);
        times.push(ownMs);
      }
      await held.unsafe("deallocate all");
    }
  }
  held.release();
  return queries.map(({ name, ratios, times }) =>
    figureOf({ part, name, unit: "×", goal }, ratios, times),
  );
}
