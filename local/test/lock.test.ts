/** The lock that lets one stack use a data folder. */
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

test("locks a folder for one stack until it is released", async () => {
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

test("gives the folder to one of several simultaneous starts", async () => {
  const starts = await Promise.allSettled(Array.from({ length: 8 }, () => lockDataDir(folder)));
  expect(starts.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
});

test.each([
  ["names a process that has ended", async () => '{"pid":2147483646,"started":"x"}'],
  ["is incomplete", async () => ""],
  [
    "names a process id that another program now has",
    async () => {
      const release = await lockDataDir(folder);
      const { pid } = JSON.parse(await readFile(file(), "utf8")) as { pid: number };
      await release();
      return JSON.stringify({ pid, started: "another moment" });
    },
  ],
])("ignores a lock that %s", async (_what, content) => {
  await writeFile(file(), await content());
  expect(await holderOf(folder)).toBeUndefined();
  const release = await lockDataDir(folder);
  expect(await holderOf(folder)).toMatchObject({ pid: process.pid });
  await release();
});
