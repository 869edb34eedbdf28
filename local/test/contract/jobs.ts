import postgres from "postgres";
import { afterAll, beforeAll, expect, test } from "vitest";
import { until } from "../support/http.ts";
import { target } from "./target.ts";

/** pg_cron and pg_net as SQL sees them. */
export function jobs(): void {
  let sql: postgres.Sql;

  beforeAll(async () => {
    sql = postgres(target().dbUrl, { max: 2, onnotice: () => undefined });
    await sql`create extension if not exists pg_cron`;
    await sql`create extension if not exists pg_net`;
    await sql`drop table if exists public.ticks`;
    await sql`create table public.ticks (at timestamptz not null default clock_timestamp(), who text)`;
  });

  afterAll(async () => {
    await sql`drop table if exists public.ticks`;
    await sql.end();
  });

  test("a job runs as who scheduled it, until it is unscheduled", async () => {
    const insert = "insert into public.ticks (who) values (current_user)";
    const [job] = await sql`select cron.schedule('tick', '1 seconds', ${insert}) as id`;
    await until("two ticks", async () => {
      const [row] =
        await sql`select count(*)::int as count from public.ticks where who = 'postgres'`;
      return row?.count >= 2;
    });
    const [run] = await sql`
      select status, username, command from cron.job_run_details
      where jobid = ${job?.id} and status <> 'running' order by runid limit 1`;
    expect(run).toEqual({ status: "succeeded", username: "postgres", command: insert });
    expect([...(await sql`select cron.unschedule('tick') as done`)]).toEqual([{ done: true }]);
    await expect(sql`select cron.unschedule('tick')`).rejects.toThrow(/tick/);
  });

  test("a job that fails says why", async () => {
    const [job] = await sql`select cron.schedule('fails', '1 seconds', 'select 1 / 0') as id`;
    await until("it has failed", async () => {
      const runs = await sql`
        select return_message from cron.job_run_details where jobid = ${job?.id} and status = 'failed'`;
      return runs.length > 0 && runs[0]?.return_message.includes("division by zero");
    });
    await sql`select cron.unschedule(${job?.id}::bigint)`;
  });

  test("a name is scheduled once; a job can be paused; the table is not written by hand", async () => {
    const [one] = await sql`select cron.schedule('twice', '0 3 * * *', 'select 1') as id`;
    const [two] = await sql`select cron.schedule('twice', '0 4 * * *', 'select 2') as id`;
    expect(two?.id).toBe(one?.id);
    await sql`select cron.alter_job(${one?.id}::bigint, active := false)`;
    const [row] = await sql`select schedule, active from cron.job where jobid = ${one?.id}`;
    expect(row).toEqual({ schedule: "0 4 * * *", active: false });
    await expect(sql`update cron.job set schedule = '* * * * *'`).rejects.toThrow(
      /permission denied/,
    );
    await sql`select cron.unschedule('twice')`;
    await expect(sql`select cron.schedule('bad', 'whenever', 'select 1')`).rejects.toThrow();
  });

  const response = async (id: string) => {
    let row: postgres.Row | undefined;
    await until("the response is there", async () => {
      [row] = await sql`select * from net._http_response where id = ${id}`;
      return row !== undefined;
    });
    return row as postgres.Row;
  };

  test("a request is sent after the commit, with headers and body", async () => {
    const url = `${target().urlInside}/functions/v1/echo`;
    const [request] = await sql`
      select net.http_post(
        url := ${url},
        body := '{"from": "the database"}'::jsonb,
        params := '{"x": "1"}'::jsonb,
        headers := '{"Content-Type": "application/json", "x-own": "1"}'::jsonb
      ) as id`;
    const row = await response(request?.id);
    expect(row).toMatchObject({ status_code: 200, timed_out: false, error_msg: null });
    const seen = JSON.parse(row.content);
    expect(seen).toMatchObject({ method: "POST", headers: { "x-own": "1" } });
    expect(JSON.parse(seen.body)).toEqual({ from: "the database" });
    expect(new URL(seen.url).search).toBe("?x=1");
  });

  test("a request of a transaction that was rolled back is never sent", async () => {
    const marker = crypto.randomUUID();
    const url = `${target().urlInside}/functions/v1/echo/${marker}`;
    await sql
      .begin(async (tx) => {
        await tx`select net.http_get(${url})`;
        throw new Error("rolled back");
      })
      .catch(() => undefined);
    const [after] =
      await sql`select net.http_get(${`${target().urlInside}/functions/v1/echo`}) as id`;
    await response(after?.id);
    const sent = await sql`select 1 from net._http_response where content like ${`%${marker}%`}`;
    expect(sent).toHaveLength(0);
  });

  test("a request that fails says why", async () => {
    const [request] = await sql`select net.http_get('http://127.0.0.1:1/') as id`;
    const row = await response(request?.id);
    expect(row).toMatchObject({ status_code: null, error_msg: expect.any(String) });
  });
}
