import type { TransactionSql } from "postgres";
import { afterAll, describe, expect, test } from "vitest";
import { differences, readCatalogue } from "../../scripts/catalogue/catalogue.ts";
import { openDatabase } from "../world/stack.ts";

const sql = openDatabase();
afterAll(() => sql.end());

/** What the comparison reports after `change`, which is rolled back. */
async function reportOf(change: string): Promise<readonly string[]> {
  let report: readonly string[] = [];
  await sql
    .begin(async (tx: TransactionSql) => {
      const before = await readCatalogue(tx);
      await tx.unsafe(change);
      report = differences(before, await readCatalogue(tx), ["before", "after"]);
      throw new Error("rolled back on purpose");
    })
    .catch((error: Error) => expect(error.message).toBe("rolled back on purpose"));
  return report;
}

describe("the comparison of two schemas", () => {
  test("finds no difference between a database and itself", async () => {
    expect(await reportOf("select 1")).toEqual([]);
  });

  test("ignores the order in which columns were added", async () => {
    const change = `
      create table private.one (a integer, b text);
      create table private.two (b text);`;
    const report = await reportOf(`${change} alter table private.two add column a integer;`);
    expect(report).toContain("column private.one.a: only in after");
    expect(report).toContain("column private.two.a: only in after");
    expect(report.filter((line) => line.includes("before"))).toEqual([]);
  });

  test.each([
    [
      "a dropped grant",
      "revoke select on public.projects from authenticated",
      /^grant projects authenticated/,
    ],
    [
      "a dropped column grant",
      "revoke update (name) on public.projects from authenticated",
      /^column grant projects\.name authenticated/,
    ],
    [
      "an additional grant",
      "grant execute on function private.require_session(boolean) to anon",
      /^function grant private\.require_session\([^)]*boolean\) anon/,
    ],
    [
      "a dropped policy",
      "drop policy select_participant on public.tasks",
      /^policy public\.tasks select_participant/,
    ],
    [
      "a changed comment",
      "comment on table public.tasks is 'Another comment.'",
      /^comment table tasks/,
    ],
    [
      "a dropped comment",
      "comment on function api.get_me() is null",
      /^comment function api\.get_me\(\)/,
    ],
    [
      "a removed job",
      "select cron.unschedule('onswift-notify-deadlines')",
      /^cron job onswift-notify-deadlines/,
    ],
    [
      "a dropped index",
      "drop index public.projects_creator_id_status_idx",
      /^index projects_creator_id_status_idx/,
    ],
    [
      "another default",
      "alter table public.tasks alter column status set default 'completed'",
      /^column tasks\.status/,
    ],
    [
      "a dropped constraint",
      "alter table public.profiles drop constraint at_most_10_skills",
      /^constraint profiles at_most_10_skills/,
    ],
    [
      "a disabled trigger",
      "alter table public.tasks disable trigger _100_normalise",
      /^trigger tasks _100_normalise/,
    ],
    [
      "a changed function",
      "create or replace function private.today() returns date language sql stable set search_path = '' as 'select current_date'",
      /^function private\.today\(\)/,
    ],
    [
      "row-level security that is off",
      "alter table public.tasks disable row level security",
      /^table tasks/,
    ],
    [
      "a changed reference row",
      "update private.error_catalogue set status = 410 where code = 'NOT_FOUND'",
      /^reference row error_catalogue NOT_FOUND/,
    ],
    ["a new type", "create type private.mood as enum ('calm')", /^type private\.mood/],
  ])("reports %s", async (_, change, expected) => {
    const report = await reportOf(change);
    expect(report.some((line) => expected.test(line))).toBe(true);
  });

  test("reports a changed bucket", async () => {
    const report = await reportOf(
      "update storage.buckets set public = true where id = 'deliverables'",
    );
    expect(report).toHaveLength(1);
    expect(report[0]).toMatch(/^bucket deliverables/);
  });
});
