import { join } from "node:path";
import postgres, { type Sql } from "postgres";
import { afterAll, beforeAll, expect, test } from "vitest";
import { freePort } from "../../scripts/free-port.ts";
import type { ScratchStack } from "../../scripts/scratch-stack.ts";
import { type Person, personOn } from "./people.ts";
import { breakableStack } from "./stack.ts";
import { Standby } from "./standby.ts";

let stack: ScratchStack;
let standby: Standby;
let replica: Sql;
let creator: Person;

beforeAll(async () => {
  const port = await freePort();
  const url = `postgresql://postgres@127.0.0.1:${port}/postgres`;
  stack = await breakableStack({ secrets: { READ_DATABASE_URL: url } });
  const owner = postgres(stack.about.DB_URL, { max: 1 });
  await owner`update private.limit_settings set factor = 100`;
  await owner.end();
  // Before the replica exists, reads are served by the primary.
  creator = await personOn(stack, "creator");
  expect((await rest("GET", "/users/me")).status).toBe(200);

  standby = new Standby(port, join(stack.folder, "standby"));
  await standby.start(stack.about.DB_URL, join(stack.folder, "data", "postgres"));
  replica = standby.connect();
}, 120_000);
afterAll(async () => {
  await replica?.end();
  await standby?.stop();
  await stack?.stop();
});

const rest = (method: string, path: string, body?: object) =>
  fetch(`${stack.about.FUNCTIONS_URL}/api${path}`, {
    method,
    headers: {
      authorization: `Bearer ${creator.token}`,
      apikey: stack.about.PUBLISHABLE_KEY,
      "content-type": "application/json",
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });

/** How often a function was called as a statement of a client. */
async function calls(sql: Sql, name: string): Promise<number> {
  const [row] = await sql<{ calls: number }[]>`
    select coalesce(sum(calls), 0)::integer as calls from extensions.pg_stat_statements
    where query like ${`%api."${name}"(%`}`;
  return row?.calls ?? 0;
}

/** Reads until the replica serves, which it does again some seconds after a failure. */
const untilReplicaServes = () =>
  expect
    .poll(
      async () => {
        const before = await calls(replica, "get_me");
        await rest("GET", "/users/me");
        return (await calls(replica, "get_me")) - before;
      },
      { timeout: 30_000, interval: 500 },
    )
    .toBe(1);

test("reads go to the replica, and show what was written just before by any door", async () => {
  await untilReplicaServes();
  const before = await calls(replica, "get_project");
  let served = 0;
  // On a busy machine the replica may lag and be left alone for seconds. Every read has to be right.
  for (let round = 1; served < 10 && round < 500; round++) {
    const film = { name: `Film ${round}`, description: "Sixty seconds", dueDate: "2999-01-31" };
    const created = await rest("POST", "/projects", film);
    expect(created.status).toBe(201);
    const { id } = (await created.json()) as { id: string };
    // By another door: nothing but the position of the log knows of this write.
    await creator.onswift.projects.update(id, { name: `Cut ${round}` }).orThrow();
    const read = await rest("GET", `/projects/${id}`);
    expect(await read.json()).toMatchObject({ id, name: `Cut ${round}` });
    served = (await calls(replica, "get_project")) - before;
  }
  expect(served).toBe(10);
  expect(await calls(replica, "create_project")).toBe(0);
});

test("a refusal by the replica reaches the caller", async () => {
  await untilReplicaServes();
  const missing = await rest("GET", "/projects/00000000-0000-4000-8000-000000000000");
  expect(missing.status).toBe(404);
  expect(await missing.json()).toMatchObject({ error: { code: "NOT_FOUND" } });
});

test("a replica that lags shows nobody old rows", async () => {
  await untilReplicaServes();
  await replica`select pg_wal_replay_pause()`;
  try {
    await creator.onswift.users.update({ name: "Newer than the replica" }).orThrow();
    const read = await rest("GET", "/users/me");
    expect(await read.json()).toMatchObject({ name: "Newer than the replica" });
  } finally {
    await replica`select pg_wal_replay_resume()`;
  }
  await untilReplicaServes();
});

test("a replica that hangs or is gone makes reads slower for a moment, and none fails", async () => {
  await untilReplicaServes();
  standby.freeze();
  const reads = await Promise.all(Array.from({ length: 10 }, () => rest("GET", "/users/me")));
  for (const read of reads)
    expect([read.status, await read.json()]).toMatchObject([200, { id: creator.id }]);
  standby.thaw();
  await untilReplicaServes();

  await replica.end();
  await standby.stop();
  for (let round = 0; round < 5; round++) {
    const read = await rest("GET", "/users/me");
    expect([read.status, await read.json()]).toMatchObject([200, { id: creator.id }]);
  }
});
