import { spawnSync } from "node:child_process";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

const require = createRequire(import.meta.url);

/**
 * The Deno that npm installed: the platform's own package, because the `deno` package's program may be
 * a shim in front of it, and a killed shim would leave Deno behind.
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

/** Where functions' dependencies are kept: beside the other installed packages, filled at install. */
export const denoCache = (projectDir: string): string =>
  join(projectDir, "node_modules", ".cache", "deno");

/** Deno's own settings. Each function has its deno.json; the project's package.json is not theirs. */
export const denoEnvironment = (projectDir: string): Readonly<Record<string, string>> => ({
  DENO_DIR: denoCache(projectDir),
  DENO_NO_PACKAGE_JSON: "1",
  DENO_NO_UPDATE_CHECK: "1",
  NO_COLOR: "1",
});

let pdeathsig: readonly string[] | undefined;

/**
 * A prefix for a command that must not outlive this process, however that ends: a worker in an endless
 * loop never notices that its input was closed. Where there is no `setpriv` the closed input must do.
 */
export function leash(): readonly string[] {
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
