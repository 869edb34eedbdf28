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
