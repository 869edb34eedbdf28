/**
 * `npm run db:build`: writes supabase/migrations from supabase/schemas, one file a room. Removes files of rooms
 * that are gone. Refuses once migrations are append-only (see docs/decisions/releases.md).
 */
import { readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { isFrozen } from "./releases.ts";
import { migrationsFolder, migrationsOfRooms } from "./schema-rooms.ts";

if (await isFrozen()) {
  console.error(
    "Migrations are append-only since the first release. Change the room, then: npm run db:new -- <name>.",
  );
  process.exit(1);
}

const wanted = await migrationsOfRooms();
const names = new Set(wanted.map(({ name }) => name));
for (const name of await readdir(migrationsFolder)) {
  if (!names.has(name)) await rm(join(migrationsFolder, name));
}
for (const { name, text } of wanted) await writeFile(join(migrationsFolder, name), text);
console.log(`Wrote ${wanted.length} migrations to supabase/migrations.`);
