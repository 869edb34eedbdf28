import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { glob, mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { loadConfig } from "../config.ts";
import { denoBinary, denoCache } from "./deno.ts";
import {
  configFlag,
  type FunctionSource,
  findFunctions,
  functionsFolder,
} from "./project-functions.ts";

/**
 * Fetches what the functions import, so that a start needs no network. Does nothing when no source
 * changed since the last time.
 */
export async function cacheFunctions(projectDir: string): Promise<void> {
  const config = await loadConfig(projectDir);
  const functions = await findFunctions(projectDir, config.functions);
  if (functions.length === 0) return;
  const cache = denoCache(projectDir);
  const stamp = join(cache, "sources.sha256");
  const digest = await digestOf(functionsFolder(projectDir));
  if ((await readFile(stamp, "utf8").catch(() => "")) === digest) return;
  await mkdir(cache, { recursive: true });
  for (const source of functions) await fetchDependencies(source, cache);
  await writeFile(stamp, digest);
}

async function digestOf(folder: string): Promise<string> {
  const files: string[] = [];
  for await (const file of glob("**/*.{ts,tsx,js,mjs,json,jsonc}", { cwd: folder }))
    files.push(file);
  const hash = createHash("sha256");
  for (const file of files.sort()) hash.update(file).update(await readFile(join(folder, file)));
  return hash.digest("hex");
}

function fetchDependencies(source: FunctionSource, cache: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const args = [
      "cache",
      "--quiet",
      "--no-lock",
      ...configFlag(source.configFile),
      source.entrypoint,
    ];
    const child = spawn(denoBinary(), args, {
      env: {
        ...process.env,
        DENO_DIR: cache,
        DENO_NO_PACKAGE_JSON: "1",
        DENO_NO_UPDATE_CHECK: "1",
      },
      stdio: ["ignore", "ignore", "pipe"],
    });
    const output: string[] = [];
    child.stderr.setEncoding("utf8").on("data", (text: string) => output.push(text));
    child.once("error", reject);
    child.once("close", (code) => {
      if (code === 0) resolve();
      else
        reject(new Error(`Function "${source.slug}" can't be loaded:\n${output.join("").trim()}`));
    });
  });
}
