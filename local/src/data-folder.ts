import { rm, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { lockDataDir } from "./lock.ts";

/** The folder where one stack keeps its state, locked until it is released. */
export interface DataFolder {
  readonly path: string;
  release(): Promise<void>;
}

/** Opens the folder and makes it if it is missing. With `empty`, everything but the keys is removed first. */
export async function openDataFolder(
  given: string,
  { empty }: { readonly empty: boolean },
): Promise<DataFolder> {
  const path = resolve(given);
  const release = await lockDataDir(path);
  try {
    if (empty) await removeData(path);
    // Keys and a database do not belong in a repository.
    await writeFile(join(path, ".gitignore"), "*\n");
    return { path, release };
  } catch (error) {
    await release();
    throw error;
  }
}

async function removeData(path: string): Promise<void> {
  await Promise.all(
    ["postgres", "mail", "storage", "logs"].map((name) =>
      rm(join(path, name), { recursive: true, force: true }),
    ),
  );
}
