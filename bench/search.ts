/**
 * Measures the search of talents: the ratio of each search to its floor, which is the same page of cards read
 * by primary key. `npm run bench -- search 10000 100000 1000000` takes the sizes; a million needs some minutes
 * to load. Answers are compared with reading every row before anything is timed.
 */
import { openDatabase } from "../test/world/stack.ts";
import { loadedTalents, loadTalents, removeLoadedTalents } from "./data/load-talents.ts";
import { benchTalents } from "./data/talents.ts";
import { actAsCreator } from "./support/caller.ts";
import { ratioTable } from "./support/ratios.ts";
import { measureSaves } from "./support/save-measures.ts";
import { measureSearch } from "./support/search-measures.ts";

const sizes = process.argv.slice(2).map(Number);
const sql = openDatabase(2);
const writers = openDatabase(8);
const skills = await sql<{ name: string }[]>`select name from public.skills order by name`;
const connection = await sql.reserve();
await actAsCreator(connection);

for (const size of sizes.length > 0 ? sizes : [10_000, 100_000]) {
  const began = performance.now();
  if ((await loadedTalents(sql)) !== size) {
    await removeLoadedTalents(sql);
    await loadTalents(
      sql,
      benchTalents(
        size,
        skills.map(({ name }) => name),
      ),
    );
  }
  console.log(`\n${size} talents, loaded in ${((performance.now() - began) / 1000).toFixed(0)} s`);
  const searches = await measureSearch(connection, { rounds: 3, samples: 40 });
  const saves = await measureSaves(writers, {
    rounds: 3,
    seconds: 4,
    rows: Math.min(size, 100_000),
  });
  console.log(ratioTable([...searches, saves]));
}

connection.release();
await Promise.all([sql.end(), writers.end()]);
