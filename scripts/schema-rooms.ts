import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { root } from "./root.ts";

/** The source of the database schema: a folder a domain ("room"), numbered in the order they are applied. */
const schemasFolder = join(root, "supabase", "schemas");
export const migrationsFolder = join(root, "supabase", "migrations");

/** A room's two digits become the hour and the minute of its migration's version, so that the versions are dates. */
const versionOf = (number: string): string => `202611010${number[0]}0${number[1]}00`;

export interface GeneratedMigration {
  readonly room: string;
  /** File name in `supabase/migrations`. */
  readonly name: string;
  readonly text: string;
}

/** One migration per room, with the room's files in reading order. */
export async function migrationsOfRooms(): Promise<readonly GeneratedMigration[]> {
  const entries = await readdir(schemasFolder, { withFileTypes: true });
  const rooms = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  rooms.sort();
  return Promise.all(rooms.map(migrationOf));
}

async function migrationOf(room: string): Promise<GeneratedMigration> {
  const [, number = "", title = ""] = /^(\d{2})_([a-z_]+)$/.exec(room) ?? [];
  if (title === "") throw new Error(`supabase/schemas/${room} is not named <two digits>_<name>.`);
  const names = (await readdir(join(schemasFolder, room))).sort();
  const parts = await Promise.all(
    names.map(async (name) => {
      if (!/^\d{2}_[a-z_]+\.sql$/.test(name)) {
        throw new Error(`supabase/schemas/${room}/${name} is not named <two digits>_<name>.sql.`);
      }
      const text = await readFile(join(schemasFolder, room, name), "utf8");
      return `${heading(`${room}/${name}`)}\n\n${text.trim()}\n`;
    }),
  );
  const intro = `-- Release 0.2.0, from supabase/schemas/${room}. A later change is made there and in a migration of its own.\n`;
  return { room, name: `${versionOf(number)}_${title}.sql`, text: [intro, ...parts].join("\n\n") };
}

const heading = (title: string) => `-- ${`── ${title} `.padEnd(96, "─")}`;
