/** Caching the functions' dependencies at installation. */
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

test("reads functions again only if their imports change", async () => {
  await cacheFunctions(projectDir);
  expect((await stat(join(projectDir, "supabase/.temp/deno"))).isDirectory()).toBe(true);
  // Invalid code fails if it is read.
  await write("echo/index.ts", broken);
  await cacheFunctions(projectDir);
  await write("echo/index.ts", `import "node:path"; ${broken}`);
  await expect(cacheFunctions(projectDir)).rejects.toThrow(/"echo"/);
});

test("keeps the dependencies with the project's packages if it has any", async () => {
  await writeFile(join(projectDir, "package.json"), "{}");
  await cacheFunctions(projectDir);
  expect((await stat(join(projectDir, "node_modules/.cache/deno"))).isDirectory()).toBe(true);
  await expect(stat(join(projectDir, "supabase/.temp"))).rejects.toThrow("ENOENT");
});

test("reads functions again if a configuration or function is added", async () => {
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

test("names the function with a missing import", async () => {
  await write("echo/index.ts", 'import "unmapped-package"; Deno.serve(() => new Response());');
  await expect(cacheFunctions(projectDir)).rejects.toThrow(/"echo"[\s\S]*unmapped-package/);
});
