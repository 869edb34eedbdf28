/** Files of the data folder that a crash of the machine, or an editor, has damaged. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openDataFolder } from "../src/data-folder.ts";
import { findRunning } from "../src/descriptor.ts";
import { loadKeys } from "../src/keys.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "damaged-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

test.each(["", "{", '{ "jwtSecret": "short" }'])(
  "damaged keys (%j) are refused with the file's name and the way out",
  async (text) => {
    const file = join(folder, "keys.json");
    await writeFile(file, text);
    await expect(loadKeys(folder)).rejects.toThrow(`${file} is damaged. Restore it`);
  },
);

test.each(["", "{"])("a damaged descriptor (%j) describes no running stack", async (text) => {
  await writeFile(join(folder, "stack.json"), text);
  expect(await findRunning(folder)).toBeUndefined();
});

test("a data folder that cannot be made is named with the way out", async () => {
  const file = join(folder, "a-file");
  await writeFile(file, "");
  await expect(openDataFolder(file, { empty: false })).rejects.toThrow(
    `The data folder ${file} cannot be made (EEXIST). Choose one with --data-dir`,
  );
});
