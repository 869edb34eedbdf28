import { readFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { plotFiles } from "../bench/support/plots.ts";
import { databaseReference } from "./database-reference.ts";
import { generateTypes, typesFile } from "./database-types.ts";
import { errorCodeFiles, type GeneratedFile } from "./error-codes.ts";
import { mailHtmlFiles } from "./mail-html.ts";
import { root } from "./root.ts";
import type { Finished } from "./run-command.ts";
import { tableTypesFile } from "./table-types.ts";

/** Returns every file that is generated: from the database, from the layouts of mails, and from the last benchmark. */
export async function generatedFiles(databaseUrl: string): Promise<readonly GeneratedFile[]> {
  const types = { path: typesFile, content: await generateTypes(databaseUrl) };
  const codes = await errorCodeFiles(databaseUrl);
  const fromTables = [await tableTypesFile(databaseUrl), await databaseReference(databaseUrl)];
  return [types, ...fromTables, ...codes, ...(await mailHtmlFiles()), ...(await plots())];
}

async function plots(): Promise<readonly GeneratedFile[]> {
  return plotFiles(JSON.parse(await readFile(join(root, "bench/results.json"), "utf8")).figures);
}

/** Fails if a generated file differs from its source. */
export async function generatedFilesAreCurrent(databaseUrl: string): Promise<Finished> {
  const stale: string[] = [];
  for (const { path, content } of await generatedFiles(databaseUrl)) {
    const existing = await readFile(path, "utf8").catch(() => "");
    if (existing !== content) stale.push(relative(root, path));
  }
  if (stale.length === 0) return { code: 0, output: "" };
  return { code: 1, output: `Out of date: ${stale.join(", ")}. Run: npm run types` };
}
