import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { chmod, mkdir, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Launcher } from "../process/launcher.ts";
import type { Binaries } from "./binaries.ts";

const run = promisify(execFile);

const flags = [
  "--username=supabase_admin",
  "--encoding=UTF8",
  "--auth=scram-sha-256",
  "--no-sync",
  "--no-instructions",
];

/**
 * Text is sorted as on hosted Supabase: by ICU's rules for English. Full-text search asks the C library which
 * characters are letters, so its locale knows Unicode too, where the system has such a locale.
 */
const locales: readonly (readonly string[])[] = [
  ["--locale=C", "--lc-ctype=C.UTF-8", "--locale-provider=icu", "--icu-locale=en-US"],
  ["--locale=C", "--locale-provider=icu", "--icu-locale=en-US"],
  ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"],
];

/**
 * Creates the cluster in `folder` unless it exists. It is built in another folder and then renamed, so that an
 * interrupted start leaves no incomplete cluster.
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

async function initdb(
  folder: string,
  options: readonly string[],
  binaries: Binaries,
  launcher: Launcher,
): Promise<void> {
  let problem = "";
  for (const locale of locales) {
    const command = [binaries.initdb, `--pgdata=${folder}`, ...options, ...locale];
    const [program, args] = launcher.wrap(command, "TERM");
    try {
      await run(program, [...args], { cwd: folder, ...launcher.identity });
      return;
    } catch (error) {
      const { stderr = "", message } = error as Error & { stderr?: string };
      problem = stderr.trim() || message;
      if (!/locale|ICU/.test(problem)) break;
    }
  }
  throw new Error(`The database cluster could not be created in ${folder}:\n${problem}`);
}

/** Writes the vault's key into a file beside the data, so that no dump contains it. */
async function writeVaultKey(folder: string, launcher: Launcher): Promise<void> {
  const file = join(folder, "vault.key");
  await writeFile(file, randomBytes(32).toString("base64"), { mode: 0o600 });
  await chmod(file, 0o600);
  launcher.own(file);
}
