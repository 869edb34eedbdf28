/** The messages about migrations that cannot be applied, and the solutions they suggest. */
import { expect, test } from "vitest";
import { checksumOf, type Migration } from "../../src/postgres/migration-files.ts";
import type { Applied } from "../../src/postgres/migration-history.ts";
import { migrationProblems } from "../../src/postgres/migration-problems.ts";

const now = new Date("2026-06-13T12:00:00Z");

function file(base: string, text = "select 1;"): Migration {
  const [, version = "", title = ""] = /^(\d+)_(.*)\.sql$/.exec(base) ?? [];
  const name = `supabase/migrations/${base}`;
  return { name, version, title, text, checksum: checksumOf(text) };
}

const applied = ({ version, title, checksum }: Migration): Applied => ({
  version,
  title,
  checksum,
});

const first = file("20260101000000_first.sql");
const second = file("20260201000000_second.sql");

test("reports nothing when all applied files are unchanged and new files are newer", () => {
  expect(migrationProblems([], [], now)).toBeUndefined();
  expect(migrationProblems([first, second], [applied(first)], now)).toBeUndefined();
  expect(migrationProblems([first], [{ ...applied(first), checksum: null }], now)).toBeUndefined();
});

test("names an edited file and three solutions", () => {
  const problems = migrationProblems(
    [file("20260101000000_first.sql", "select 2;"), second],
    [applied(first), applied(second)],
    now,
  );
  expect(problems).toBe(
    `Migrations were edited after they were applied. The database does not have the edits, because a migration runs once:
    supabase/migrations/20260101000000_first.sql
  Do one of these:
  - Undo the edit: git restore supabase/migrations/20260101000000_first.sql (with --source=<commit> if it was committed).
  - To change the database, undo the edit and put the change into a new migration.
  - During development, if you do not need the data: start with --reset. That empties the database and applies all migrations again.`,
  );
});

test("gives the command that renames a new file older than an applied one", () => {
  const problems = migrationProblems(
    [file("20260115000000_a.sql"), file("20260116000000_b.sql"), second],
    [applied(second)],
    now,
  );
  expect(problems).toContain("older than one that was applied already (20260201000000_second.sql)");
  expect(problems).toContain(
    "  - Give them a later timestamp: mv supabase/migrations/20260115000000_a.sql supabase/migrations/20260613120000_a.sql && mv supabase/migrations/20260116000000_b.sql supabase/migrations/20260613120001_b.sql\n",
  );
  expect(problems).toContain("start with --reset");
});

test.each([
  ["of the future", ["20991231235959_x.sql"], "20991231235960_late.sql"],
  ["counted by hand", ["0007_x.sql"], "20260613120000_late.sql"],
  ["that would sort behind any date", ["9_x.sql"], "91_late.sql"],
  ["that are not applied yet", ["20260301000000_x.sql", "20991231235959_y.sql"], "20991231235960"],
])("the new name sorts behind versions %s", (_kind, names, expected) => {
  const files = names.map((name) => file(name));
  const history = files.slice(0, 1).map(applied);
  const problems = migrationProblems([file("0001_late.sql"), ...files], history, now) ?? "";
  const renamed = /mv \S+ supabase\/migrations\/(\S+)/.exec(problems)?.[1] ?? "";
  expect(renamed).toContain(expected);
  const versionOf = (name: string) => name.replace(/_.*/, "");
  for (const name of names) expect(versionOf(renamed) > versionOf(name)).toBe(true);
});

test("names a missing file as recorded in the history", () => {
  const problems = migrationProblems([second], [applied(first), applied(second)], now);
  expect(problems).toContain(
    "The database has migrations that supabase/migrations does not have:\n    20260101000000_first.sql\n",
  );
  expect(problems).toContain("Bring the files back: with git");
  expect(problems).toContain("start with --reset");
});

test("names both files with the same version", () => {
  const problems = migrationProblems([file("1_a.sql"), file("1_b.sql"), file("2_c.sql")], [], now);
  expect(problems).toContain("1_a.sql\n    supabase/migrations/1_b.sql\n");
  expect(problems).not.toContain("2_c.sql");
});

test("reports several problems at once", () => {
  const problems = migrationProblems(
    [file("20260101000000_first.sql", "select 2;"), file("20260110000000_new.sql")],
    [applied(first), applied(second)],
    now,
  );
  expect(problems?.split("\n\n")).toHaveLength(3);
});

test.each([
  ["line endings", "select 1;\r\nselect 2;\r\n"],
  ["a byte order mark", "\uFEFFselect 1;\nselect 2;\n"],
  ["white space at the end of lines", "select 1;  \nselect 2;\t\n"],
  ["empty lines at the end", "select 1;\nselect 2;\n\n\n"],
  ["a missing last line end", "select 1;\nselect 2;"],
])("%s do not make another checksum", (_what, text) => {
  expect(checksumOf(text)).toBe(checksumOf("select 1;\nselect 2;\n"));
});

test.each([
  "select 1;\nselect 3;",
  " select 1;\nselect 2;",
  "select 1;\n\nselect 2;",
  "-- x\nselect 1;\nselect 2;",
])("an edit makes another checksum: %j", (text) => {
  expect(checksumOf(text)).not.toBe(checksumOf("select 1;\nselect 2;\n"));
});
