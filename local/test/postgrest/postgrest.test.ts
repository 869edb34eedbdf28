/** PostgREST on the embedded database: roles, exposed schemas, restarts. */
import { SignJWT } from "jose";
import type { Sql } from "postgres";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Postgrest } from "../../src/postgrest/postgrest.ts";
import { ScratchDatabase } from "../support/database.ts";
import { until } from "../support/http.ts";

let database: ScratchDatabase;
let postgrest: Postgrest;
let postgres: Sql;

beforeAll(async () => {
  database = await ScratchDatabase.start({
    "config.toml": 'project_id = "scratch"\n[api]\nschemas = ["public", "api"]\nmax_rows = 3\n',
  });
  postgres = database.as("postgres");
  await postgres
    .unsafe(`
      create schema api;
      grant usage on schema api to anon, authenticated;
      create schema private;
      create table private.hidden (n int);
      create table public.numbers as select n from generate_series(1, 5) as n;
      alter table public.numbers enable row level security;
      grant select on public.numbers to authenticated;
      create policy even on public.numbers for select to authenticated using (n % 2 = 0 or auth.role() = 'authenticated');
      create function api.who() returns jsonb language sql stable
        return jsonb_build_object('role', current_user, 'uid', auth.uid(), 'path', current_setting('search_path'));
      grant execute on function api.who() to anon, authenticated;`)
    .simple();
  postgrest = new Postgrest(database.settings);
  await postgrest.start();
});

afterAll(async () => {
  await postgrest.stop();
  await database.stop();
});

const get = (path: string, token?: string, headers: Record<string, string> = {}) =>
  fetch(`http://127.0.0.1:${database.settings.ports.internal.postgrest}${path}`, {
    headers: { ...(token === undefined ? {} : { authorization: `Bearer ${token}` }), ...headers },
  });

const token = (secret = database.settings.keys.jwtSecret) =>
  new SignJWT({ role: "authenticated", sub: "5f0c6f1e-0c3a-4a53-8a6a-5a5e5d1c0a11" })
    .setProtectedHeader({ alg: "HS256" })
    .setExpirationTime("1h")
    .sign(new TextEncoder().encode(secret));

describe("a request", () => {
  test("runs as anon without a token, otherwise with the token's role", async () => {
    const api = { "accept-profile": "api" };
    expect(await (await get("/rpc/who", undefined, api)).json()).toMatchObject({
      role: "anon",
      uid: null,
    });
    const mine = await (await get("/rpc/who", await token(), api)).json();
    expect(mine).toEqual({
      role: "authenticated",
      uid: "5f0c6f1e-0c3a-4a53-8a6a-5a5e5d1c0a11",
      path: '"api", "public", "extensions"',
    });
  });

  test("is rejected with a token of another secret", async () => {
    expect((await get("/numbers", await token("another secret of the right length"))).status).toBe(
      401,
    );
  });

  test("can read only exposed schemas, and at most max_rows rows", async () => {
    expect((await get("/hidden", await token(), { "accept-profile": "private" })).status).toBe(406);
    expect(await (await get("/numbers", await token())).json()).toHaveLength(3);
    expect((await get("/numbers")).status).toBe(401);
  });
});

test("serves a new table immediately", async () => {
  await postgres
    .unsafe("create table public.fresh (n int); grant select on public.fresh to anon")
    .simple();
  await until("the table is served", async () => (await get("/fresh")).status === 200);
});

test("restarts after kill -9", async () => {
  const { pid = 0 } = postgrest.health();
  process.kill(pid, "SIGKILL");
  await until("the crash is detected", () => postgrest.health().state === "restarting");
  await until("PostgREST is back", () => postgrest.health().state === "healthy");
  expect(postgrest.health().restarts).toBe(1);
  expect((await get("/numbers", await token())).status).toBe(200);
});

test("serves requests again after the database was killed", async () => {
  process.kill(database.cluster.health().pid ?? 0, "SIGKILL");
  await until("the database is down", async () => database.cluster.health().state === "restarting");
  const jwt = await token();
  await until("requests succeed", async () => (await get("/numbers", jwt)).status === 200, 15_000);
});
