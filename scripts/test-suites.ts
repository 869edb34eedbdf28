/** The suites of `npm test`, by name. */
import { join } from "node:path";
import { marketplaceStack } from "../test/plans/stack.ts";
import { prepareExamples } from "./examples/prepare.ts";
import { pgbouncerBinary, pooledStack } from "./pooler.ts";
import { bin, run } from "./run-command.ts";
import { root } from "./scratch-stack.ts";
import { buildSite } from "./site/build.ts";
import { type Outcome, outcomeOfDeno, outcomeOfVitest, runDatabaseTests } from "./test-outcome.ts";
import { buildWebApp } from "./web/build.ts";

export type Environment = Readonly<Record<string, string>>;

export interface Setting {
  /** With the addresses and keys of the project under test. */
  readonly environment: Environment;
  /** A folder for reports. */
  readonly scratch: string;
  readonly print: (line: string) => void;
}

type Suite = (setting: Setting) => Promise<Outcome>;

const vitest =
  (project: string, files: readonly string[] = []): Suite =>
  async ({ environment, scratch, print }) => {
    const report = join(scratch, `${project}-${files.length}.json`);
    const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${report}`];
    const args = [join(root, "node_modules/vitest/vitest.mjs"), "run", "--project", project];
    const { code } = await run(process.execPath, [...args, ...files, ...reporters], {
      env: environment,
      onLine: print,
    });
    return outcomeOfVitest(report, code);
  };

/** Runs end-to-end tests while the functions reach the database through pgbouncer in transaction mode. */
const pooled =
  (files?: readonly string[]): Suite =>
  async (setting) => {
    if (pgbouncerBinary === undefined) {
      setting.print("Skipped: pgbouncer is not installed (Debian: apt-get install pgbouncer).");
      return { passed: 0, failed: 0, skipped: 1 };
    }
    const stack = await pooledStack();
    try {
      const ofStack = { ...stack.about, SUPABASE_URL: stack.about.API_URL };
      const environment = { ...setting.environment, ...ofStack };
      return await vitest("product", files)({ ...setting, environment });
    } finally {
      await stack.stop();
    }
  };

/** Every operation as every kind of user, and both workers. */
const throughPooler = ["test/contract/access", "test/files/pipeline", "test/rest/mails"];

export const suites: Readonly<Record<string, Suite>> = {
  unit: vitest("unit"),
  database: ({ environment, print }) =>
    runDatabaseTests(environment.DB_URL ?? "", join(root, "supabase/tests"), print),
  functions: async ({ environment, scratch, print }) => {
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
    const { code } = await run(bin("deno"), args, { env, onLine: print });
    return outcomeOfDeno(report, code);
  },
  embedded: vitest("embedded"),
  product: vitest("product"),
  plans: async (setting) => {
    const { url, stop } = await marketplaceStack();
    try {
      const environment = { ...setting.environment, MARKETPLACE_URL: url };
      return await vitest("plans")({ ...setting, environment });
    } finally {
      await stop();
    }
  },
  outages: vitest("outages"),
  upgrade: vitest("upgrade"),
  web: async (setting) => {
    await buildWebApp();
    return vitest("web")(setting);
  },
  site: async (setting) => {
    await buildSite();
    return vitest("site")(setting);
  },
  examples: async (setting) => {
    await prepareExamples();
    return vitest("examples")(setting);
  },
  pooler: pooled(throughPooler),
  "pooler-all": pooled(),
};

/**
 * Suites that run side by side when all are wanted; those of a lane run in turn. The first lane has what
 * shares one stack: pgTAP counts the rows of a fresh database, so it comes first. The other lane boots its
 * own stacks. pooler-all takes as long as product, so it runs only by name.
 */
export const lanes: readonly (readonly string[])[] = [
  ["database", "functions", "product", "web", "examples"],
  ["unit", "embedded", "plans", "outages", "upgrade", "site", "pooler"],
];
