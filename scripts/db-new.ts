/**
 * `npm run db:new -- <name>`: creates a migration, numbered after the last one, with a draft of what the rooms have
 * and the migrations lack.
 */
import { readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { draftOf } from "./catalogue/draft.ts";
import { isFrozen } from "./releases.ts";
import { catalogueOfMigrations, catalogueOfRooms } from "./schema-check.ts";
import { migrationsFolder, migrationsOfRooms } from "./schema-rooms.ts";

const name = process.argv[2] ?? "";
if (!/^[a-z][a-z0-9_]*$/.test(name)) {
  console.error("Usage: npm run db:new -- <name in snake_case>, e.g. add_task_due_index");
  process.exit(2);
}
if (!(await isFrozen())) {
  console.error(
    "Until the first release, migrations are generated: edit supabase/schemas, then npm run db:build.",
  );
  process.exit(1);
}

const last = (await readdir(migrationsFolder)).sort().at(-1)?.slice(0, 14) ?? "";
const now = new Date().toISOString().replaceAll(/[-:T]/g, "").slice(0, 14);
// Never before an existing one, even if this machine's clock is wrong.
const version = now > last ? now : String(BigInt(last) + 100n);
const rooms = (await migrationsOfRooms()).map(({ text }) => text).join("\n");
const draft = draftOf(await catalogueOfMigrations(), await catalogueOfRooms(), rooms);
const file = join(migrationsFolder, `${version}_${name}.sql`);
await writeFile(file, `-- Why: \n\n${draft}`, { flag: "wx" });
console.log(file);
