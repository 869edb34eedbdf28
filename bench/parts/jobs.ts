/** Every scheduled job, once with what has piled up and is taken back: none may hold a statement for long. */
import type postgres from "postgres";
import { type Figure, figureOf, type Samples } from "../support/report.ts";

const part = "jobs";
const goal = 1000;

export interface Job {
  readonly name: string;
  readonly command: string;
}

/** The jobs, which are then switched off, so that none runs beside what is measured. */
export async function takeJobs(sql: postgres.Sql): Promise<readonly Job[]> {
  const jobs = await sql<Job[]>`select jobname as name, command from cron.job order by jobname`;
  await sql`select cron.unschedule(jobid) from cron.job`;
  return jobs;
}

export async function measureJobs(
  sql: postgres.Sql,
  jobs: readonly Job[],
  { rounds, samples }: Samples,
  only?: string,
): Promise<Figure[]> {
  const held = await sql.reserve();
  const figures: Figure[] = [];
  for (const { name, command } of jobs) {
    if (only !== undefined && !name.includes(only)) continue;
    const times: number[] = [];
    for (let at = 0; at < rounds * Math.ceil(samples / 10); at += 1) {
      await held.unsafe("begin");
      const began = performance.now();
      await held.unsafe(command);
      times.push(performance.now() - began);
      await held.unsafe("rollback");
    }
    figures.push(figureOf({ part, name, unit: "ms", goal }, times));
  }
  held.release();
  return figures;
}
