import { appendFile, mkdir, mkdtemp, readFile, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { freeze, frozenProblems, releases } from "./releases.ts";

let supabase: string;
const migration = (name: string) => join(supabase, "migrations", name);

beforeEach(async () => {
  supabase = await mkdtemp(join(tmpdir(), "releases-"));
  await mkdir(join(supabase, "migrations"));
  await mkdir(join(supabase, "seeds"));
  await writeFile(migration("20260101000000_one.sql"), "select 1;\n");
  await writeFile(migration("20260102000000_two.sql"), "select 2;\n");
  await writeFile(join(supabase, "seeds", "010_people.sql"), "select 'Ada';\n");
});
afterEach(() => rm(supabase, { recursive: true }));

test("nothing is frozen before the first release", async () => {
  expect(await releases(supabase)).toEqual([]);
  await writeFile(migration("20260101000000_one.sql"), "select 'changed';\n");
  expect(await frozenProblems(supabase)).toEqual([]);
});

test("a release keeps checksums that sha256sum understands, and the seeds of that time", async () => {
  const { seeds } = await freeze("0.2.0", supabase);
  const sums = await readFile(join(supabase, "releases/0.2.0/migrations.sha256"), "utf8");
  expect(sums).toMatch(/^4a45092ccf992ea9[0-9a-f]{48} {2}20260101000000_one\.sql\n/);
  await writeFile(join(supabase, "seeds", "010_people.sql"), "select 'Grace';\n");
  expect(await readFile(join(seeds, "010_people.sql"), "utf8")).toBe("select 'Ada';\n");
  expect(await frozenProblems(supabase)).toEqual([]);
});

test("an edited, a removed and a renamed migration are noticed", async () => {
  await freeze("0.2.0", supabase);
  await appendFile(migration("20260101000000_one.sql"), "-- A comment.\n");
  await rename(migration("20260102000000_two.sql"), migration("20260103000000_two.sql"));
  expect(await frozenProblems(supabase)).toEqual([
    "20260101000000_one.sql is not as 0.2.0 published it. Put the change into a new one.",
    "20260102000000_two.sql is missing; 0.2.0 published it.",
  ]);
});

test("a new migration comes after all that are published", async () => {
  await freeze("0.2.0", supabase);
  await writeFile(migration("20260103000000_three.sql"), "select 3;\n");
  expect(await frozenProblems(supabase)).toEqual([]);
  await writeFile(migration("20260101120000_between.sql"), "select 1.5;\n");
  expect(await frozenProblems(supabase)).toEqual([
    "20260101120000_between.sql would be applied before 20260102000000_two.sql.",
  ]);
});

test("line endings do not count", async () => {
  await freeze("0.2.0", supabase);
  await writeFile(migration("20260101000000_one.sql"), "select 1;\r\n");
  expect(await frozenProblems(supabase)).toEqual([]);
});

test("releases come oldest first, and none is published twice", async () => {
  await freeze("0.10.0", supabase);
  await freeze("0.9.0", supabase);
  expect((await releases(supabase)).map(({ version }) => version)).toEqual(["0.9.0", "0.10.0"]);
  await expect(freeze("0.9.0", supabase)).rejects.toThrow("EEXIST");
});
