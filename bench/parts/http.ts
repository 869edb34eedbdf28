/**
 * The same list over HTTP: from the REST API, and from PostgREST, which the SDK calls; against PostgREST returning a
 * constant, and a stored page of the same size. One request at a time, and 16 at once.
 */
import { Agent, request } from "node:http";
import type postgres from "postgres";
import { creator } from "../../test/plans/people.ts";
import { apiUrl, publishableKey } from "../../test/world/stack.ts";
import { type Figure, figureOf, type Samples } from "../support/report.ts";
import { tokenOf } from "../support/tokens.ts";

const part = "http";
const atOnce = 16;

interface Target {
  readonly name: string;
  readonly path: string;
  readonly method: "GET" | "POST";
}

const constant: Target = { name: "constant", path: "/rest/v1/rpc/bench_constant", method: "POST" };
const stored: Target = { name: "stored page", path: "/rest/v1/rpc/bench_page", method: "POST" };
const gateway: Target = {
  name: "gateway and Auth, no database",
  path: "/auth/v1/health",
  method: "GET",
};
const postgrest: Target = {
  name: "list_projects, PostgREST",
  path: "/rest/v1/rpc/list_projects",
  method: "POST",
};
const rest: Target = {
  name: "list_projects, REST",
  path: "/functions/v1/api/projects",
  method: "GET",
};

/** Targets, what each is compared with, and the ratio of times that must not be exceeded. */
const pairs: readonly (readonly [Target, Target, number | undefined])[] = [
  [gateway, constant, undefined],
  [stored, constant, undefined],
  [postgrest, stored, 2.2],
  [rest, postgrest, 1.3],
];

type Send = (target: Target) => Promise<string>;

function sender(token: string): Send {
  const agent = new Agent({ keepAlive: true, maxSockets: atOnce });
  const { hostname, port } = new URL(apiUrl);
  const headers = {
    apikey: publishableKey,
    authorization: `Bearer ${token}`,
    "content-type": "application/json",
    "content-profile": "api",
  };
  return ({ path, method }) =>
    new Promise((resolve, reject) => {
      const sent = request({ agent, hostname, port, path, method, headers }, (response) => {
        let text = "";
        response.setEncoding("utf8").on("data", (chunk) => {
          text += chunk;
        });
        response.on("end", () =>
          response.statusCode === 200
            ? resolve(text)
            : reject(new Error(`${path}: ${response.statusCode} ${text.slice(0, 200)}`)),
        );
      });
      sent.on("error", reject).end(method === "POST" ? "{}" : undefined);
    });
}

/** Two functions that do nothing but answer. They are gone after the run. */
async function withFloors<T>(sql: postgres.Sql, page: string, use: () => Promise<T>): Promise<T> {
  const literal = `'${page.replaceAll("'", "''")}'`;
  await sql.unsafe(`
    create or replace function api.bench_constant() returns jsonb language sql stable as 'select ''{}''::jsonb';
    create table if not exists private.bench_page (page jsonb);
    insert into private.bench_page values (${literal});
    grant select on private.bench_page to authenticated;
    create or replace function api.bench_page() returns jsonb language sql stable as 'select page from private.bench_page limit 1';
    grant execute on function api.bench_constant(), api.bench_page() to authenticated;
    notify pgrst, 'reload schema';`);
  try {
    return await use();
  } finally {
    await sql.unsafe(`
      drop function api.bench_constant(), api.bench_page();
      drop table private.bench_page;
      notify pgrst, 'reload schema';`);
  }
}

async function untilAnswered(send: Send, target: Target): Promise<void> {
  for (const ends = Date.now() + 20_000; ; await new Promise((wake) => setTimeout(wake, 200))) {
    try {
      await send(target);
      return;
    } catch (error) {
      if (Date.now() > ends) throw error;
    }
  }
}

async function timeOf(send: Send, target: Target): Promise<number> {
  const began = performance.now();
  await send(target);
  return performance.now() - began;
}

async function alone(
  send: Send,
  [own, floor, goal]: (typeof pairs)[number],
  { rounds, samples }: Samples,
) {
  const ratios: number[] = [];
  const times: number[] = [];
  for (let at = -2; at < rounds * samples; at += 1) {
    const floorMs = await timeOf(send, floor);
    const ownMs = await timeOf(send, own);
    if (at < 0) continue;
    ratios.push(ownMs / floorMs);
    times.push(ownMs);
  }
  const name = `${own.name} / ${floor.name}, alone`;
  return figureOf(
    { part, name, unit: "×", ...(goal === undefined ? {} : { goal }) },
    ratios,
    times,
  );
}

async function perRequest(send: Send, target: Target, seconds: number): Promise<number> {
  const began = performance.now();
  const ends = began + seconds * 1000;
  const counts = await Promise.all(
    Array.from({ length: atOnce }, async () => {
      let count = 0;
      for (; performance.now() < ends; count += 1) await send(target);
      return count;
    }),
  );
  return (performance.now() - began) / counts.reduce((sum, count) => sum + count, 0);
}

async function crowded(
  send: Send,
  [own, floor, goal]: (typeof pairs)[number],
  { rounds, samples }: Samples,
) {
  const seconds = samples / 15;
  const ratios: number[] = [];
  const times: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const floorMs = await perRequest(send, floor, seconds);
    const ownMs = await perRequest(send, own, seconds);
    ratios.push(ownMs / floorMs);
    times.push(ownMs);
  }
  const name = `${own.name} / ${floor.name}, ${atOnce} at once`;
  return figureOf(
    { part, name, unit: "×", ...(goal === undefined ? {} : { goal }) },
    ratios,
    times,
  );
}

export async function measureHttp(sql: postgres.Sql, run: Samples): Promise<Figure[]> {
  const secret = process.env.JWT_SECRET;
  if (secret === undefined) return [];
  const send = sender(tokenOf(creator, secret));
  // The bench asks more often than a user may.
  await sql`update private.limit_settings set factor = 1000`;
  const page = await send(postgrest);
  return withFloors(sql, page, async () => {
    await untilAnswered(send, stored);
    const figures: Figure[] = [];
    for (const pair of pairs) figures.push(await alone(send, pair, run));
    for (const pair of pairs) figures.push(await crowded(send, pair, run));
    return figures;
  });
}
