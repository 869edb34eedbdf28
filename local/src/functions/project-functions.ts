import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import type { ProjectConfig } from "../config.ts";

/** One edge function as the project's folders and configuration define it. */
export interface FunctionSource {
  readonly slug: string;
  readonly entrypoint: string;
  /** Its deno.json or import map; Deno reads no other one. */
  readonly configFile: string | undefined;
  readonly verifyJwt: boolean;
}

const slugs = /^[A-Za-z][A-Za-z0-9_-]*$/;

export const functionsFolder = (projectDir: string): string =>
  join(projectDir, "supabase", "functions");

/**
 * Finds the folders with an `index.ts`, with their `[functions.<slug>]` settings. Folders such as `_shared` are not
 * functions.
 */
export async function findFunctions(
  projectDir: string,
  config: ProjectConfig["functions"],
): Promise<readonly FunctionSource[]> {
  const supabase = join(projectDir, "supabase");
  const root = functionsFolder(projectDir);
  const entries = await readdir(root, { withFileTypes: true }).catch(() => []);
  const folders = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  const names = new Set([...folders, ...Object.keys(config)]);
  return [...names]
    .filter((slug) => slugs.test(slug) && config[slug]?.enabled !== false)
    .sort()
    .map((slug) => {
      const { entrypoint, import_map, verify_jwt = true } = config[slug] ?? {};
      const configFiles = [
        ...(import_map === undefined ? [] : [join(supabase, import_map)]),
        join(root, slug, "deno.json"),
        join(root, slug, "deno.jsonc"),
        join(root, slug, "import_map.json"),
        join(root, "import_map.json"),
      ];
      return {
        slug,
        entrypoint:
          entrypoint === undefined ? join(root, slug, "index.ts") : join(supabase, entrypoint),
        configFile: configFiles.find((file) => existsSync(file)),
        verifyJwt: verify_jwt,
      };
    })
    .filter((source) => existsSync(source.entrypoint));
}

/** Returns Deno's flags for a function's configuration and lock file. */
export function configFlags({ configFile }: FunctionSource): readonly string[] {
  if (configFile === undefined) return ["--no-config", "--no-lock"];
  const isDenoConfig = /^deno\.jsonc?$/.test(basename(configFile));
  const config = isDenoConfig
    ? ["--config", configFile]
    : ["--no-config", "--import-map", configFile];
  const lock = join(dirname(configFile), "deno.lock");
  return [...config, ...(existsSync(lock) ? ["--lock", lock] : ["--no-lock"])];
}
