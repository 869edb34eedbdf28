/**
 * Measures writes: `npm run bench -- writes`. Eight writers send messages and change tasks, in turns with the
 * bare write of the same row; one caller creates, submits and approves. Counters are compared with their rows
 * afterwards. With `--only=messages` (tasks, heavy, submissions, counting) one part.
 */
import { idOf } from "../test/plans/people.ts";
import { openDatabase } from "../test/world/stack.ts";
import { loadMarketplace, midSize } from "./data/marketplace.ts";
import { ratioTable } from "./support/ratios.ts";
import { writeMeasures } from "./support/write-measures.ts";

const only = process.argv.find((text) => text.startsWith("--only="))?.slice("--only=".length);
const sql = openDatabase(9);
const [loaded] = await sql`select from public.profiles where id = ${idOf("creator", 0)}`;
if (loaded === undefined) await loadMarketplace(sql, midSize);

console.log(
  ratioTable(
    await writeMeasures(sql, {
      throughput: { rounds: 3, seconds: 4 },
      latency: { rounds: 3, samples: 30 },
      ...(only === undefined ? {} : { only }),
    }),
  ),
);
await sql.end();
