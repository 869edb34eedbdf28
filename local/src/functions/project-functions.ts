import { access, readdir } from "node:fs/promises";
import { join } from "node:path";
import type { ProjectConfig } from "../config.ts";

/** One edge function as the project's folders and configuration define it. */
export interface FunctionSource {
  readonly slug: string;
  readonly entrypoint: string;
  /** Its deno.json or import map; Deno reads no other. */
  readonly configFile: string | undefined;
  readonly verifyJwt: boolean;
}

const slugs = /^[A-Za-z][A-Za-z0-9_-]*$/;

export const functionsFolder = (projectDir: string): string =>
  join(projectDir, "supabase", "functions");

/** Folders with an `index.ts`, and what `[functions.<slug>]` says of them. `_shared` and its like are code. */
export async function findFunctions(
  projectDir: string,
  config: ProjectConfig["functions"],
): Promise<readonly FunctionSource[]> {
  const root = functionsFolder(projectDir);
  const entries = await readdir(root, { withFileTypes: true }).catch(() => []);
  const folders = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  const names = [...new Set([...folders, ...Object.keys(config)])].filter((name) =>
    slugs.test(name),
  );
  const found: FunctionSource[] = [];
  for (const slug of names.sort()) {
    const settings = config[slug];
    if (settings?.enabled === false) continue;
    const entrypoint =
      settings?.entrypoint === undefined
        ? join(root, slug, "index.ts")
        : join(projectDir, "supabase", settings.entrypoint);
    if (!(await exists(entrypoint))) continue;
    const candidates = [
      ...(settings?.import_map ? [join(projectDir, "supabase", settings.import_map)] : []),
      join(root, slug, "deno.json"),
      join(root, slug, "deno.jsonc"),
      join(root, slug, "import_map.json"),
      join(root, "import_map.json"),
    ];
    let configFile: string | undefined;
    for (const candidate of candidates) {
      if (configFile === undefined && (await exists(candidate))) configFile = candidate;
    }
    found.push({ slug, entrypoint, configFile, verifyJwt: settings?.verify_jwt ?? true });
  }
  return found;
}

const exists = (file: string): Promise<boolean> =>
  access(file).then(
    () => true,
    () => false,
  );

/** The flag that hands a function its configuration. */
export function configFlag(configFile: string | undefined): readonly string[] {
  if (configFile === undefined) return ["--no-config"];
  const isImportMap = /import_map[^/\\]*\.json$/.test(configFile);
  return isImportMap ? ["--no-config", "--import-map", configFile] : ["--config", configFile];
}
