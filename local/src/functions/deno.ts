import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

const require = createRequire(import.meta.url);

/**
 * Finds the Deno that npm installed. Uses the platform's package, because the program of the package `deno` can be
 * a shim, and killing a shim would leave Deno running.
 */
export function denoBinary(): string {
  const libc = process.platform === "linux" ? "-glibc" : "";
  const name = `@deno/${process.platform}-${process.arch}${libc}`;
  const base = createRequire(require.resolve("deno/package.json"));
  try {
    const folder = dirname(base.resolve(`${name}/package.json`));
    return join(folder, process.platform === "win32" ? "deno.exe" : "deno");
  } catch {
    throw new Error(`Deno is not installed: the npm package ${name} is missing.`);
  }
}

/**
 * Returns the folder for functions' dependencies: with the project's other packages, or in the official CLI's
 * folder for temporary files, which git ignores, when the project has no packages.
 */
export function denoCache(projectDir: string): string {
  const packages = ["package.json", "node_modules"].some((name) =>
    existsSync(join(projectDir, name)),
  );
  return packages
    ? join(projectDir, "node_modules", ".cache", "deno")
    : join(projectDir, "supabase", ".temp", "deno");
}

/** Deno's environment variables. Functions have their own deno.json; the project's package.json does not apply. */
export const denoEnvironment = (projectDir: string): Readonly<Record<string, string>> => ({
  DENO_DIR: denoCache(projectDir),
  DENO_NO_PACKAGE_JSON: "1",
  DENO_NO_UPDATE_CHECK: "1",
  NO_COLOR: "1",
});

let pdeathsig: readonly string[] | undefined;

/**
 * Returns a prefix for a command that must end with this process, even when this process is killed: a worker in an
 * endless loop does not notice that its input was closed. Without `setpriv`, only the closed input ends it.
 */
export function killWithParent(): readonly string[] {
  if (pdeathsig === undefined) {
    const command = ["setpriv", "--pdeathsig=KILL", "--"];
    const [program = "", ...args] = command;
    const works =
      process.platform === "linux" &&
      spawnSync(program, [...args, "true"], { stdio: "ignore" }).status === 0;
    pdeathsig = works ? command : [];
  }
  return pdeathsig;
}
