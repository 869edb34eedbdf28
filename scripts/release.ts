/**
 * `npm run release -- 0.2.0`: prepares a release. Versions and changelogs of the packages come from the changesets,
 * the entries under "Unreleased" get version and date, and the migrations are frozen. Look at the result, commit it,
 * and tag it. docs/decisions/releases.md says what a release promises.
 */
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { root } from "./root.ts";
import { run } from "./run-command.ts";

const version = process.argv[2] ?? "";
if (!/^\d+\.\d+\.\d+$/.test(version)) {
  console.error("Usage: npm run release -- <version>, e.g. 0.2.0");
  process.exit(2);
}

await step("npm", ["run", "--silent", "changeset:apply"]);
await edit("package.json", (text) =>
  text.replace(/^ {2}"version": "[^"]*"/m, `  "version": "${version}"`),
);
const date = new Date().toISOString().slice(0, 10);
await edit("CHANGELOG.md", (text) =>
  text.replace("## Unreleased\n", `## Unreleased\n\n## ${version} (${date})\n`),
);
// The lock file repeats the version of this package.
await step("npm", [
  "install",
  "--package-lock-only",
  "--no-audit",
  "--no-fund",
  "--loglevel=error",
]);
await step(process.execPath, [...process.execArgv, "scripts/db-freeze.ts"]);

async function step(command: string, args: readonly string[]): Promise<void> {
  const { code } = await run(command, args, { show: true });
  if (code !== 0) process.exit(code);
}

async function edit(name: string, change: (text: string) => string): Promise<void> {
  const file = join(root, name);
  const text = await readFile(file, "utf8");
  const changed = change(text);
  if (changed === text) throw new Error(`${name} has no place for the version.`);
  await writeFile(file, changed);
}
