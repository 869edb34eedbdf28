/** One stack a data folder, whatever a killed one left behind. */
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { holderOf, lockDataDir } from "../src/lock.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "lock-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const file = () => join(folder, "stack.pid");

test("a folder is locked for one stack and free after its release", async () => {
  const release = await lockDataDir(folder);
  expect(await holderOf(folder)).toMatchObject({ pid: process.pid });
  await expect(lockDataDir(folder)).rejects.toThrow(
    `already running with the data in ${folder} (process ${process.pid})`,
  );
  await release();
  expect(await holderOf(folder)).toBeUndefined();
  await (await lockDataDir(folder))();
  expect(await readdir(folder)).toEqual([]);
});

test("several starts at the same moment: one gets the folder", async () => {
  const starts = await Promise.allSettled(Array.from({ length: 8 }, () => lockDataDir(folder)));
  expect(starts.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
});

test.each([
  ["names a process that is gone", async () => '{"pid":2147483646,"started":"x"}'],
  ["was never finished", async () => ""],
  [
    "names a process id that another program has now",
    async () => {
      const release = await lockDataDir(folder);
      const { pid } = JSON.parse(await readFile(file(), "utf8")) as { pid: number };
      await release();
      return JSON.stringify({ pid, started: "another moment" });
    },
  ],
])("a lock that %s is no obstacle", async (_what, content) => {
  await writeFile(file(), await content());
  expect(await holderOf(folder)).toBeUndefined();
  const release = await lockDataDir(folder);
  expect(await holderOf(folder)).toMatchObject({ pid: process.pid });
  await release();
});
