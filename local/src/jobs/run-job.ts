import type { Sql } from "postgres";
import postgres from "postgres";
import { databaseUrl, type Settings } from "../settings.ts";
import type { JobRow } from "./cron-job.ts";

export interface Outcome {
  readonly status: "succeeded" | "failed";
  readonly message: string;
}

/** Runs a job's command in its own session, as the job's user, and records the run in `cron.job_run_details`. */
export async function runJob(
  settings: Settings,
  records: Sql,
  job: JobRow,
  signal: AbortSignal,
): Promise<Outcome> {
  const [run] = await records<[{ runid: string }]>`
    insert into cron.job_run_details (jobid, database, username, command, status, start_time)
    values (${job.jobid}, ${job.database}, ${job.username}, ${job.command}, 'starting',
      clock_timestamp())
    returning runid`;
  const outcome = await execute(settings, job, signal, async (pid) => {
    await records`
      update cron.job_run_details set status = 'running', job_pid = ${pid}
      where runid = ${run.runid}`;
  });
  await records`
    update cron.job_run_details
    set status = ${outcome.status}, return_message = ${outcome.message},
      end_time = clock_timestamp()
    where runid = ${run.runid}`;
  return outcome;
}

/** Marks runs as failed that were in progress when the stack stopped. */
export async function failInterrupted(sql: Sql): Promise<void> {
  const [extension] = await sql`select from pg_extension where extname = 'pg_cron'`;
  if (extension === undefined) return;
  await sql`
    update cron.job_run_details set status = 'failed', return_message = 'server restarted'
    where status in ('starting', 'running')`;
}

async function execute(
  settings: Settings,
  job: JobRow,
  signal: AbortSignal,
  onSession: (pid: number) => Promise<void>,
): Promise<Outcome> {
  const asMigrator = job.username === "postgres";
  const sql = postgres(databaseUrl(settings, asMigrator ? "postgres" : "supabase_admin"), {
    max: 1,
    database: job.database,
    fetch_types: false,
    onnotice: () => undefined,
    connection: { application_name: "pg_cron" },
  });
  try {
    const [session] = await sql<[{ pid: number }]>`select pg_backend_pid() as pid`;
    if (!asMigrator) await sql`set session authorization ${sql(job.username)}`;
    await onSession(session.pid);
    const running = sql.unsafe(job.command).simple();
    signal.addEventListener("abort", () => running.cancel(), { once: true });
    return { status: "succeeded", message: summary(await running) };
  } catch (error) {
    return { status: "failed", message: `ERROR:  ${(error as Error).message}` };
  } finally {
    await sql.end({ timeout: 1 }).catch(() => undefined);
  }
}

/** Returns the command tag of the last statement, as psql prints it. */
function summary(result: unknown): string {
  const all = result as readonly { command?: string; count?: number }[] & { command?: string };
  const last =
    all.command === undefined ? all.at(-1) : (all as { command?: string; count?: number });
  const { command = "", count } = last ?? {};
  if (command === "SELECT") return count === 1 ? "1 row" : `${count ?? 0} rows`;
  if (command === "INSERT") return `INSERT 0 ${count}`;
  return count === null || count === undefined ? command : `${command} ${count}`;
}
