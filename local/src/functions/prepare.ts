import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { glob } from "tinyglobby";
import { loadConfig } from "../config.ts";
import { denoBinary, denoCache, denoEnvironment } from "./deno.ts";
import {
  configFlags,
  type FunctionSource,
  findFunctions,
  functionsFolder,
} from "./project-functions.ts";

/**
 * Downloads what the functions import, so that a start needs no network. Does nothing when the imports have not
 * changed since the last time.
 */
export async function cacheFunctions(projectDir: string): Promise<void> {
  const config = await loadConfig(projectDir);
  const functions = await findFunctions(projectDir, config.functions);
  if (functions.length === 0) return;
  const cache = denoCache(projectDir);
  const stamp = join(cache, "imports.sha256");
  const digest = await digestOfImports(functionsFolder(projectDir), functions);
  if ((await readFile(stamp, "utf8").catch(() => "")) === digest) return;
  await mkdir(cache, { recursive: true });
  for (const source of functions) await fetchDependencies(source, projectDir);
  await writeFile(stamp, digest);
}

const configNames = new Set(["deno.json", "deno.jsonc", "deno.lock", "import_map.json"]);
const packages = /\bfrom\s*["']([^"'./][^"']*)["']|\bimport\s*\(?\s*["']([^"'./][^"']*)["']/g;

/** Returns a digest that changes when an import changes, and stays the same when other code changes. */
async function digestOfImports(
  folder: string,
  functions: readonly FunctionSource[],
): Promise<string> {
  const imports = new Set<string>();
  const hash = createHash("sha256").update(denoBinary());
  for (const { slug, entrypoint, configFile } of functions) {
    hash.update(JSON.stringify([slug, entrypoint, configFile]));
  }
  const files = await glob("**/*.{ts,tsx,js,mjs,json,jsonc,lock}", { cwd: folder, dot: true });
  for (const file of files.sort()) {
    const text = await readFile(join(folder, file), "utf8");
    if (configNames.has(basename(file))) hash.update(file).update(text);
    else for (const [, from, bare] of text.matchAll(packages)) imports.add(from ?? bare ?? "");
  }
  return hash.update(JSON.stringify([...imports].sort())).digest("hex");
}

function fetchDependencies(source: FunctionSource, projectDir: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const args = ["cache", "--quiet", ...configFlags(source), source.entrypoint];
    const child = spawn(denoBinary(), args, {
      env: { ...process.env, ...denoEnvironment(projectDir) },
      stdio: ["ignore", "ignore", "pipe"],
    });
    const output: string[] = [];
    child.stderr.setEncoding("utf8").on("data", (text: string) => output.push(text));
    child.once("error", reject);
    child.once("close", (code) => {
      const why = output.join("").trim();
      if (code === 0) resolve();
      else
        reject(
          new Error(
            `The dependencies of the function "${source.slug}" cannot be downloaded:\n${why}`,
          ),
        );
    });
  });
}
