/** pg_net: requests are sent once after the commit, and their responses are stored. */
import type { IncomingMessage } from "node:http";
import type { Sql } from "postgres";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { NetRunner } from "../../src/jobs/net.ts";
import { ScratchDatabase } from "../support/database.ts";
import { until } from "../support/http.ts";
import { readableLog } from "../support/log.ts";
import { Upstream } from "../support/upstream.ts";

let database: ScratchDatabase;
let runner: NetRunner;
let postgres: Sql;
let url: string;
const upstream = new Upstream();

beforeAll(async () => {
  database = await ScratchDatabase.start();
  postgres = database.as("postgres");
  runner = new NetRunner(database.settings, readableLog().log);
  await runner.start();
  await postgres`create extension pg_net`;
  const { api } = database.settings.ports;
  await upstream.listen(api);
  url = `http://127.0.0.1:${api}`;
});

beforeEach(() => {
  upstream.seen.length = 0;
  upstream.answers((_request, response) => response.end("{}"));
});

afterAll(async () => {
  await runner.stop();
  await upstream.close();
  await database.stop();
});

async function responseTo(id: unknown) {
  const rows = () => postgres`select * from net._http_response where id = ${id as string}`;
  await until("the response is stored", async () => (await rows()).length > 0);
  return (await rows())[0];
}

const bodyOf = async (request: IncomingMessage) =>
  Buffer.concat(await Array.fromAsync(request)).toString();

describe("a request", () => {
  test("is sent with body, parameters and headers", async () => {
    let body = "";
    upstream.answers(async (request, response) => {
      body = await bodyOf(request);
      response.writeHead(201, { "content-type": "text/plain", "x-more": "1" }).end("größe");
    });
    const [row] = await postgres`
      select net.http_post(${`${url}/in?a=1`}, '{"n": 1}'::jsonb, '{"q": "ä b&c"}'::jsonb,
        '{"Authorization": "Bearer x"}'::jsonb) as id`;
    expect(await responseTo(row?.id)).toMatchObject({
      status_code: 201,
      content_type: "text/plain",
      content: "größe",
      timed_out: false,
      error_msg: null,
      headers: expect.objectContaining({ "x-more": "1" }),
    });
    expect(upstream.last.method).toBe("POST");
    expect(upstream.last.url).toBe("/in?a=1&q=%C3%A4%20b%26c");
    expect(upstream.last.headers).toMatchObject({
      authorization: "Bearer x",
      "content-type": "application/json",
    });
    expect(JSON.parse(body)).toEqual({ n: 1 });
  });

  test.each(["get", "delete"])("can use the method %s", async (method) => {
    const [row] = await postgres.unsafe(`select net.http_${method}('${url}/x') as id`);
    await responseTo(row?.id);
    expect(upstream.last).toMatchObject({ method: method.toUpperCase(), url: "/x" });
  });

  test("is sent after the commit, and not after a rollback", async () => {
    await postgres
      .begin(async (tx) => {
        await tx`select net.http_get(${`${url}/undone`})`;
        throw new Error("undo");
      })
      .catch(() => undefined);
    const [row] = await postgres.begin(async (tx) => {
      const queued = await tx`select net.http_get(${`${url}/done`}) as id`;
      await tx`select pg_sleep(0.3)`;
      expect(upstream.seen).toHaveLength(0);
      return queued;
    });
    await responseTo(row?.id);
    expect(upstream.seen.map((request) => request.url)).toEqual(["/done"]);
  });

  test("records a timeout when there is no response in time", async () => {
    upstream.answers(() => undefined);
    const [row] = await postgres`
      select net.http_get(${url}, timeout_milliseconds := 200) as id`;
    expect(await responseTo(row?.id)).toMatchObject({
      status_code: null,
      timed_out: true,
      error_msg: "Timeout of 200 ms reached",
    });
  });

  test("records the error when it cannot be sent, and does not block other requests", async () => {
    const [bad] = await postgres`select net.http_get('http://127.0.0.1:1/') as id`;
    const [odd] = await postgres`select net.http_get('nonsense') as id`;
    const [good] = await postgres`select net.http_get(${url}) as id`;
    expect(await responseTo(bad?.id)).toMatchObject({
      error_msg: expect.stringMatching(/ECONNREFUSED|bad port/),
    });
    expect(await responseTo(odd?.id)).toMatchObject({ error_msg: "Invalid URL" });
    expect(await responseTo(good?.id)).toMatchObject({ status_code: 200 });
  });
});

test("sends each of 500 queued requests exactly once", async () => {
  await postgres`select net.http_get(${url} || '/' || n) from generate_series(1, 500) as n`;
  await until("all arrived", () => upstream.seen.length >= 500);
  await until(
    "the queue is empty",
    async () => (await postgres`select from net.http_request_queue`).length === 0,
  );
  expect(new Set(upstream.seen.map((request) => request.url)).size).toBe(500);
  expect(upstream.seen).toHaveLength(500);
});

test("rejects a content type other than JSON immediately", async () => {
  await expect(
    postgres`select net.http_post(${url}, headers := '{"Content-Type": "text/plain"}'::jsonb)`,
  ).rejects.toThrow(/must be "application\/json"/);
});

test("lets the role authenticated send, and returns the collected response", async () => {
  const [row] = await postgres.begin(async (tx) => {
    await tx`set local role authenticated`;
    return tx`select net.http_get(${url}) as id`;
  });
  await responseTo(row?.id);
  const [result] = await postgres`
    select r.status::text as status, (r.response).status_code as code
    from net._http_collect_response(${row?.id}) as r`;
  expect(result).toEqual({ status: "SUCCESS", code: 200 });
});

test("sends new requests after the database was killed", async () => {
  process.kill(database.cluster.health().pid ?? 0, "SIGKILL");
  await until(
    "the database is back",
    () => database.cluster.health().restarts === 1 && database.cluster.health().state === "healthy",
  );
  const [row] = await postgres`select net.http_get(${url}) as id`;
  expect(await responseTo(row?.id)).toMatchObject({ status_code: 200 });
});
