/** How the functions runtime hears of changes. */
import { mkdir, mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { watchFolder } from "../../src/functions/watch-folder.ts";
import { until } from "../support/http.ts";

let folder: string;
let heard: string[];
let stop: () => Promise<void>;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "watched-"));
  await mkdir(join(folder, "one/deep"), { recursive: true });
  await writeFile(join(folder, "one/deep/code.ts"), "1");
  heard = [];
  const fail = (error: Error) => {
    throw error;
  };
  stop = await watchFolder(folder, (names) => heard.push([...names].sort().join()), fail);
});

afterEach(async () => {
  await stop();
  await rm(folder, { recursive: true, force: true });
});

const path = (file: string) => join(folder, file);

async function hears(names: string): Promise<void> {
  await until(`${names} is heard`, () => heard.length > 0);
  expect(heard.splice(0)).toEqual([names]);
}

test("a file that is written into", async () => {
  await writeFile(path("one/deep/code.ts"), "2");
  await hears("one");
});

test("a file that is replaced, time after time", async () => {
  for (const text of ["2", "3", "4"]) {
    await writeFile(path("one/deep/code.ts.tmp"), text);
    await rename(path("one/deep/code.ts.tmp"), path("one/deep/code.ts"));
    await hears("one");
  }
});

test("a file at the top", async () => {
  await writeFile(path(".env"), "A=1");
  await hears(".env");
});

test("a folder that comes, changes, goes and comes again", async () => {
  await mkdir(path("two/deep"), { recursive: true });
  await writeFile(path("two/deep/code.ts"), "1");
  await hears("two");
  await writeFile(path("two/deep/code.ts"), "2");
  await hears("two");
  await rm(path("two"), { recursive: true });
  await hears("two");
  await mkdir(path("two"));
  await hears("two");
  await writeFile(path("two/code.ts"), "3");
  await hears("two");
});

test("several at once are one change", async () => {
  await mkdir(path("two"));
  await writeFile(path("two/code.ts"), "1");
  await writeFile(path("one/deep/code.ts"), "2");
  await hears("one,two");
});

test("nothing of tests and leftovers", async () => {
  await writeFile(path("one/code.test.ts"), "1");
  await writeFile(path("one/code.ts~"), "1");
  await writeFile(path("one/.code.ts.swp"), "1");
  await mkdir(path("node_modules"));
  await writeFile(path("node_modules/x.ts"), "1");
  await writeFile(path("one/deep/code.ts"), "2");
  await hears("one");
});
