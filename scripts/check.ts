/** `npm run check`: everything that must be clean besides the tests. Shows the output of what is not. */
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { generatedFilesAreCurrent } from "./generated-files.ts";
import { isFrozen } from "./releases.ts";
import { bin, type Finished, run } from "./run-command.ts";
import {
  frozenMigrationsAreUnchanged,
  migrationsAreBuilt,
  schemaMatchesRooms,
} from "./schema-check.ts";
import { root, scratchStack } from "./scratch-stack.ts";
import { wordCheck } from "./word-check.ts";

const tsc = (project: string) => run(bin("tsc"), ["-p", project]);
const deno = {
  ...process.env,
  DENO_DIR: join(root, "node_modules/.cache/deno"),
};

let failures = 0;
await step("format and lint", () => run(bin("biome"), ["check", "."]));
await step("types: scripts and tests", () => tsc("."));
await step("types: embedded stack", () => tsc("local"));
await step("types: SDK", () => tsc("sdk"));
await step("types: SDK on Node", () => tsc("sdk/tsconfig.node.json"));
for (const name of ["api", "files", "outbox"]) {
  await step(`types: function ${name}`, () => checkFunction(name));
}
await step("words of public texts", wordCheck);
await step("SDK package", checkPackage);
// They import the SDK as a user would, so the SDK must be built.
await step("types: web app", () => tsc("examples/web"));
await step("types: supabase-js example", () => tsc("examples/supabase-js"));
await step("embedded package", checkEmbeddedPackage);
if (await isFrozen()) await step("frozen migrations", frozenMigrationsAreUnchanged);
else await step("migrations are built", migrationsAreBuilt);

console.log("\nAgainst the migrations from empty:");
const stack = await scratchStack({ seed: false });
try {
  const { DB_URL } = stack.about;
  await step("generated files are current", () => generatedFilesAreCurrent(DB_URL));
  await step("database advisors", () => adviseOn(DB_URL));
  await step("migrations equal the rooms", () => schemaMatchesRooms(DB_URL));
} finally {
  await stack.stop();
}
console.log(failures === 0 ? "\nAll clean." : `\n${failures} check(s) failed.`);
process.exitCode = failures === 0 ? 0 : 1;

async function step(name: string, work: () => Promise<Finished>): Promise<void> {
  const began = performance.now();
  const { code, output } = await work().catch((error) => ({ code: 1, output: String(error) }));
  const took = `${((performance.now() - began) / 1000).toFixed(1)} s`;
  console.log(`${code === 0 ? "✓" : "✗"} ${name.padEnd(30)} ${took}`);
  if (code === 0) return;
  failures += 1;
  console.log(output);
}

/** With the function's own deno.json, which must name everything that the function imports. */
function checkFunction(name: string): Promise<Finished> {
  const folder = `supabase/functions/${name}`;
  const args = ["check", `--config=${folder}/deno.json`, `${folder}/index.ts`];
  return run(bin("deno"), args, { env: deno });
}

/** Builds and packs the SDK and looks at the tarball as a consumer's tools would. */
async function checkPackage(): Promise<Finished> {
  const sdk = { cwd: join(root, "sdk") };
  const steps: (readonly [string, readonly string[]])[] = [
    ["npm", ["run", "--silent", "build"]],
    [process.execPath, ["scripts/api-report.mjs", "--check"]],
    [bin("publint"), ["--strict"]],
    [bin("attw"), ["--pack", "."]],
  ];
  for (const [command, args] of steps) {
    const result = await run(command, args, sdk);
    if (result.code !== 0) return result;
  }
  return { code: 0, output: "" };
}

/** Packs the embedded stack as it is published; it is for `import` alone. */
async function checkEmbeddedPackage(): Promise<Finished> {
  const folder = await mkdtemp(join(tmpdir(), "embedded-package-"));
  try {
    const pack = ["pack", "--silent", "--pack-destination", folder];
    const packed = await run("npm", pack, { cwd: join(root, "local") });
    if (packed.code !== 0) return packed;
    const tarball = join(folder, (await readdir(folder))[0] ?? "");
    const linted = await run(bin("publint"), ["--strict", tarball]);
    return linted.code !== 0 ? linted : await run(bin("attw"), [tarball, "--profile", "esm-only"]);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function adviseOn(databaseUrl: string): Promise<Finished> {
  const args = ["db", "advisors", `--remote=${databaseUrl}`, "--type", "all", "--level", "warn"];
  return run(bin("supabase"), [...args, "--fail-on", "warn"]);
}
