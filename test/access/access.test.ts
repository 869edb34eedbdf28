import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import postgres from "postgres";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { accessMatrixDocument } from "./document.ts";
import { matrix } from "./matrix.ts";
import { attempt, buildWorld, type Persona, personas } from "./world.ts";

const sql = postgres(process.env.DB_URL ?? "", { max: 1, onnotice: () => undefined });
const outcomes = new Map<string, readonly Persona[]>();

beforeAll(async () => {
  const undo = Symbol("undo");
  await sql
    .begin(async (tx) => {
      const world = await buildWorld(tx);
      for (const [index, rule] of matrix.entries()) {
        const succeeded: Persona[] = [];
        for (const persona of personas) {
          const rows = await attempt(tx, world, persona, (inner) =>
            rule.run(inner, world, persona),
          );
          if (rows > 0) succeeded.push(persona);
        }
        outcomes.set(String(index), succeeded);
      }
      throw undo;
    })
    .catch((error) => {
      if (error !== undo) throw error;
    });
});

afterAll(() => sql.end());

describe("access matrix", () => {
  for (const [index, rule] of matrix.entries()) {
    test(`${rule.verb} ${rule.table}: ${rule.what}`, () => {
      expect(outcomes.get(String(index))).toEqual(
        personas.filter((persona) => rule.allowed.includes(persona)),
      );
    });
  }

  test("covers every table and every verb", async () => {
    const tables = await sql<{ name: string }[]>`
      select tablename as name from pg_catalog.pg_tables where schemaname = 'public' order by 1`;
    for (const { name } of tables) {
      const verbs = new Set(matrix.filter((rule) => rule.table === name).map((rule) => rule.verb));
      expect([name, [...verbs].sort()]).toEqual([name, ["delete", "insert", "select", "update"]]);
    }
  });

  test("docs/access-matrix.md says the same", async () => {
    const file = join(import.meta.dirname, "../../docs/access-matrix.md");
    const document = accessMatrixDocument();
    if (process.env.UPDATE_DOCS === "1") await writeFile(file, document);
    expect(await readFile(file, "utf8")).toBe(document);
  });
});
