import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { TransactionSql } from "postgres";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { rolledBack } from "../world/rollback.ts";
import { openDatabase } from "../world/stack.ts";
import { attempt, type Statement, undone } from "./attempt.ts";
import { accessMatrixDocument } from "./document.ts";
import { matrix } from "./matrix.ts";
import type { Rule } from "./rule.ts";
import { buildAccessWorld, type Persona, personas } from "./world.ts";

const sql = openDatabase();
afterAll(() => sql.end());

/** Who succeeded with each rule's statement. */
const succeeded = new Map<Rule, readonly Persona[]>();
/** How many rows the statement of a forbidden rule reaches where no policy and no grant stops it. */
const reached = new Map<Rule, number>();

beforeAll(() =>
  rolledBack(sql, async (tx) => {
    const world = await buildAccessWorld(tx);
    for (const rule of matrix) {
      const able: Persona[] = [];
      for (const persona of personas) {
        const rows = await attempt(tx, world, persona, rule.statement(world, persona));
        if (rows > 0) able.push(persona);
      }
      succeeded.set(rule, able);
      if (rule.allowed.length > 0 || rule.verb === "insert") continue;
      reached.set(rule, await reach(tx, rule.statement(world, "assignee")));
    }
  }),
);

async function reach(tx: TransactionSql, statement: Statement): Promise<number> {
  try {
    return await undone(tx, async (inner) => (await statement(inner)).count);
  } catch (error) {
    // A rule of the table refused the row, so the statement reached one.
    if (/^(PT4|23)/.test(String((error as { code?: unknown }).code))) return 1;
    throw error;
  }
}

describe("access matrix", () => {
  for (const rule of matrix) {
    const who = rule.allowed.length === 0 ? "no persona" : rule.allowed.join(", ");
    test(`${rule.table}: ${who} can ${rule.verb} ${rule.what}`, () => {
      expect(succeeded.get(rule)).toEqual(
        personas.filter((persona) => rule.allowed.includes(persona)),
      );
      // A statement that matches no row would be refused to everyone and prove nothing.
      if (reached.has(rule)) expect(reached.get(rule)).toBeGreaterThan(0);
    });
  }

  test("has a rule for every table and every verb", async () => {
    const tables = await sql<{ name: string }[]>`
      select tablename as name from pg_catalog.pg_tables where schemaname = 'public' order by 1`;
    for (const { name } of tables) {
      const verbs = new Set(matrix.filter((rule) => rule.table === name).map((rule) => rule.verb));
      expect([name, [...verbs].sort()]).toEqual([name, ["delete", "insert", "select", "update"]]);
    }
  });

  test("is what docs/access-matrix.md shows", async () => {
    const file = join(import.meta.dirname, "../../docs/access-matrix.md");
    const document = accessMatrixDocument();
    if (process.env.UPDATE_DOCS === "1") await writeFile(file, document);
    expect(await readFile(file, "utf8")).toBe(document);
  });
});
