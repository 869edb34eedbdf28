/**
 * A database that a release made, with the seeds of that time, is brought to the present: it keeps every row and
 * has the schema of a new database.
 */
import { mkdtemp, readdir, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { type Catalogue, differences } from "../../scripts/catalogue/catalogue.ts";
import { releases } from "../../scripts/releases.ts";
import { root } from "../../scripts/root.ts";
import { catalogueAt, catalogueOfRooms } from "../../scripts/schema-check.ts";
import { migrationsFolder } from "../../scripts/schema-rooms.ts";
import { Project } from "./project.ts";
import { losses, rowCount, rowsIn } from "./rows.ts";

const published = await releases();
const presentMigrations = await readdir(migrationsFolder);
const presentSeeds = join(root, "supabase", "seeds");

let fresh: Catalogue;
let folder: string;
let project: Project;

const compared = (upgraded: Catalogue) => differences(upgraded, fresh, ["upgraded", "new"]);

beforeAll(async () => {
  fresh = await catalogueOfRooms();
}, 120_000);
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "upgrade-"));
});
afterEach(() => project.remove());

test.each(published)(
  "a database of release $version is brought to the present",
  {
    timeout: 300_000,
  },
  async ({ migrations, seeds }) => {
    project = await Project.in(folder, seeds);
    await project.addMigrations(migrations.keys());
    const before = await project.started(rowsIn);
    expect(rowCount(before)).toBeGreaterThan(200);

    await project.addMigrations(presentMigrations);
    await project.started(async (sql, url) => {
      expect(losses(before, await rowsIn(sql))).toEqual([]);
      expect(compared(await catalogueAt(url))).toEqual([]);
    });
  },
);

test("a pending migration is applied to the rows that are there, and what the rooms lack is noticed", {
  timeout: 300_000,
}, async () => {
  project = await Project.in(folder, presentSeeds);
  await project.addMigrations(presentMigrations);
  const before = await project.started(async (sql, url) => {
    expect(compared(await catalogueAt(url))).toEqual([]);
    return rowsIn(sql);
  });

  await writeFile(
    join(project.migrations, "29991231000000_trial.sql"),
    `alter table public.tasks add column color text not null default 'red';
     alter table public.tasks disable trigger user;
     update public.tasks set name = upper(name) where name = (select min(name) from public.tasks);
     alter table public.tasks enable trigger user;`,
  );
  await project.started(async (sql, url) => {
    const [row] = await sql`
      select count(*)::int as tasks, count(*) filter (where color = 'red')::int as red from public.tasks`;
    const tasks = before.get("tasks")?.size ?? 0;
    expect(row).toEqual({ tasks, red: tasks });
    expect(losses(before, await rowsIn(sql))).toEqual([
      expect.stringMatching(/^tasks [0-9a-f-]{36}: name was "/),
    ]);
    expect(compared(await catalogueAt(url))).toEqual(["column tasks.color: only in upgraded"]);
  });
});
