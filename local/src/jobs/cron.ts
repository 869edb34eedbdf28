import type { Logger } from "pino";
import type { Sql } from "postgres";
import type { Part, PartHealth } from "../parts.ts";
import { connect } from "../postgres/connect.ts";
import { maintainPartitions } from "../postgres/platform/partitions.ts";
import type { Settings } from "../settings.ts";
import { CronJob, type JobRow, sameJob } from "./cron-job.ts";
import { Listener } from "./listener.ts";
import { failInterrupted, runJob } from "./run-job.ts";

const hour = 3_600_000;

/** Runs the jobs of `cron.job`, and creates the partitions of `realtime.messages` every hour. */
export class CronRunner implements Part {
  readonly name = "cron";
  readonly #settings: Settings;
  readonly #log: Logger;
  readonly #listener: Listener;
  readonly #jobs = new Map<string, CronJob>();
  #sql: Sql | undefined;
  #reloading: Promise<void> = Promise.resolve();
  #maintenance: NodeJS.Timeout | undefined;

  constructor(settings: Settings, log: Logger) {
    this.#settings = settings;
    this.#log = log;
    this.#listener = new Listener(settings, "cron_job", () => this.#reload());
  }

  async start(): Promise<void> {
    const sql = connect(this.#settings, "supabase_admin", 2);
    this.#sql = sql;
    await failInterrupted(sql);
    await this.#listener.start();
    await this.#reloading;
    this.#maintenance = setInterval(() => {
      maintainPartitions(sql).catch((error) =>
        this.#log.error(error, "maintaining partitions failed"),
      );
    }, hour);
    this.#maintenance.unref();
  }

  async stop(): Promise<void> {
    clearInterval(this.#maintenance);
    await this.#listener.stop();
    await this.#reloading;
    const jobs = [...this.#jobs.values()];
    this.#jobs.clear();
    await Promise.all(jobs.map((job) => job.stop()));
    await this.#sql?.end({ timeout: 1 }).catch(() => undefined);
  }

  health(): PartHealth {
    return this.#listener.health();
  }

  /** Reloads run one after the other, so that the newest state of the table applies. */
  #reload(): void {
    this.#reloading = this.#reloading
      .then(async () => this.#apply(await this.#read()))
      .catch((error) => this.#log.error(error, "reading cron.job failed"));
  }

  async #read(): Promise<readonly JobRow[]> {
    const sql = this.#sql;
    if (sql === undefined) return [];
    const [extension] = await sql`select from pg_extension where extname = 'pg_cron'`;
    if (extension === undefined) return [];
    return sql<JobRow[]>`
      select jobid, schedule, command, database, username from cron.job where active`;
  }

  /** Starts new jobs, stops removed ones, restarts changed ones, and leaves the others running. */
  #apply(rows: readonly JobRow[]): void {
    const toStart = new Map(rows.map((row) => [row.jobid, row]));
    for (const [id, job] of this.#jobs) {
      const row = toStart.get(id);
      if (row !== undefined && sameJob(row, job.row)) toStart.delete(id);
      else {
        void job.stop();
        this.#jobs.delete(id);
      }
    }
    for (const row of toStart.values()) {
      try {
        this.#jobs.set(row.jobid, new CronJob(row, (signal) => this.#run(row, signal)));
      } catch (error) {
        this.#log.error(
          { jobid: row.jobid, schedule: row.schedule, err: error },
          "invalid schedule",
        );
      }
    }
  }

  async #run(row: JobRow, signal: AbortSignal): Promise<void> {
    if (this.#sql === undefined) return;
    const outcome = await runJob(this.#settings, this.#sql, row, signal);
    this.#log.info({ jobid: row.jobid, ...outcome }, "job ran");
  }
}
