/** Logs while the disk is full: nothing ends, the terminal says so once, and the lines follow when there is room. */
import { execFile } from "node:child_process";
import fs from "node:fs";
import { mkdir, mkdtemp, readFile, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createLog, logFile } from "../src/log.ts";
import { until } from "./support/http.ts";

let folder: string;
let said: string[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "log-"));
  await mkdir(join(folder, "logs"));
  said = [];
  vi.spyOn(console, "error").mockImplementation((line) => void said.push(String(line)));
});

afterEach(async () => {
  vi.restoreAllMocks();
  await rm(folder, { recursive: true });
});

// Every write to this device of Linux finds no room.
test.runIf(fs.existsSync("/dev/full"))("survive a full disk, and say so once", async () => {
  await symlink("/dev/full", logFile(folder, "full"));
  const log = createLog("full", folder);
  let failures = 0;
  const { write } = fs;
  vi.spyOn(fs, "write").mockImplementation(((...args: unknown[]) => {
    const done = args.pop() as (error: Error | null, ...rest: unknown[]) => void;
    (write as (...args: unknown[]) => void)(...args, (error: Error | null, ...rest: unknown[]) => {
      if (error !== null) failures += 1;
      done(error, ...rest);
    });
  }) as typeof fs.write);
  for (let line = 1; line <= 3; line += 1) {
    log.info("a line");
    await until("it fails", () => failures >= line);
  }
  await until("it says so", () => said.length > 0);
  expect(said).toEqual([expect.stringMatching(/full\.log.*no space left/i)]);
});

test.runIf(fs.existsSync("/dev/full"))("leave the exit code alone", async () => {
  await symlink("/dev/full", logFile(folder, "last"));
  const program = `
    import { createLog } from ${JSON.stringify(join(import.meta.dirname, "../src/log.ts"))};
    createLog("last", ${JSON.stringify(folder)}).info("a line");
    process.exit(3);`;
  const args = ["--input-type=module", "--eval", program];
  await expect(promisify(execFile)(process.execPath, args)).rejects.toMatchObject({ code: 3 });
});

const fillDisk = () =>
  vi.spyOn(fs, "write").mockImplementation(((...args: unknown[]) => {
    const error = Object.assign(new Error("ENOSPC: no space left on device, write"), {
      code: "ENOSPC",
    });
    setImmediate(args.at(-1) as (error: Error) => void, error);
  }) as typeof fs.write);

test("have every line when there is room again", async () => {
  const log = createLog("later", folder);
  log.info("before");
  const read = () => readFile(logFile(folder, "later"), "utf8").catch(() => "");
  await until("the file has a line", async () => (await read()).includes("before"));

  const full = fillDisk();
  log.info("during");
  await until("it says so", () => said.length === 1);
  full.mockRestore();
  log.info("after");
  await until("the file has all lines", async () => (await read()).includes("after"));
  const lines = (await read())
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line).msg);
  expect(lines).toEqual(["before", "during", "after"]);

  fillDisk();
  log.info("full again");
  await until("it says so again", () => said.length === 2);
});
