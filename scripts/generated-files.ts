import { readFile } from "node:fs/promises";
import { relative } from "node:path";
import { databaseReference } from "./database-reference.ts";
import { generateTypes, typesFile } from "./database-types.ts";
import { errorCodeFiles, type GeneratedFile } from "./error-codes.ts";
import { mailHtmlFiles } from "./mail-html.ts";
import { root } from "./root.ts";
import type { Finished } from "./run-command.ts";
import { tableTypesFile } from "./table-types.ts";

/** Returns every file that is generated: from the database, and from the layouts of mails. */
export async function generatedFiles(databaseUrl: string): Promise<readonly GeneratedFile[]> {
  const types = { path: typesFile, content: await generateTypes(databaseUrl) };
  const codes = await errorCodeFiles(databaseUrl);
  const fromTables = [await tableTypesFile(databaseUrl), await databaseReference(databaseUrl)];
  return [types, ...fromTables, ...codes, ...(await mailHtmlFiles())];
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
