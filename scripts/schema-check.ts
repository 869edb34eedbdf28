import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import postgres from "postgres";
import { type Catalogue, differences, readCatalogue } from "./catalogue/catalogue.ts";
import { frozenProblems } from "./releases.ts";
import { root } from "./root.ts";
import type { Finished } from "./run-command.ts";
import { migrationsFolder, migrationsOfRooms } from "./schema-rooms.ts";
import { scratchStack } from "./scratch-stack.ts";

/** Whether supabase/migrations is what `npm run db:build` would write. For the time before they are append-only. */
export async function migrationsAreBuilt(): Promise<Finished> {
  const wanted = await migrationsOfRooms();
  const stale = (await readdir(migrationsFolder)).filter(
    (name) => !wanted.some((migration) => migration.name === name),
  );
  for (const { name, text } of wanted) {
    const present = await readFile(join(migrationsFolder, name), "utf8").catch(() => undefined);
    if (present !== text) stale.push(name);
  }
  if (stale.length === 0) return { code: 0, output: "" };
  return { code: 1, output: `Run npm run db:build. Not current: ${stale.sort().join(", ")}.` };
}

/** Whether the migrations of all releases are as they were published, and new ones come after them. */
export async function frozenMigrationsAreUnchanged(): Promise<Finished> {
  const problems = await frozenProblems();
  return { code: problems.length === 0 ? 0 : 1, output: problems.join("\n") };
}

/** Compares the database that the migrations made with one made from supabase/schemas alone. */
export async function schemaMatchesRooms(databaseUrl: string): Promise<Finished> {
  const lines = differences(await catalogueAt(databaseUrl), await catalogueOfRooms(), [
    "supabase/migrations",
    "supabase/schemas",
  ]);
  return { code: lines.length === 0 ? 0 : 1, output: lines.join("\n") };
}

/** The schema that supabase/schemas alone makes. */
export async function catalogueOfRooms(): Promise<Catalogue> {
  const projectDir = await mkdtemp(join(tmpdir(), "onswift-rooms-"));
  try {
    await roomsAsProject(projectDir);
    return await catalogueOfProject(projectDir);
  } finally {
    await rm(projectDir, { recursive: true, force: true });
  }
}

/** The schema that supabase/migrations make. */
export const catalogueOfMigrations = (): Promise<Catalogue> => catalogueOfProject(root);

async function catalogueOfProject(projectDir: string): Promise<Catalogue> {
  const stack = await scratchStack({ seed: false, projectDir });
  try {
    return await catalogueAt(stack.about.DB_URL);
  } finally {
    await stack.stop();
  }
}

/** A project folder whose migrations are the rooms, without functions and seeds. */
async function roomsAsProject(projectDir: string): Promise<void> {
  const folder = join(projectDir, "supabase", "migrations");
  await mkdir(folder, { recursive: true });
  const config = "supabase/config.toml";
  await cp(join(root, config), join(projectDir, config));
  for (const { name, text } of await migrationsOfRooms()) await writeFile(join(folder, name), text);
}

export async function catalogueAt(databaseUrl: string): Promise<Catalogue> {
  const sql = postgres(databaseUrl, { max: 1 });
  try {
    return await readCatalogue(sql);
  } finally {
    await sql.end();
  }
}
