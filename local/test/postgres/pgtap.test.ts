/** The pgTAP runner: which files pass. */
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type PgtapResult, runPgtap } from "../../src/postgres/pgtap.ts";
import { readTap } from "../../src/postgres/tap.ts";
import { databaseUrl } from "../../src/settings.ts";
import { ScratchDatabase } from "../support/database.ts";

let database: ScratchDatabase;

beforeAll(async () => {
  database = await ScratchDatabase.start();
});

afterAll(() => database.stop());

async function run(text: string): Promise<PgtapResult> {
  await database.write({ "tests/one.test.sql": text });
  const file = join(database.settings.projectDir, "supabase/tests/one.test.sql");
  const [result] = await runPgtap(databaseUrl(database.settings), [file]);
  if (result === undefined) throw new Error("There is no result.");
  return result;
}

test("passes a file whose tests pass", async () => {
  const result = await run(`
    begin;
    select plan(2);
    select is(current_user::text, 'postgres', 'runs as the migration role');
    select * from throws_ok('select 1/0', '22012', null, 'divides');
    select * from finish();
    rollback;`);
  expect(result).toMatchObject({ ok: true, plan: 2, passed: 2, failed: 0, diagnostics: [] });
});

test("reports actual and expected values of a failed test", async () => {
  const result = await run(`
    begin; select plan(2); select is(1, 2, 'equal'); select ok(true); select * from finish(); rollback;`);
  expect(result).toMatchObject({ ok: false, passed: 1, failed: 1 });
  expect(result.diagnostics.join("\n")).toMatch(/not ok 1 - equal[\s\S]*have: 1[\s\S]*want: 2/);
});

test.each([
  ["without a plan", "begin; select 1; rollback;", /no plan/],
  [
    "that runs too few",
    "begin; select plan(2); select ok(true); rollback;",
    /planned 2 tests and ran 1/,
  ],
  [
    "that raises an error early",
    "begin;\nselect plan(1);\nselect * from nowhere;\nselect ok(true);",
    /^Line 3: relation "nowhere" does not exist/m,
  ],
  ["with a syntax error", "begin;\nselct 1;", /^Line 2: syntax error/m],
])("fails a file %s", async (_, text, complaint) => {
  const result = await run(text);
  expect(result.ok).toBe(false);
  expect(result.diagnostics.join("\n")).toMatch(complaint);
});

test("removes pgTAP afterwards", async () => {
  await run("begin; select plan(0); rollback;");
  const rows = await database.as("postgres")`select from pg_extension where extname = 'pgtap'`;
  expect(rows).toHaveLength(0);
});

test("keeps pgTAP if the project has installed it", async () => {
  const postgres = database.as("postgres");
  await postgres`create extension pgtap with schema extensions`;
  expect(await run("begin; select plan(1); select ok(true); rollback;")).toMatchObject({
    ok: true,
  });
  expect(await postgres`select from pg_extension where extname = 'pgtap'`).toHaveLength(1);
});

test("readTap counts TODO and SKIP as passed", () => {
  const report = readTap([
    "1..3",
    "not ok 1 - later # TODO soon",
    "ok 2 # SKIP no network",
    "ok 3",
  ]);
  expect(report).toEqual({ plan: 3, passed: 3, failed: 0, diagnostics: [] });
});
