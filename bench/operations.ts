/**
 * `npm run bench`: everything that is read, with goals and whether they are met. `npm run bench -- api` one part, and
 * `npm run bench -- api list_projects` one thing of it. The largest marketplace is loaded only when it is named. A whole
 * run writes bench/results.json and the plots of docs/performance.md; so does one part with `--save`, which keeps the
 * others.
 */
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { openDatabase } from "../test/world/stack.ts";
import { loadMarketplace, midSize } from "./data/marketplace.ts";
import { measureApi } from "./parts/api.ts";
import { measureExports } from "./parts/exports.ts";
import { measureGrowth, measureLargest } from "./parts/growth.ts";
import { measureHttp } from "./parts/http.ts";
import { measureJobs, takeJobs } from "./parts/jobs.ts";
import { measureMemory } from "./parts/processes.ts";
import { measureSdk } from "./parts/sdk.ts";
import { measureStarts } from "./parts/starts.ts";
import { measureTables } from "./parts/tables.ts";
import { plotFiles } from "./support/plots.ts";
import { type Figure, figureTable, resultsFile } from "./support/report.ts";

const results = join(import.meta.dirname, "results.json");
const given = process.argv.slice(2);
const [part, only] = given.filter((text) => !text.startsWith("--"));
const isQuick = given.includes("--quick");
const run = isQuick ? { rounds: 1, samples: 5 } : { rounds: 3, samples: 30 };

if (process.env.SUPABASE_URL !== undefined) {
  console.error(
    "This fills the database and stops its jobs: unset SUPABASE_URL, for an OnSwift of its own.",
  );
  process.exit(2);
}
const sql = openDatabase(3);
const jobs = await takeJobs(sql);

const parts: Readonly<Record<string, () => Promise<Figure[]>>> = {
  api: () => measureApi(sql, run, only),
  tables: () => measureTables(sql, run, only),
  exports: () => measureExports(sql),
  jobs: () => measureJobs(sql, jobs, run, only),
  http: () => measureHttp(sql, run),
  sdk: () => measureSdk(only),
  memory: measureMemory,
  starts: measureStarts,
  growth: () => measureGrowth(run),
  largest: () => measureLargest(run),
};
if (part !== undefined && !(part in parts)) {
  console.error(`There is no part "${part}": ${Object.keys(parts).join(", ")}.`);
  process.exit(2);
}

const [loaded] =
  await sql`select from public.projects where creator_id = md5('creator 0')::uuid limit 1`;
if (loaded === undefined) {
  await loadMarketplace(sql, midSize);
  // As in use: plan tests have larger statistics, and planning takes longer with them.
  await sql`analyze`;
}

const isSaved = !isQuick && (part === undefined || given.includes("--save"));
const figures: Figure[] = [];
for (const [name, measure] of Object.entries(parts)) {
  const isChosen = part === undefined ? name !== "largest" : name === part;
  if (!isChosen) continue;
  const began = performance.now();
  const measured = await measure();
  figures.push(...measured);
  if (isSaved) await save(name, measured);
  console.error(`  ✓ ${name.padEnd(20)} ${((performance.now() - began) / 1000).toFixed(1)} s`);
}
await sql.end();
console.log(figureTable(figures));
if (isSaved) {
  for (const { path, content } of plotFiles((await saved()).figures))
    await writeFile(path, content);
}

async function saved(): Promise<{ figures: Figure[] }> {
  return JSON.parse(await readFile(results, "utf8").catch(() => '{"figures":[]}'));
}

/** Replaces what an earlier run has measured of the part. */
async function save(name: string, measured: readonly Figure[]): Promise<void> {
  const others = (await saved()).figures.filter((figure) => figure.part !== name);
  const order = Object.keys(parts);
  const all = [...others, ...measured].sort(
    (a, b) => order.indexOf(a.part) - order.indexOf(b.part),
  );
  const date = new Date().toISOString().slice(0, 10);
  await writeFile(results, resultsFile(all, { date, size: midSize, ...run }));
}
