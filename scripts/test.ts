/**
 * `npm test [suite …]`: boots an OnSwift of its own on free ports with data in a temporary folder, runs
 * every suite against it, and prints one total. It works beside a running `npm start`. With SUPABASE_URL,
 * PUBLISHABLE_KEY, SECRET_KEY and DB_URL set, the end-to-end suites run against that project instead.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { scratchStack } from "./scratch-stack.ts";
import { add, type Outcome } from "./test-outcome.ts";
import { type Environment, lanes, type Setting, suites } from "./test-suites.ts";

const none: Outcome = { passed: 0, failed: 0, skipped: 0 };
const wanted = process.argv.slice(2);
for (const name of wanted) {
  if (!(name in suites)) {
    console.error(`There is no suite "${name}": ${Object.keys(suites).join(", ")}.`);
    process.exit(2);
  }
}
process.exit(await main(wanted.length > 0 ? [wanted] : lanes));

async function main(together: readonly (readonly string[])[]): Promise<number> {
  const scratch = await mkdtemp(join(tmpdir(), "onswift-reports-"));
  const { environment, stop } = await target();
  const sideBySide = together.length > 1;
  let total = none;
  try {
    const outcomes = await Promise.all(
      together.map((lane) => runInTurn(lane, { environment, scratch }, sideBySide)),
    );
    total = outcomes.reduce(add, none);
  } finally {
    await stop();
    await rm(scratch, { recursive: true, force: true });
  }
  const skipped = total.skipped > 0 ? `, ${total.skipped} skipped` : "";
  console.log(`\n${total.passed} passed, ${total.failed} failed${skipped}`);
  return total.failed === 0 && total.passed > 0 ? 0 : 1;
}

/** Lines of suites that run side by side begin with the suite's name. */
async function runInTurn(
  names: readonly string[],
  setting: Omit<Setting, "print">,
  withName: boolean,
): Promise<Outcome> {
  let total = none;
  for (const name of names) {
    const began = performance.now();
    const print = (line: string) => console.log(withName ? `${name.padEnd(9)}│ ${line}` : line);
    console.log(`\n━━ ${name} ━━`);
    const outcome = await outcomeOf(name, { ...setting, print });
    total = add(total, outcome);
    const took = ((performance.now() - began) / 1000).toFixed(1);
    console.log(`${name}: ${outcome.passed} passed, ${outcome.failed} failed in ${took} s`);
  }
  return total;
}

/** A suite that cannot run is one failure; the suites beside it go on. */
async function outcomeOf(name: string, setting: Setting): Promise<Outcome> {
  try {
    return (await suites[name]?.(setting)) ?? none;
  } catch (error) {
    setting.print(String(error instanceof Error ? error.stack : error));
    return { ...none, failed: 1 };
  }
}

/** The project to test: the one in the environment, else an embedded one of our own. */
async function target(): Promise<{ environment: Environment; stop: () => Promise<void> }> {
  const given = process.env as Environment;
  if (given.SUPABASE_URL !== undefined) {
    return { environment: { ...given, API_URL: given.SUPABASE_URL }, stop: async () => undefined };
  }
  const { about, stop } = await scratchStack();
  return { environment: { ...given, ...about, SUPABASE_URL: about.API_URL }, stop };
}
