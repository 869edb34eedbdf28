/** pg_cron: scheduling functions, their permissions, and running jobs. */
import type { Sql } from "postgres";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { CronRunner } from "../../src/jobs/cron.ts";
import { CronJob } from "../../src/jobs/cron-job.ts";
import { ScratchDatabase } from "../support/database.ts";
import { until } from "../support/http.ts";
import { readableLog } from "../support/log.ts";

let database: ScratchDatabase;
let runner: CronRunner;
let postgres: Sql;
let admin: Sql;

beforeAll(async () => {
  database = await ScratchDatabase.start();
  postgres = database.as("postgres");
  admin = database.as("supabase_admin");
  runner = new CronRunner(database.settings, readableLog().log);
  // Started before the extension exists: the runner must notice when it is created.
  await runner.start();
  await postgres`create extension pg_cron`;
  await postgres`create table public.ticks (who text, at timestamptz default clock_timestamp())`;
});

beforeEach(async () => {
  await admin`delete from cron.job`;
  await admin`delete from cron.job_run_details`;
  await admin`truncate public.ticks`;
});

afterAll(async () => {
  await runner.stop();
  await database.stop();
});

const ticks = async () => (await postgres`select who from public.ticks`).length;
const runs = () => postgres`
  select status, return_message as message, username, job_pid > 0 as has_pid, start_time <= end_time as timed
  from cron.job_run_details where status in ('succeeded', 'failed') order by runid`;

describe("a job", () => {
  test("runs every second as its user and records its runs", async () => {
    await postgres`
      select cron.schedule('tick', '1 second', 'insert into public.ticks select current_user')`;
    await until("it ran twice", async () => (await ticks()) >= 2);
    await until("the record is there", async () => (await runs()).length >= 2);
    const [row] = await runs();
    expect(row).toEqual({
      status: "succeeded",
      message: "INSERT 0 1",
      username: "postgres",
      has_pid: true,
      timed: true,
    });
    expect(await postgres`select distinct who from public.ticks`).toEqual([{ who: "postgres" }]);
  });

  test("runs with the rights of its user", async () => {
    await admin`
      insert into cron.job (schedule, command, username)
      values ('1 second', 'insert into public.ticks select current_user', 'authenticated')`;
    await until(
      "it ran",
      async () =>
        (await admin`select from cron.job_run_details where end_time is not null`).length > 0,
    );
    const [row] =
      await admin`select status, return_message as message from cron.job_run_details limit 1`;
    expect(row).toEqual({ status: "failed", message: "ERROR:  permission denied for table ticks" });
  });

  test("records the error when it fails, and runs again", async () => {
    await postgres`select cron.schedule('bad', '1 second', 'select 1/0')`;
    await until("it failed twice", async () => (await runs()).length >= 2);
    expect((await runs())[0]).toMatchObject({
      status: "failed",
      message: "ERROR:  division by zero",
    });
  });

  test("stops when it is unscheduled, disabled or changed", async () => {
    await postgres`select cron.schedule('tick', '1 second', 'insert into public.ticks values (1)')`;
    await until("it ran", async () => (await ticks()) > 0);
    await postgres`
      select cron.alter_job(jobid, command := 'insert into public.ticks values (2)') from cron.job`;
    await until(
      "the new command runs",
      async () => (await postgres`select from public.ticks where who = '2'`).length > 0,
    );
    await postgres`select cron.unschedule('tick')`;
    await new Promise((resolve) => setTimeout(resolve, 300));
    const before = await ticks();
    await new Promise((resolve) => setTimeout(resolve, 1300));
    expect(await ticks()).toBe(before);
  });

  test("continues after the database is killed", async () => {
    await postgres`select cron.schedule('tick', '1 second', 'insert into public.ticks values (1)')`;
    await until("it ran", async () => (await ticks()) > 0);
    process.kill(database.cluster.health().pid ?? 0, "SIGKILL");
    await until(
      "the database is back",
      () =>
        database.cluster.health().restarts === 1 && database.cluster.health().state === "healthy",
    );
    const before = await ticks();
    await until("it runs again", async () => (await ticks()) > before);
    await until("health reports it", () => runner.health().state === "healthy");
  });
});

describe("the cron functions", () => {
  test("change an existing job that is scheduled again with the same name", async () => {
    const [first] = await postgres`select cron.schedule('n', '0 3 * * *', 'select 1') as id`;
    const [second] = await postgres`select cron.schedule('n', '0 4 * * *', 'select 2') as id`;
    expect(second).toEqual(first);
    expect(
      await postgres`select schedule, command, active, username, database from cron.job`,
    ).toEqual([
      {
        schedule: "0 4 * * *",
        command: "select 2",
        active: true,
        username: "postgres",
        database: "postgres",
      },
    ]);
  });

  test.each(["* * * *", "61 * * * *", "60 seconds", "every day", "* * * * 8", "*/0 * * * *", ""])(
    "reject the schedule %j",
    async (schedule) => {
      await expect(postgres`select cron.schedule(${schedule}, 'select 1')`).rejects.toThrow(
        /invalid schedule/,
      );
    },
  );

  test.each(["*/15 8-18 1,15 jan-mar mon", "59 seconds", "@hourly", "0 0 $ * *", "5 4 * * 7"])(
    "accept the schedule %j, and the runner can parse it",
    async (schedule) => {
      await postgres`select cron.schedule(${schedule}, 'select 1')`;
      const row = { jobid: "1", schedule, command: "", database: "", username: "" };
      await new CronJob(row, async () => undefined).stop();
    },
  );

  test("are the only way to change jobs, and only the caller's own", async () => {
    await expect(
      postgres`insert into cron.job (schedule, command) values ('* * * * *', '')`,
    ).rejects.toMatchObject({ code: "42501" });
    await expect(postgres`delete from cron.job`).rejects.toMatchObject({ code: "42501" });
    await admin`insert into cron.job (schedule, command, jobname) values ('0 0 * * *', '', 'theirs')`;
    await expect(postgres`select cron.unschedule('theirs')`).rejects.toThrow(
      /could not find valid entry/,
    );
    await expect(
      postgres`select cron.schedule_in_database('x', '0 0 * * *', '', 'postgres', 'supabase_admin')`,
    ).rejects.toMatchObject({ code: "42501" });
    await expect(
      postgres.begin(async (tx) => {
        await tx`set local role authenticated`;
        await tx`select cron.schedule('0 0 * * *', '')`;
      }),
    ).rejects.toMatchObject({ code: "42501" });
  });

  test("allow deleting old run records", async () => {
    await admin`insert into cron.job_run_details (jobid, username) values (1, 'postgres')`;
    await postgres`delete from cron.job_run_details where end_time is null`;
    expect(await admin`select from cron.job_run_details`).toHaveLength(0);
  });
});

test("CronJob never overlaps its runs, and runs once more if it became due meanwhile", async () => {
  let running = 0;
  let most = 0;
  let total = 0;
  const row = { jobid: "1", schedule: "1 second", command: "", database: "", username: "" };
  const job = new CronJob(row, async () => {
    running += 1;
    total += 1;
    most = Math.max(most, running);
    await new Promise((resolve) => setTimeout(resolve, 1500));
    running -= 1;
  });
  await until("it ran twice", () => total === 2);
  await job.stop();
  expect(most).toBe(1);
});
