import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { SqlFile } from "./run-file.ts";

/** One file of `supabase/migrations`. */
export interface Migration extends SqlFile {
  readonly version: string;
  readonly title: string;
  readonly checksum: string;
}

const namePattern = /^(\d+)_(.*)\.sql$/;

/** Reads the project's migrations in the order in which they are applied. Files with other names are ignored. */
export async function readMigrations(projectDir: string): Promise<readonly Migration[]> {
  const folder = join("supabase", "migrations");
  const names = (await readdir(join(projectDir, folder)).catch(() => [])).filter((name) =>
    namePattern.test(name),
  );
  const files = await Promise.all(
    names.map(async (name) => {
      const [, version = "", title = ""] = namePattern.exec(name) ?? [];
      const text = await readFile(join(projectDir, folder, name), "utf8");
      return { name: join(folder, name), text, version, title, checksum: checksumOf(text) };
    }),
  );
  // As the official CLI sorts them: versions are compared as text.
  return files.sort((a, b) => compare(a.version, b.version) || compare(a.name, b.name));
}

const compare = (a: string, b: string): number => (a === b ? 0 : a < b ? -1 : 1);

/**
 * Returns the SHA-256 of the text without line endings' style, byte order mark, and white space at the end of
 * lines and of the file: git and editors change those, and the SQL stays the same.
 */
export function checksumOf(text: string): string {
  const lines = text.replace(/^\uFEFF/, "").split(/\r\n|\r|\n/);
  const normalized = lines
    .map((line) => line.trimEnd())
    .join("\n")
    .trimEnd();
  return createHash("sha256").update(normalized).digest("hex");
}
