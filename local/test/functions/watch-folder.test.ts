/** watchFolder: which changes it reports. */
import { mkdir, mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { watchFolder } from "../../src/functions/watch-folder.ts";
import { until } from "../support/http.ts";

let folder: string;
let changes: string[];
let stop: () => Promise<void>;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "watched-"));
  await mkdir(join(folder, "one/deep"), { recursive: true });
  await writeFile(join(folder, "one/deep/code.ts"), "1");
  changes = [];
  const fail = (error: Error) => {
    throw error;
  };
  stop = await watchFolder(folder, (names) => changes.push([...names].sort().join()), fail);
});

afterEach(async () => {
  await stop();
  await rm(folder, { recursive: true, force: true });
});

const path = (file: string) => join(folder, file);

async function expectChange(names: string): Promise<void> {
  await until(`a change of ${names} is reported`, () => changes.length > 0);
  expect(changes.splice(0)).toEqual([names]);
}

test("reports a file that is written", async () => {
  await writeFile(path("one/deep/code.ts"), "2");
  await expectChange("one");
});

test("reports every replacement of a file", async () => {
  for (const text of ["2", "3", "4"]) {
    await writeFile(path("one/deep/code.ts.tmp"), text);
    await rename(path("one/deep/code.ts.tmp"), path("one/deep/code.ts"));
    await expectChange("one");
  }
});

test("reports a file in the watched folder itself", async () => {
  await writeFile(path(".env"), "A=1");
  await expectChange(".env");
});

test("reports a folder that is created, changed, removed and created again", async () => {
  await mkdir(path("two/deep"), { recursive: true });
  await writeFile(path("two/deep/code.ts"), "1");
  await expectChange("two");
  await writeFile(path("two/deep/code.ts"), "2");
  await expectChange("two");
  await rm(path("two"), { recursive: true });
  await expectChange("two");
  await mkdir(path("two"));
  await expectChange("two");
  await writeFile(path("two/code.ts"), "3");
  await expectChange("two");
});

test("reports several changes at once in one call", async () => {
  await mkdir(path("two"));
  await writeFile(path("two/code.ts"), "1");
  await writeFile(path("one/deep/code.ts"), "2");
  await expectChange("one,two");
});

test("ignores tests and temporary files", async () => {
  await writeFile(path("one/code.test.ts"), "1");
  await writeFile(path("one/code.ts~"), "1");
  await writeFile(path("one/.code.ts.swp"), "1");
  await mkdir(path("node_modules"));
  await writeFile(path("node_modules/x.ts"), "1");
  await writeFile(path("one/deep/code.ts"), "2");
  await expectChange("one");
});
