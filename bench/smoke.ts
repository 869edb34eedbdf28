/**
 * Runs the benchmarks of the search, of reads and of writes once with few rows: verifies answers and counters, and times
 * nothing that matters.
 */
import { openDatabase } from "../test/world/stack.ts";
import { loadTalents, removeLoadedTalents } from "./data/load-talents.ts";
import { loadMarketplace, midSize } from "./data/marketplace.ts";
import { benchTalents } from "./data/talents.ts";
import { measureApi } from "./parts/api.ts";
import { measureHttp } from "./parts/http.ts";
import { takeJobs } from "./parts/jobs.ts";
import { measureSdk } from "./parts/sdk.ts";
import { measureTables } from "./parts/tables.ts";
import { actAsCreator } from "./support/caller.ts";
import { ratioTable } from "./support/ratios.ts";
import { figureTable } from "./support/report.ts";
import { measureSaves } from "./support/save-measures.ts";
import { measureSearch } from "./support/search-measures.ts";
import { writeMeasures } from "./support/write-measures.ts";

const talents = 3_000;
const leastForBitmaps = 100;

const sql = openDatabase(9);
const skills = (await sql<{ name: string }[]>`select name from public.skills order by name`).map(
  ({ name }) => name,
);
await loadTalents(sql, benchTalents(talents, skills), leastForBitmaps);
const connection = await sql.reserve();
await actAsCreator(connection);
const searches = await measureSearch(connection, { rounds: 1, samples: 3 });
connection.release();
const saves = await measureSaves(sql, { rounds: 1, seconds: 1, rows: talents });
await removeLoadedTalents(sql);
await loadMarketplace(sql, midSize);
await takeJobs(sql);
const few = { rounds: 1, samples: 1 };
const reads = [
  ...(await measureApi(sql, few)),
  ...(await measureTables(sql, few)),
  ...(await measureHttp(sql, few)),
  ...(await measureSdk()),
];
const writes = await writeMeasures(sql, {
  throughput: { rounds: 1, seconds: 0.5 },
  latency: { rounds: 1, samples: 3 },
});
await sql.end();

console.log(figureTable(reads));
console.log(ratioTable([...searches, saves, ...writes]));
console.log("\nAnswers and counters are right. With so few rows, the ratios mean nothing.");
