import { openDatabase } from "../test/world/stack.ts";
import { loadTalents, removeLoadedTalents } from "./data/load-talents.ts";
import { benchTalents } from "./data/talents.ts";

const sql = openDatabase(2);
const skills = (await sql<{ name: string }[]>`select name from public.skills order by name`).map(
  (r) => r.name,
);
let t = Date.now();
await loadTalents(sql, benchTalents(Number(process.argv[2]), skills));
console.log("loaded", (Date.now() - t) / 1000);
if (process.argv[3]) {
  t = Date.now();
  await removeLoadedTalents(sql);
  console.log("removed", (Date.now() - t) / 1000);
}
await sql.end();
