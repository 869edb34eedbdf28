/** Filling the dependency cache at install. */
import { mkdir, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { cacheFunctions } from "../../src/functions/prepare.ts";
import { copyOfFixture } from "../support/settings.ts";

let projectDir: string;

beforeEach(async () => {
  projectDir = await copyOfFixture();
});

afterEach(() => rm(projectDir, { recursive: true, force: true }));

async function write(path: string, text: string): Promise<void> {
  const file = join(projectDir, "supabase/functions", path);
  await mkdir(join(file, ".."), { recursive: true });
  await writeFile(file, text);
}

const broken = "this is not code (";

test("reads the functions once, and again only when they import something else", async () => {
  await cacheFunctions(projectDir);
  expect((await stat(join(projectDir, "node_modules/.cache/deno"))).isDirectory()).toBe(true);
  // Code that can't be parsed shows whether anybody looked at it.
  await write("echo/index.ts", broken);
  await cacheFunctions(projectDir);
  await write("echo/index.ts", `import "node:path"; ${broken}`);
  await expect(cacheFunctions(projectDir)).rejects.toThrow(/"echo"/);
});

test("looks again when a configuration or a function is added", async () => {
  await write("echo/index.ts", "export {};");
  await cacheFunctions(projectDir);
  await write("echo/index.ts", broken);
  await cacheFunctions(projectDir);
  await write("echo/deno.json", "{}");
  await expect(cacheFunctions(projectDir)).rejects.toThrow(/"echo"/);

  await write("echo/index.ts", "export {};");
  await cacheFunctions(projectDir);
  await write("fresh/index.ts", broken);
  await expect(cacheFunctions(projectDir)).rejects.toThrow(/"fresh"/);
});

test("says which function wants what is not there", async () => {
  await write("echo/index.ts", 'import "unmapped-package"; Deno.serve(() => new Response());');
  await expect(cacheFunctions(projectDir)).rejects.toThrow(/"echo"[\s\S]*unmapped-package/);
});
