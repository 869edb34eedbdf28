/**
 * `npm test [suite …]`: boots an OnSwift of its own on free ports with data in a temporary folder, runs
 * every suite against it, and prints one total. It works beside a running `npm start`. With SUPABASE_URL,
 * PUBLISHABLE_KEY, SECRET_KEY and DB_URL set, the end-to-end suites run against that project instead.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { marketplaceStack } from "../test/plans/stack.ts";
import { pgbouncerBinary, pooledStack } from "./pooler.ts";
import { bin, run } from "./run-command.ts";
import { root, scratchStack } from "./scratch-stack.ts";
import {
  add,
  type Outcome,
  outcomeOfDeno,
  outcomeOfVitest,
  runDatabaseTests,
} from "./test-outcome.ts";
import { buildWebApp } from "./web/build.ts";

type Environment = Readonly<Record<string, string>>;
type Suite = (environment: Environment, scratch: string) => Promise<Outcome>;

const vitest =
  (project: string, files: readonly string[] = []): Suite =>
  async (environment, scratch) => {
    const report = join(scratch, `${project}-${files.length}.json`);
    const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${report}`];
    const args = [join(root, "node_modules/vitest/vitest.mjs"), "run", "--project", project];
    const { code } = await run(process.execPath, [...args, ...files, ...reporters], {
      env: environment,
      show: true,
    });
    return outcomeOfVitest(report, code);
  };

/** Runs end-to-end tests while the functions reach the database through pgbouncer in transaction mode. */
const pooled =
  (files?: readonly string[]): Suite =>
  async (environment, scratch) => {
    if (pgbouncerBinary === undefined) {
      console.log("Skipped: pgbouncer is not installed (Debian: apt-get install pgbouncer).");
      return { passed: 0, failed: 0, skipped: 1 };
    }
    const stack = await pooledStack();
    try {
      const ofStack = { ...stack.about, SUPABASE_URL: stack.about.API_URL };
      return await vitest("product", files)({ ...environment, ...ofStack }, scratch);
    } finally {
      await stack.stop();
    }
  };

/** Every operation as every kind of user, and both workers. */
const throughPooler = ["test/contract/access", "test/files/pipeline", "test/rest/mails"];

const suites: Readonly<Record<string, Suite>> = {
  unit: vitest("unit"),
  database: (environment) =>
    runDatabaseTests(environment.DB_URL ?? "", join(root, "supabase/tests")),
  functions: async (environment, scratch) => {
    const report = join(scratch, "functions.xml");
    const env = { ...environment, DENO_DIR: join(root, "node_modules/.cache/deno") };
    const args = [
      "test",
      "--no-check",
      "--allow-all",
      // Each function has a deno.json of its own; api's names what all of them import.
      "--config=supabase/functions/api/deno.json",
      `--junit-path=${report}`,
      "supabase/functions/**/*.test.ts",
    ];
    const { code } = await run(bin("deno"), args, { env, show: true });
    return outcomeOfDeno(report, code);
  },
  embedded: vitest("embedded"),
  product: vitest("product"),
  plans: async (environment, scratch) => {
    const { url, stop } = await marketplaceStack();
    try {
      return await vitest("plans")({ ...environment, MARKETPLACE_URL: url }, scratch);
    } finally {
      await stop();
    }
  },
  outages: vitest("outages"),
  upgrade: vitest("upgrade"),
  web: async (environment, scratch) => {
    await buildWebApp();
    return vitest("web")(environment, scratch);
  },
  pooler: pooled(throughPooler),
  "pooler-all": pooled(),
};

/** Takes as long as `product`, so it runs only by name. */
const onlyByName = new Set(["pooler-all"]);

const wanted = process.argv.slice(2);
for (const name of wanted) {
  if (!(name in suites)) {
    console.error(`There is no suite "${name}": ${Object.keys(suites).join(", ")}.`);
    process.exit(2);
  }
}
process.exit(await main(wanted.length > 0 ? wanted : byDefault()));

function byDefault(): readonly string[] {
  return Object.keys(suites).filter((name) => !onlyByName.has(name));
}

async function main(names: readonly string[]): Promise<number> {
  const scratch = await mkdtemp(join(tmpdir(), "onswift-reports-"));
  const stack = await target();
  let total: Outcome = { passed: 0, failed: 0, skipped: 0 };
  try {
    for (const name of names) {
      const began = performance.now();
      console.log(`\n━━ ${name} ━━`);
      const outcome = await suites[name]?.(stack.environment, scratch);
      if (outcome === undefined) continue;
      total = add(total, outcome);
      const took = ((performance.now() - began) / 1000).toFixed(1);
      console.log(`${name}: ${outcome.passed} passed, ${outcome.failed} failed in ${took} s`);
    }
  } finally {
    await stack.stop();
    await rm(scratch, { recursive: true, force: true });
  }
  const skipped = total.skipped > 0 ? `, ${total.skipped} skipped` : "";
  console.log(`\n${total.passed} passed, ${total.failed} failed${skipped}`);
  return total.failed === 0 && total.passed > 0 ? 0 : 1;
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
