import { readFile } from "node:fs/promises";
import postgres, { type Row, type Sql } from "postgres";
import { lineOf, type Statement, SyntaxProblem, split } from "./statements.ts";
import { readTap, type TapReport } from "./tap.ts";

export interface PgtapResult extends TapReport {
  readonly file: string;
  /** Whether its whole plan ran and passed. False for a file without a plan or that ends early. */
  readonly ok: boolean;
  readonly milliseconds: number;
}

/**
 * Runs pgTAP files one after another, each in its own session as the migration role. Installs pgTAP for
 * that time unless it is installed. Calls `onResult` after each file.
 */
export async function runPgtap(
  dbUrl: string,
  files: readonly string[],
  onResult: (result: PgtapResult) => void = () => undefined,
): Promise<readonly PgtapResult[]> {
  return withSession(dbUrl, async (sql) => {
    const [installed] = await sql`select from pg_extension where extname = 'pgtap'`;
    if (installed === undefined) await sql`create extension pgtap with schema extensions`;
    const results: PgtapResult[] = [];
    try {
      for (const file of files) {
        const result = await runTestFile(dbUrl, file);
        results.push(result);
        onResult(result);
      }
    } finally {
      if (installed === undefined) await sql`drop extension if exists pgtap cascade`;
    }
    return results;
  });
}

async function runTestFile(dbUrl: string, file: string): Promise<PgtapResult> {
  const started = performance.now();
  const { lines, failure } = await withSession(dbUrl, async (sql) => execute(sql, file));
  const report = readTap(lines);
  const problems = [failure, planProblem(report)].filter((text) => text !== undefined);
  return {
    ...report,
    diagnostics: [...report.diagnostics, ...problems],
    file,
    ok: report.failed === 0 && problems.length === 0,
    milliseconds: Math.round(performance.now() - started),
  };
}

function planProblem({ plan, passed, failed }: TapReport): string | undefined {
  if (plan === undefined) return "The file has no plan.";
  const ran = passed + failed;
  return ran === plan ? undefined : `The file planned ${plan} tests and ran ${ran}.`;
}

interface Output {
  readonly lines: readonly string[];
  /** Why the file failed before its end. */
  readonly failure: string | undefined;
}

async function execute(sql: Sql, file: string): Promise<Output> {
  const lines: string[] = [];
  try {
    for (const statement of await split(await readFile(file, "utf8"))) {
      try {
        lines.push(...(await output(sql, statement)));
      } catch (error) {
        const { message, code, where } = error as Error & { code?: string; where?: string };
        const context = where === undefined ? "" : `\n${where}`;
        const failure = `Line ${lineOf(statement)}: ${message} (SQLSTATE ${code})${context}`;
        return { lines, failure };
      }
    }
    return { lines, failure: undefined };
  } catch (error) {
    if (!(error instanceof SyntaxProblem)) throw error;
    return { lines, failure: `Line ${error.line}: ${error.message}` };
  }
}

/** The first column of what a statement returns, line by line, as psql would print it. */
async function output(sql: Sql, statement: Statement): Promise<readonly string[]> {
  const rows = (await sql.unsafe(statement.text).simple()) as unknown as readonly Row[];
  return rows
    .map((row) => Object.values(row)[0] as unknown)
    .filter((value) => typeof value === "string")
    .flatMap((text) => text.split("\n"));
}

async function withSession<T>(dbUrl: string, work: (sql: Sql) => Promise<T>): Promise<T> {
  const sql = postgres(dbUrl, {
    max: 1,
    fetch_types: false,
    onnotice: () => undefined,
    connection: { application_name: "pgtap" },
  });
  try {
    return await work(sql);
  } finally {
    await sql.end({ timeout: 5 });
  }
}
