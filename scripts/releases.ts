/**
 * What each release has published: `supabase/releases/<version>` holds the checksums of all its migrations, in the
 * format of `sha256sum`, and the seeds of that time, with which `npm test upgrade` makes a database to upgrade.
 */
import { createHash } from "node:crypto";
import { cp, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { root } from "./root.ts";

export interface Release {
  readonly version: string;
  /** The release's seeds. */
  readonly seeds: string;
  /** Checksums by the name of the migration. */
  readonly migrations: ReadonlyMap<string, string>;
}

/** A folder `supabase`, so that tests can have their own. */
const ours = join(root, "supabase");

/** Oldest first; none until the first freeze. */
export async function releases(supabase = ours): Promise<readonly Release[]> {
  const folder = join(supabase, "releases");
  const versions = await readdir(folder).catch(() => []);
  const found = versions.map(async (version) => ({
    version,
    seeds: join(folder, version, "seeds"),
    migrations: checksumsIn(await readFile(join(folder, version, "migrations.sha256"), "utf8")),
  }));
  return (await Promise.all(found)).sort((a, b) => byVersion(a.version, b.version));
}

/** Whether migrations are append-only: since the first release, a change goes into a room and a new migration. */
export async function isFrozen(): Promise<boolean> {
  return (await releases()).length > 0;
}

/** Publishes the migrations as they are now. From then on, `npm run check` refuses to see one changed. */
export async function freeze(version: string, supabase = ours): Promise<Release> {
  const folder = join(supabase, "releases", version);
  await mkdir(join(supabase, "releases"), { recursive: true });
  // Fails if the release exists: what was published stays as it is.
  await mkdir(folder);
  const names = (await readdir(join(supabase, "migrations"))).sort();
  const migrations = new Map<string, string>();
  for (const name of names) {
    migrations.set(name, checksumOf(await readFile(join(supabase, "migrations", name), "utf8")));
  }
  const lines = [...migrations].map(([name, sum]) => `${sum}  ${name}\n`);
  await writeFile(join(folder, "migrations.sha256"), lines.join(""));
  await cp(join(supabase, "seeds"), join(folder, "seeds"), { recursive: true });
  return { version, seeds: join(folder, "seeds"), migrations };
}

/** A sentence for each migration that is no longer what a release has published, or that would come before one. */
export async function frozenProblems(supabase = ours): Promise<readonly string[]> {
  const folder = join(supabase, "migrations");
  const names = await readdir(folder);
  const published = await releases(supabase);
  const problems: string[] = [];
  for (const { version, migrations } of published) {
    for (const [name, sum] of migrations) {
      if (!names.includes(name)) problems.push(`${name} is missing; ${version} published it.`);
      else if (checksumOf(await readFile(join(folder, name), "utf8")) !== sum) {
        problems.push(`${name} is not as ${version} published it. Put the change into a new one.`);
      }
    }
  }
  const known = new Set(published.flatMap(({ migrations }) => [...migrations.keys()]));
  const last = [...known].sort().at(-1) ?? "";
  for (const name of names.sort()) {
    if (!known.has(name) && name < last) problems.push(`${name} would be applied before ${last}.`);
  }
  return problems;
}

/** Line endings do not count: git may change them. */
function checksumOf(text: string): string {
  return createHash("sha256").update(text.replaceAll("\r\n", "\n")).digest("hex");
}

function checksumsIn(text: string): ReadonlyMap<string, string> {
  const lines = text.split(/\r?\n/).filter((line) => line !== "");
  return new Map(
    lines.map((line) => {
      const [, sum = "", name = ""] = /^([0-9a-f]{64}) {2}(\S+)$/.exec(line) ?? [];
      if (name === "") throw new Error(`"${line}" is not a checksum and a name.`);
      return [name, sum];
    }),
  );
}

function byVersion(a: string, b: string): number {
  return a.localeCompare(b, "en", { numeric: true });
}
