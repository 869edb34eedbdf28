import { cp, rm } from "node:fs/promises";
import { join } from "node:path";
import { installPackages } from "../install-packages.ts";
import { root } from "../root.ts";
import { run } from "../run-command.ts";

/** The packages of their own that use the SDK: only their tests need what they install. */
const packages = ["examples/nextjs", "examples/worker", "test/hermes"] as const;

/** Installs a package from its lock file, with the SDK as it is now. */
async function preparePackage(name: (typeof packages)[number]): Promise<void> {
  const folder = join(root, name);
  await installPackages(folder);
  const packed = join(folder, "node_modules/@onswift/sdk");
  await rm(packed, { recursive: true, force: true });
  for (const part of ["package.json", "dist"]) {
    await cp(join(root, "sdk", part), join(packed, part), { recursive: true });
  }
}

/** Builds the SDK, and installs all packages of their own. */
export async function prepareExamples(): Promise<void> {
  const { code, output } = await run("npm", ["run", "--silent", "build"], {
    cwd: join(root, "sdk"),
  });
  if (code !== 0) throw new Error(`The SDK cannot be built.\n${output}`);
  for (const name of packages) await preparePackage(name);
}
