import { cp, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { root } from "../root.ts";
import { run } from "../run-command.ts";

/** The examples that are packages of their own: only their tests need what they install. */
export const examples = ["nextjs", "worker"] as const;

/** Installs an example from its lock file, with the SDK as it is now. */
export async function prepareExample(name: (typeof examples)[number]): Promise<void> {
  const folder = join(root, "examples", name);
  const lock = await readFile(join(folder, "package-lock.json"), "utf8");
  const stamp = join(folder, "node_modules/.lock-that-was-installed.json");
  if ((await readFile(stamp, "utf8").catch(() => "")) !== lock) {
    const quiet = ["--no-audit", "--no-fund", "--loglevel=error", "--workspaces=false"];
    await step("npm", ["ci", ...quiet], folder);
    await writeFile(stamp, lock);
  }
  const packed = join(folder, "node_modules/@onswift/sdk");
  await rm(packed, { recursive: true, force: true });
  for (const part of ["package.json", "dist"]) {
    await cp(join(root, "sdk", part), join(packed, part), { recursive: true });
  }
}

/** Builds the SDK, and installs all examples. */
export async function prepareExamples(): Promise<void> {
  await step("npm", ["run", "--silent", "build"], join(root, "sdk"));
  for (const name of examples) await prepareExample(name);
}

async function step(command: string, args: readonly string[], cwd: string): Promise<void> {
  const { code, output } = await run(command, args, { cwd });
  if (code !== 0) throw new Error(`${command} ${args.join(" ")} failed in ${cwd}.\n${output}`);
}
