import { basename, dirname, join } from "node:path";
import type { Migration } from "./migration-files.ts";
import type { Applied } from "./migration-history.ts";

const reset =
  "During development, if you do not need the data: start with --reset. That empties the database and applies all migrations again.";

/**
 * Finds everything that prevents the migrations from being applied. Returns a message that names the files and
 * what to do about them, or `undefined` when there is no problem.
 */
export function migrationProblems(
  files: readonly Migration[],
  history: readonly Applied[],
  now = new Date(),
): string | undefined {
  const problems = [
    sameVersion(files),
    missing(files, history),
    edited(files, history),
    late(files, history, now),
  ];
  return problems.filter((problem) => problem !== undefined).join("\n\n") || undefined;
}

function sameVersion(files: readonly Migration[]): string | undefined {
  const twice = files.filter(
    ({ version }, index) => index > 0 && files[index - 1]?.version === version,
  );
  if (twice.length === 0) return undefined;
  const versions = new Set(twice.map(({ version }) => version));
  return report(
    "Several migrations have the same version:",
    files.filter(({ version }) => versions.has(version)).map(({ name }) => name),
    ["Rename all but one of them, so that each has a version of its own."],
  );
}

function missing(files: readonly Migration[], history: readonly Applied[]): string | undefined {
  const present = new Set(files.map(({ version }) => version));
  const gone = history.filter(({ version }) => !present.has(version));
  if (gone.length === 0) return undefined;
  return report(
    "The database has migrations that supabase/migrations does not have:",
    gone.map(({ version, title }) => `${version}_${title}.sql`),
    ["Bring the files back: with git, from the branch or the commit that has them.", reset],
  );
}

function edited(files: readonly Migration[], history: readonly Applied[]): string | undefined {
  const recorded = new Map(history.map(({ version, checksum }) => [version, checksum]));
  const changed = files.filter(({ version, checksum }) => {
    const before = recorded.get(version) ?? null;
    return before !== null && before !== checksum;
  });
  if (changed.length === 0) return undefined;
  const names = changed.map(({ name }) => name);
  return report(
    "Migrations were edited after they were applied. The database does not have the edits, because a migration runs once:",
    names,
    [
      `Undo the edit: git restore ${names.join(" ")} (with --source=<commit> if it was committed).`,
      "To change the database, undo the edit and put the change into a new migration.",
      reset,
    ],
  );
}

function late(
  files: readonly Migration[],
  history: readonly Applied[],
  now: Date,
): string | undefined {
  const applied = new Set(history.map(({ version }) => version));
  const newest = history.at(-1);
  if (newest === undefined) return undefined;
  const old = files.filter(({ version }) => !applied.has(version) && version < newest.version);
  if (old.length === 0) return undefined;
  const newestFile = files.find(({ version }) => version === newest.version);
  const last = [newest.version, files.at(-1)?.version ?? ""].sort().at(-1) ?? "";
  const renames = old.map(({ name, title }, index) => {
    const version = versionAfter(last, now, index);
    return `mv ${name} ${join(dirname(name), `${version}_${title}.sql`)}`;
  });
  return report(
    `New migrations are older than one that was applied already (${basename(newestFile?.name ?? newest.version)}). They would run after it here and before it in a new database:`,
    old.map(({ name }) => name),
    [`Give them a later timestamp: ${renames.join(" && ")}`, reset],
  );
}

/** Returns a version that sorts after `last`: a timestamp, unless the project numbers its files in another way. */
function versionAfter(last: string, now: Date, place: number): string {
  const time = new Date(now.getTime() + place * 1000);
  const stamp = time.toISOString().replace(/\D/g, "").slice(0, 14);
  if (stamp > last) return stamp;
  const next = String(BigInt(last) + BigInt(place) + 1n).padStart(last.length, "0");
  return next > last ? next : `${last}${place + 1}`;
}

function report(what: string, names: readonly string[], ways: readonly string[]): string {
  const files = names.map((name) => `    ${name}`);
  return [what, ...files, "  Do one of these:", ...ways.map((way) => `  - ${way}`)].join("\n");
}
