import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { eventually } from "../files/support.ts";
import { openDatabase } from "../world/stack.ts";

const sql = openDatabase();
afterAll(() => sql.end());

test("docs/operations.md lists every scheduled job, and no other", async () => {
  const page = await readFile(join(import.meta.dirname, "../../docs/operations.md"), "utf8");
  const listed = [...page.matchAll(/^\| `(onswift-[a-z-]+…?)` /gm)].map(([, name = ""]) => name);
  const jobs = await sql<{ name: string }[]>`select jobname as name from cron.job`;
  const covers = (row: string, job: string) =>
    row.endsWith("…") ? job.startsWith(row.slice(0, -1)) : job === row;
  for (const { name } of jobs.filter((job) => job.name.startsWith("onswift-"))) {
    expect(
      listed.filter((row) => covers(row, name)),
      name,
    ).toHaveLength(1);
  }
  for (const row of listed) {
    expect(jobs.filter(({ name }) => covers(row, name)).length, row).toBeGreaterThan(0);
  }
});

interface Runs {
  readonly succeeded: number;
  readonly failed: number;
}

const runsOf = async (job: string): Promise<Runs> => {
  const [row] = await sql<Runs[]>`
    select
      count(*) filter (where d.status = 'succeeded')::integer as succeeded,
      count(*) filter (where d.status = 'failed')::integer as failed
    from cron.job_run_details as d
    join cron.job as j on j.jobid = d.jobid
    where j.jobname = ${job}`;
  return row as Runs;
};

test("changes are merged into the search index every 10 seconds", async () => {
  const before = await runsOf("onswift-merge-search-changes");
  const after = await eventually(
    () => runsOf("onswift-merge-search-changes"),
    ({ succeeded }) => succeeded > before.succeeded,
  );
  expect(after.succeeded).toBeGreaterThan(before.succeeded);
  expect(after.failed).toBe(0);
});

test("records of runs are deleted once they are old", async () => {
  const job = "test-job-runs";
  await sql`select cron.schedule(${job}, '1 second', 'select 1')`;
  const { succeeded } = await eventually(
    () => runsOf(job),
    (runs) => runs.succeeded > 0,
  );
  expect(succeeded).toBeGreaterThan(0);
  await sql`select private.purge_job_runs()`;
  expect((await runsOf(job)).succeeded).toBeGreaterThanOrEqual(succeeded);

  const [{ last } = { last: null }] = await sql`select clock_timestamp() as last`;
  await sql`select private.purge_job_runs(interval '0')`;
  const [{ kept } = { kept: null }] = await sql`
    select count(*)::integer as kept from cron.job_run_details where end_time < ${last}`;
  expect(kept).toBe(0);
  await sql`select cron.unschedule(${job})`;
});
