import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { run } from "./run-command.ts";

/**
 * Installs a package that is not a workspace of this repository from its own lock file, once for each version of it.
 * Such packages are the docs site and some examples, so that `npm ci` of OnSwift does not install what only they need.
 */
export async function installPackages(folder: string): Promise<void> {
  const lock = await readFile(join(folder, "package-lock.json"), "utf8");
  const stamp = join(folder, "node_modules/.lock-that-was-installed.json");
  if ((await readFile(stamp, "utf8").catch(() => "")) === lock) return;
  const quiet = ["--no-audit", "--no-fund", "--loglevel=error", "--workspaces=false"];
  const { code, output } = await run("npm", ["ci", ...quiet], { cwd: folder });
  if (code !== 0) throw new Error(`npm ci failed in ${folder}.\n${output}`);
  await writeFile(stamp, lock);
}
