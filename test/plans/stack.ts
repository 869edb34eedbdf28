import postgres from "postgres";
import { loadMarketplace, midSize } from "../../bench/data/marketplace.ts";
import { scratchStack } from "../../scripts/scratch-stack.ts";

/** A stack of its own with half a million rows: the address of its database. */
export async function marketplaceStack(): Promise<{ url: string; stop: () => Promise<void> }> {
  const stack = await scratchStack({ seed: false });
  const url = stack.about.DB_URL;
  const sql = postgres(url, { max: 1, onnotice: () => undefined });
  try {
    // What a job reads at its minute would count as read by the query that is measured.
    await sql`select cron.unschedule(jobid) from cron.job`;
    await loadMarketplace(sql, midSize);
  } catch (error) {
    await stack.stop();
    throw error;
  } finally {
    await sql.end();
  }
  return { url, stop: () => stack.stop() };
}
