/** The results of the different test runners in one form. A runner that crashed counts as a failure. */
import { glob, readFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { runPgtap } from "embedded-supabase";

export interface Outcome {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

export const add = (a: Outcome, b: Outcome): Outcome => ({
  passed: a.passed + b.passed,
  failed: a.failed + b.failed,
  skipped: a.skipped + b.skipped,
});

const crashed = (outcome: Outcome, code: number): Outcome =>
  code !== 0 && outcome.failed === 0 ? { ...outcome, failed: 1 } : outcome;

export async function outcomeOfVitest(file: string, code: number): Promise<Outcome> {
  const text = await readFile(file, "utf8").catch(() => undefined);
  if (text === undefined) return { passed: 0, failed: 1, skipped: 0 };
  const report = JSON.parse(text) as {
    numPassedTests: number;
    numFailedTests: number;
    numFailedTestSuites: number;
    numPendingTests: number;
  };
  const failed = report.numFailedTests > 0 ? report.numFailedTests : report.numFailedTestSuites;
  return crashed({ passed: report.numPassedTests, failed, skipped: report.numPendingTests }, code);
}

export async function outcomeOfDeno(file: string, code: number): Promise<Outcome> {
  const text = await readFile(file, "utf8").catch(() => "");
  const total = (name: string) =>
    Number(new RegExp(`<testsuites[^>]* ${name}="(\\d+)"`).exec(text)?.[1]);
  const failed = (total("failures") || 0) + (total("errors") || 0);
  const passed = (total("tests") || 0) - failed;
  return crashed({ passed, failed, skipped: 0 }, code);
}

/** Runs every pgTAP file below a folder and prints what failed. */
export async function runDatabaseTests(
  databaseUrl: string,
  folder: string,
  print: (line: string) => void,
): Promise<Outcome> {
  const files: string[] = [];
  for await (const file of glob("**/*.test.sql", { cwd: folder })) files.push(join(folder, file));
  let outcome: Outcome = { passed: 0, failed: 0, skipped: 0 };
  for (const result of await runPgtap(databaseUrl, files.sort())) {
    // A file that died or ran no plan may have no failed test of its own.
    const failed = result.ok ? 0 : Math.max(1, result.failed);
    outcome = add(outcome, { passed: result.passed, failed, skipped: 0 });
    const mark = failed === 0 ? "✓" : "✗";
    print(`${mark} ${relative(folder, result.file)} (${result.passed})`);
    for (const line of result.diagnostics) print(`    ${line}`);
  }
  return outcome;
}
