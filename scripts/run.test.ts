/** `scripts/run.mjs` in a checkout without packages. */
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "checkout-"));
  for (const name of ["scripts", ".onswift"]) mkdirSync(join(folder, name));
  cpSync(join(import.meta.dirname, "run.mjs"), join(folder, "scripts/run.mjs"));
  writeFileSync(join(folder, "npm.js"), "process.exit(7);");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Runs a task, for two seconds at most, with an npm that fails at once. */
function run(lock: string): string {
  writeFileSync(join(folder, ".onswift/install.pid"), lock);
  const { stderr } = spawnSync(process.execPath, [join(folder, "scripts/run.mjs"), "status"], {
    env: { ...process.env, npm_execpath: join(folder, "npm.js") },
    encoding: "utf8",
    timeout: 2000,
  });
  return stderr;
}

test.each(["", "no number"])("a damaged lock of an installation (%j) stops no other", (lock) => {
  expect(run(lock)).toContain("npm ci failed with exit code 7");
});

test("a wait for an installation names its process and the lock", () => {
  const file = join(folder, ".onswift/install.pid");
  expect(run(String(process.pid))).toBe(
    `Waiting for process ${process.pid}, which installs packages. If it is another program, delete ${file}.\n`,
  );
});
