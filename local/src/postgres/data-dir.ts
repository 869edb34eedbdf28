import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { chmod, mkdir, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Binaries } from "./binaries.ts";
import type { Launcher } from "./launcher.ts";

const run = promisify(execFile);

/** Collation is the built-in C.UTF-8: the same order on every machine, with Unicode's upper and lower case. */
const flags = [
  "--username=supabase_admin",
  "--encoding=UTF8",
  "--locale=C",
  "--locale-provider=builtin",
  "--builtin-locale=C.UTF-8",
  "--auth=scram-sha-256",
  "--no-sync",
  "--no-instructions",
];

/**
 * Makes the cluster in `folder` unless it is there. It is built beside and then moved in one step: a start
 * that is interrupted leaves no half-made cluster.
 */
export async function ensureCluster(
  folder: string,
  password: string,
  binaries: Binaries,
  launcher: Launcher,
): Promise<void> {
  if (existsSync(join(folder, "PG_VERSION"))) return;
  const draft = `${folder}.new`;
  const passwordFile = `${folder}.password`;
  await Promise.all([draft, folder].map((path) => rm(path, { recursive: true, force: true })));
  await mkdir(draft, { recursive: true, mode: 0o700 });
  await writeFile(passwordFile, password, { mode: 0o600 });
  for (const path of [draft, passwordFile]) launcher.own(path);
  try {
    await initdb(draft, [...flags, `--pwfile=${passwordFile}`], binaries, launcher);
    await writeVaultKey(draft, launcher);
    await rename(draft, folder);
  } finally {
    await rm(passwordFile, { force: true });
  }
}

/** Word characters of full-text search follow the C library's locale, where it knows this one. */
async function initdb(
  folder: string,
  options: readonly string[],
  binaries: Binaries,
  launcher: Launcher,
): Promise<void> {
  const attempt = (ctype: string) => {
    const command = [binaries.initdb, `--pgdata=${folder}`, ...options, `--lc-ctype=${ctype}`];
    const [program, args] = launcher.wrap(command, "TERM");
    return run(program, [...args], { cwd: folder, ...launcher.identity });
  };
  await attempt("C.UTF-8")
    .catch((error: { stderr?: string }) => {
      if (error.stderr?.includes("invalid locale") === true) return attempt("C");
      throw error;
    })
    .catch((error: Error & { stderr?: string }) => {
      const why = error.stderr?.trim() || error.message;
      throw new Error(`The database cluster could not be created in ${folder}:\n${why}`);
    });
}

/** What the vault encrypts with: beside the data, so that no dump contains it. */
async function writeVaultKey(folder: string, launcher: Launcher): Promise<void> {
  const file = join(folder, "vault.key");
  await writeFile(file, randomBytes(32).toString("base64"), { mode: 0o600 });
  await chmod(file, 0o600);
  launcher.own(file);
}
