/** The database: roles, helper functions, migrations, pg_cron and pg_net. */
import { afterEach, beforeAll, describe, expect, test } from "vitest";
import { until } from "../support/http.ts";
import { internalUrl, publishableKey, query, secretKey } from "./target.ts";

const one = async (text: string, values: readonly (string | number)[] = []) =>
  (await query(text, values))[0] as Record<string, unknown> | undefined;

describe("roles", () => {
  test("have Supabase's attributes; postgres is not a superuser", async () => {
    const rows = await query(
      "select rolname, rolsuper, rolbypassrls, rolcanlogin from pg_roles where rolname = any (string_to_array($1, ','))",
      ["anon,authenticated,authenticator,postgres,service_role,supabase_auth_admin"],
    );
    const roles = Object.fromEntries(rows.map(({ rolname, ...row }) => [rolname, row]));
    expect(roles).toMatchObject({
      anon: { rolsuper: false, rolbypassrls: false, rolcanlogin: false },
      authenticated: { rolsuper: false, rolbypassrls: false, rolcanlogin: false },
      authenticator: { rolsuper: false, rolcanlogin: true },
      postgres: { rolsuper: false, rolbypassrls: true },
      service_role: { rolsuper: false, rolbypassrls: true },
      supabase_auth_admin: { rolsuper: false },
    });
  });

  test("do not let postgres change platform tables, but create triggers on them", async () => {
    await expect(query("alter table auth.users add column mine text")).rejects.toMatchObject({
      code: "42501",
    });
    await expect(query("create table auth.mine (id int)")).rejects.toMatchObject({ code: "42501" });
    await query(`
      begin;
      create function public.tg_contract() returns trigger language plpgsql as 'begin return new; end';
      create trigger contract after insert on auth.users for each row execute function public.tg_contract();
      rollback;`);
  });

  test("auth helper functions read the claims", async () => {
    const row = await one(`
      select set_config('request.jwt.claims', '{"sub":"7c1a1a4e-0000-4000-8000-000000000001","role":"authenticated","email":"a@b.example"}', true),
        auth.uid()::text as uid, auth.role() as role, auth.email() as email, auth.jwt() ->> 'sub' as sub`);
    expect(row).toMatchObject({ role: "authenticated", email: "a@b.example" });
    expect(row?.uid).toBe(row?.sub);
  });

  test("migrations and seeds have run once", async () => {
    const history = await query(
      "select version, name from supabase_migrations.schema_migrations order by version",
    );
    expect(history).toEqual([
      { version: "20250101000000", name: "notes" },
      { version: "20250101000100", name: "probes" },
      { version: "20250101000200", name: "files" },
      { version: "20250101000300", name: "channels" },
    ]);
    expect(await query("select * from public.seeded")).toHaveLength(1);
  });
});

describe("pg_cron", () => {
  beforeAll(async () => {
    await query("create extension if not exists pg_cron");
    await query("create table if not exists public.ticks (at timestamptz not null default now())");
  });

  afterEach(async () => {
    await query("select cron.unschedule(jobid) from cron.job where jobname like 'contract%'");
  });

  const count = async () => Number((await one("select count(*) from public.ticks"))?.count);

  test("runs a job every second until it is unscheduled", async () => {
    const job = await one(
      "select cron.schedule('contract-tick', '1 second', 'insert into public.ticks default values') as id",
    );
    await until("two ticks", async () => (await count()) >= 2);
    const [run] = await query(
      "select status, return_message from cron.job_run_details where jobid = $1 order by runid limit 1",
      [String(job?.id)],
    );
    expect(run).toMatchObject({ status: "succeeded" });
    expect(await one("select cron.unschedule('contract-tick') as gone")).toEqual({ gone: true });
    const left = await one("select count(*) from cron.job where jobname = 'contract-tick'");
    expect(left).toEqual({ count: "0" });
  });

  test("records the error of a failed run", async () => {
    const job = await one("select cron.schedule('contract-bad', '1 second', 'select 1 / 0') as id");
    await until("it failed", async () => {
      const rows = await query(
        "select return_message from cron.job_run_details where jobid = $1 and status = 'failed'",
        [String(job?.id)],
      );
      return rows.length > 0 && String(rows[0]?.return_message).includes("division by zero");
    });
  });

  test("keeps one job per name, and rejects an invalid schedule and an unknown job", async () => {
    const first = await one("select cron.schedule('contract-same', '0 3 * * *', 'select 1') as id");
    const again = await one("select cron.schedule('contract-same', '0 4 * * *', 'select 2') as id");
    expect(again).toEqual(first);
    const row = await one("select schedule, command from cron.job where jobname = 'contract-same'");
    expect(row).toEqual({ schedule: "0 4 * * *", command: "select 2" });
    await expect(query("select cron.schedule('contract-x', 'soon', 'select 1')")).rejects.toThrow();
    await expect(query("select cron.unschedule('contract-unknown')")).rejects.toThrow();
  });
});

describe("pg_net", () => {
  beforeAll(() => query("create extension if not exists pg_net"));

  const responseTo = async (id: unknown) => {
    let row: Record<string, unknown> | undefined;
    await until("the response is stored", async () => {
      row = await one(
        "select status_code, content, timed_out, error_msg from net._http_response where id = $1",
        [String(id)],
      );
      return row !== undefined;
    });
    return row;
  };

  test("sends a POST request with JSON and headers after the commit", async () => {
    const asked = await one(
      `select net.http_post(
         url := $1 || '/functions/v1/echo',
         body := jsonb_build_object('a', 1),
         headers := jsonb_build_object('Content-Type', 'application/json', 'x-mine', '1')
       ) as id`,
      [internalUrl],
    );
    const row = await responseTo(asked?.id);
    expect(row).toMatchObject({ status_code: 200, timed_out: false, error_msg: null });
    const seen = JSON.parse(String(row?.content));
    expect(seen).toMatchObject({ method: "POST", headers: { "x-mine": "1" } });
    expect(JSON.parse(seen.body)).toEqual({ a: 1 });
  });

  test("sends a GET request with parameters", async () => {
    const asked = await one(
      `select net.http_get($1 || '/rest/v1/notes', params := '{"select":"id","limit":"0"}', headers := jsonb_build_object('apikey', $2::text)) as id`,
      [internalUrl, secretKey],
    );
    expect(await responseTo(asked?.id)).toMatchObject({ status_code: 200, content: "[]" });
    const refused = await one(
      "select net.http_get($1 || '/rest/v1/notes', headers := jsonb_build_object('apikey', $2::text)) as id",
      [internalUrl, publishableKey],
    );
    expect(await responseTo(refused?.id)).toMatchObject({ status_code: 401 });
  });

  test("sends nothing when the transaction is rolled back", async () => {
    const before = await one("select count(*) from net._http_response");
    await query(`begin; select net.http_get('${internalUrl}/health'); rollback;`);
    const asked = await one("select net.http_get($1 || '/functions/v1/echo') as id", [internalUrl]);
    await responseTo(asked?.id);
    const after = await one("select count(*) from net._http_response");
    expect(Number(after?.count)).toBe(Number(before?.count) + 1);
  });

  test("records connection errors and timeouts", async () => {
    const unreachable = await one("select net.http_get('http://127.0.0.1:9/') as id");
    expect(await responseTo(unreachable?.id)).toMatchObject({
      status_code: null,
      error_msg: expect.any(String),
    });
    const late = await one(
      "select net.http_get($1 || '/functions/v1/faulty/hang', timeout_milliseconds := 300) as id",
      [internalUrl],
    );
    expect(await responseTo(late?.id)).toMatchObject({ timed_out: true });
  });
});
