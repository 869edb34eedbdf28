import { mkdir, readdir, readFile, rename, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseTarGzip } from "nanotar";

const ownExtensions = fileURLToPath(new URL("./extensions/", import.meta.url));

/**
 * PostgreSQL's own extensions that hosted Supabase lets the migration role create although PostgreSQL asks for a
 * superuser. Those that need no superuser are not listed.
 */
const opened = [
  "autoinc",
  "bloom",
  "dblink",
  "dict_xsyn",
  "earthdistance",
  "insert_username",
  "moddatetime",
  "pg_buffercache",
  "pg_prewarm",
  "pg_stat_statements",
  "pg_walinspect",
  "pgrowlocks",
  "pgstattuple",
  "postgres_fdw",
  "refint",
  "sslinfo",
  "xml2",
];

/**
 * Copies the extensions that PostgreSQL's npm package lacks to where `create extension` finds them: our
 * implementations of pg_cron, pg_net and the vault, and pgTAP. Opens those of PostgreSQL's that
 * hosted Supabase opens. Writes only files that differ.
 */
export async function installExtensions(folder: string): Promise<void> {
  const files = [
    ...(await ownFiles()),
    ...(await pgtapFiles(folder)),
    ...(await openedFiles(folder)),
  ];
  await mkdir(folder, { recursive: true });
  const put = (kind: string) =>
    files
      .filter(([name]) => name.endsWith(kind))
      .map(([name, text]) => replace(join(folder, name), text));
  // Control files last: when one exists, its scripts exist as well.
  await Promise.all(put(".sql"));
  await Promise.all(put(".control"));
}

type NamedText = readonly [name: string, text: string];

async function ownFiles(): Promise<readonly NamedText[]> {
  const names = (await readdir(ownExtensions, { recursive: true })).filter((name) =>
    /\.(control|sql)$/.test(name),
  );
  return Promise.all(
    names.map(async (name): Promise<NamedText> => {
      const text = await readFile(join(ownExtensions, name), "utf8");
      return [name.split(/[\\/]/).at(-1) ?? name, text];
    }),
  );
}

/** pgTAP's files. The control file is written last, so a start that finds it reads nothing else. */
async function pgtapFiles(folder: string): Promise<readonly NamedText[]> {
  const control = await readFile(join(folder, "pgtap.control"), "utf8").catch(() => "");
  if (isTrusted(control)) return [];
  const main = createRequire(import.meta.url).resolve("@electric-sql/pglite-pgtap");
  const archive = await readFile(join(dirname(main), "pgtap.tar.gz"));
  const wanted = /(^|\/)(pgtap--\d[^/]*\.sql|pgtap\.control)$/;
  const files = (await parseTarGzip(archive)).filter(({ name }) => wanted.test(name));
  return files.map(({ name, text }): NamedText => {
    const base = name.split("/").at(-1) ?? name;
    return [base, base.endsWith(".control") ? trusted(text) : text];
  });
}

async function openedFiles(folder: string): Promise<readonly NamedText[]> {
  const files = await Promise.all(
    opened.map(async (name): Promise<readonly NamedText[]> => {
      const control = await readFile(join(folder, `${name}.control`), "utf8").catch(
        () => undefined,
      );
      if (control === undefined || isTrusted(control)) return [];
      return [[`${name}.control`, trusted(control)]];
    }),
  );
  return files.flat();
}

const isTrusted = (control: string) => /^trusted = true$/m.test(control);

/** Lets the database's owner create it although the owner is no superuser, as hosted Supabase does. */
const trusted = (control: string) =>
  `${control.replace(/^(trusted|superuser)\s*=.*$/gm, "").trimEnd()}\nsuperuser = true\ntrusted = true\n`;

async function replace(path: string, text: string): Promise<void> {
  if ((await readFile(path, "utf8").catch(() => undefined)) === text) return;
  const draft = `${path}.${process.pid}`;
  await writeFile(draft, text, { mode: 0o644 });
  await rename(draft, path);
}
