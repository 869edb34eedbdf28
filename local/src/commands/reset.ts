import { type ResetOptions, resetDatabase } from "../database.ts";
import { printStep, seconds } from "./output.ts";

/** Empties the database of a stack that is not running, then applies migrations and seeds. */
export async function reset(options: ResetOptions): Promise<number> {
  const began = performance.now();
  await resetDatabase({ ...options, onStep: printStep });
  console.log(`\nReset in ${seconds(performance.now() - began)}. The keys are the same as before.`);
  return 0;
}
