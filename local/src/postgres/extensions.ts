import { mkdir, readdir, readFile, rename, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import { untar } from "./untar.ts";

const standIns = fileURLToPath(new URL("./extensions/", import.meta.url));

/**
 * Puts the extensions that PostgreSQL's npm package lacks where `create extension` finds them: our stand-ins for
 * pg_cron, pg_net and the vault, and pgTAP. Files that are right already are left alone.
 */
export async function installExtensions(folder: string): Promise<void> {
  const files = [...(await standInFiles()), ...(await pgtapFiles(folder))];
  await mkdir(folder, { recursive: true });
  const put = (kind: string) =>
    files
      .filter(([name]) => name.endsWith(kind))
      .map(([name, text]) => replace(join(folder, name), text));
  // Control files last: where one is, the scripts it speaks of are, too.
  await Promise.all(put(".sql"));
  await Promise.all(put(".control"));
}

type NamedText = readonly [name: string, text: string];

async function standInFiles(): Promise<readonly NamedText[]> {
  const names = (await readdir(standIns, { recursive: true })).filter((name) =>
    /\.(control|sql)$/.test(name),
  );
  return Promise.all(
    names.map(async (name): Promise<NamedText> => {
      const text = await readFile(join(standIns, name), "utf8");
      return [name.split(/[\\/]/).at(-1) ?? name, text];
    }),
  );
}

/** Its control file says last that all of it is there, so a warm start reads nothing else. */
async function pgtapFiles(folder: string): Promise<readonly NamedText[]> {
  const control = await readFile(join(folder, "pgtap.control"), "utf8").catch(() => "");
  if (/^trusted = true$/m.test(control)) return [];
  const main = createRequire(import.meta.url).resolve("@electric-sql/pglite-pgtap");
  const archive = await readFile(join(dirname(main), "pgtap.tar.gz"));
  const wanted = /(^|\/)(pgtap--\d[^/]*\.sql|pgtap\.control)$/;
  const files = untar(gunzipSync(archive)).filter(({ name }) => wanted.test(name));
  return files.map(({ name, text }): NamedText => {
    const base = name.split("/").at(-1) ?? name;
    return [base, base.endsWith(".control") ? trusted(text) : text];
  });
}

/** Lets the database's owner create it although the owner is no superuser, as hosted Supabase does. */
const trusted = (control: string) =>
  `${control.replace(/^(trusted|superuser)\s*=.*$/gm, "").trimEnd()}\nsuperuser = true\ntrusted = true\n`;

async function replace(path: string, text: string): Promise<void> {
  if ((await readFile(path, "utf8").catch(() => undefined)) === text) return;
  const draft = `${path}.${process.pid}`;
  await writeFile(draft, text, { mode: 0o644 });
  await rename(draft, path);
}
