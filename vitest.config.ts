import { defineConfig } from "vitest/config";

// Far more than anything takes: a test fails for what it finds, not for how busy the machine is.
const patience = {
  testTimeout: 300_000,
  hookTimeout: 300_000,
  expect: { poll: { timeout: 60_000 } },
};

// The packages of this repository are tested from their source.
const conditions = ["@embedded-supabase/source", "module", "node", "development|production"];
const fromSource = { ssr: { resolve: { conditions } } };

export default defineConfig({
  test: {
    projects: [
      // Pure parts: no server, no database.
      {
        ...fromSource,
        test: {
          name: "unit",
          include: ["sdk/test/**/*.test.ts", "scripts/**/*.test.ts"],
          ...patience,
        },
      },
      // The embedded Supabase by itself; boots what it needs.
      {
        test: {
          name: "embedded",
          include: ["local/test/**/*.test.ts"],
          globalSetup: ["local/test/support/database-template.ts"],
          fileParallelism: false,
          ...patience,
        },
      },
      // OnSwift end to end, against the stack that `npm test` started.
      {
        ...fromSource,
        test: {
          name: "product",
          include: ["test/**/*.test.ts"],
          exclude: ["examples", "outages", "plans", "site", "upgrade", "web"].map(
            (name) => `test/${name}/**`,
          ),
          fileParallelism: false,
          ...patience,
        },
      },
      // What the database reads for each query, in a marketplace of half a million rows.
      {
        ...fromSource,
        test: {
          name: "plans",
          include: ["test/plans/**/*.test.ts"],
          fileParallelism: false,
          ...patience,
        },
      },
      // Databases of earlier releases, brought to the present; each test boots a stack of its own.
      {
        ...fromSource,
        test: {
          name: "upgrade",
          include: ["test/upgrade/**/*.test.ts"],
          ...patience,
        },
      },
      // The web app in a browser, against the same stack.
      {
        ...fromSource,
        test: {
          name: "web",
          include: ["test/web/**/*.test.ts"],
          fileParallelism: false,
          ...patience,
        },
      },
      // The examples and programs that are packages of their own, against the same stack.
      {
        ...fromSource,
        test: {
          name: "examples",
          include: ["test/examples/**/*.test.ts"],
          fileParallelism: false,
          ...patience,
        },
      },
      // The docs site as it is built.
      {
        ...fromSource,
        test: { name: "site", include: ["test/site/**/*.test.ts"], ...patience },
      },
      // OnSwift while parts of it die and tokens end; each file boots, and breaks, a stack of its own. Side by
      // side, since the one mostly waits.
      {
        ...fromSource,
        test: {
          name: "outages",
          include: ["test/outages/**/*.test.ts"],
          maxWorkers: 2,
          ...patience,
        },
      },
    ],
  },
});
