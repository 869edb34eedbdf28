import { randomUUID } from "node:crypto";
import postgres from "postgres";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  apiUrl,
  dbUrl,
  newUser,
  type Person,
  publishableKey,
  secretKey,
} from "../contract/target.ts";
import { until } from "../support/http.ts";
import { type JoinedChannel, join, RawSocket, sendFromDatabase } from "./support.ts";

let ada: Person;
let bob: Person;

beforeAll(async () => {
  [ada, bob] = await Promise.all([newUser(), newUser()]);
});
afterAll(async () => {
  await Promise.all([ada, bob].map(({ client }) => client.removeAllChannels()));
});

describe("messages from the database", () => {
  let own: JoinedChannel;
  let topic: string;

  beforeAll(async () => {
    topic = `own:${ada.user.id}`;
    own = await join(ada, topic);
  });

  test("reach channels with the right to read, with the id of the row", async () => {
    expect(own.status).toBe("SUBSCRIBED");
    await sendFromDatabase(topic, "hello", { x: 1 });
    await until("the message has arrived", () => own.received.length === 1);
    const [{ event, payload, meta }] = own.received as [JoinedChannel["received"][number]];
    expect({ event, x: payload.x }).toEqual({ event: "hello", x: 1 });
    expect(payload.id).toBe(meta?.id);
  });

  test("arrive once, in commit order, and not after a rollback", async () => {
    own.received.length = 0;
    const sql = postgres(dbUrl, { max: 2, onnotice: () => undefined });
    const sendNumber = (tx: postgres.Sql | postgres.TransactionSql, n: number) =>
      tx`select realtime.send(jsonb_build_object('n', ${n}::integer), 'count', ${topic}, true)`;
    await sql
      .begin(async (tx) => {
        await sendNumber(tx, -1);
        throw new Error("rolled back");
      })
      .catch(() => undefined);
    let commitLate = () => {};
    const late = sql.begin(async (tx) => {
      await sendNumber(tx, 3);
      await new Promise<void>((resolve) => {
        commitLate = resolve;
      });
    });
    await sendNumber(sql, 1);
    await sendNumber(sql, 2);
    commitLate();
    await late;
    await sql.end();
    await until("all messages have arrived", () => own.received.length >= 3);
    expect(own.received.map(({ payload }) => payload.n)).toEqual([1, 2, 3]);
  });

  test("to a public topic do not reach the private topic with the same name", async () => {
    own.received.length = 0;
    await sendFromDatabase(topic, "public", {}, false);
    await sendFromDatabase(topic, "private", {});
    await until("a message has arrived", () => own.received.length > 0);
    expect(own.received.map(({ event }) => event)).toEqual(["private"]);
  });

  test("are replayed on request: the newest ones, oldest first", async () => {
    const since = Date.now() - 5_000;
    const shared = `shared:${randomUUID()}`;
    for (let n = 1; n <= 4; n += 1) await sendFromDatabase(shared, "count", { n });
    await sendFromDatabase(shared, "public", {}, false);
    const late = await join(bob, shared, { broadcast: { replay: { since, limit: 3 } } });
    await until("the messages have arrived", () => late.received.length >= 3);
    expect(late.received.map(({ payload }) => payload.n)).toEqual([2, 3, 4]);
    expect(late.received.every(({ meta }) => meta?.replayed === true)).toBe(true);
  });

  test("can contain binary data", async () => {
    const shared = `shared:${randomUUID()}`;
    const joined = await join(bob, shared);
    const sql = postgres(dbUrl, { max: 1, onnotice: () => undefined });
    await sql`select realtime.send_binary(${Buffer.from([0, 1, 255])}, 'bytes', ${shared}, true)`;
    await sql.end();
    await until("the messages have arrived", () => joined.received.length === 1);
    expect([...new Uint8Array(joined.received[0]?.payload as unknown as ArrayBuffer)]).toEqual([
      0, 1, 255,
    ]);
  });
});

describe("broadcasts of clients", () => {
  test("reach the other clients, and the sender only with self; are acknowledged with ack", async () => {
    const topic = `shared:${randomUUID()}`;
    const a = await join(ada, topic, { broadcast: { ack: true } });
    const b = await join(bob, topic, { broadcast: { self: true } });
    expect(await a.channel.send({ type: "broadcast", event: "a", payload: { n: 1 } })).toBe("ok");
    await b.channel.send({ type: "broadcast", event: "b", payload: { n: 2 } });
    await until(
      "all messages have arrived",
      () => b.received.length === 2 && a.received.length === 1,
    );
    expect(b.received.map(({ event }) => event)).toEqual(["a", "b"]);
    expect(a.received.map(({ event }) => event)).toEqual(["b"]);
  });

  test("are dropped without the right to write", async () => {
    const topic = `read:${randomUUID()}`;
    const a = await join(ada, topic);
    const b = await join(bob, topic);
    await a.channel.send({ type: "broadcast", event: "forbidden", payload: {} });
    await sendFromDatabase(topic, "allowed", {});
    await until("the database message arrives", () => b.received.length > 0);
    expect(b.received.map(({ event }) => event)).toEqual(["allowed"]);
  });

  test("reach clients of both protocol versions", async () => {
    const old = await RawSocket.open("1.0.0");
    const now = await RawSocket.open();
    const topic = randomUUID();
    old.send({
      topic: `realtime:${topic}`,
      event: "phx_join",
      payload: {},
      ref: "1",
      join_ref: "1",
    });
    await until("the client of the old version has joined", () => old.frames.length > 0);
    await now.join(topic);
    old.send({
      topic: `realtime:${topic}`,
      event: "broadcast",
      payload: { type: "broadcast", event: "hi", payload: { n: 1 } },
      ref: "2",
      join_ref: "1",
    });
    await until("the message has arrived", () => now.binary.length === 1);
    const [frame] = now.binary as [Buffer];
    expect(frame[0]).toBe(4);
    expect(frame.toString()).toContain('{"n":1}');
    now.send(["1", "3", `realtime:${topic}`, "broadcast", { event: "back", payload: { n: 2 } }]);
    await until("the client of the old version receives it", () => old.frames.length > 1);
    expect(old.frames.at(-1)).toMatchObject({
      event: "broadcast",
      payload: { type: "broadcast", event: "back", payload: { n: 2 } },
    });
    old.close();
    now.close();
  });

  test("are rejected when too large, and end the channel when too frequent", async () => {
    const raw = await RawSocket.open();
    const topic = randomUUID();
    await raw.join(topic, { config: { broadcast: { ack: true } } });
    const payload = { event: "big", payload: { text: "x".repeat(3_100_000) } };
    raw.send(["1", "2", `realtime:${topic}`, "broadcast", payload]);
    const [, , , , reply] = await raw.frame(([, ref]) => ref === "2");
    expect(reply.status).toBe("error");
    for (let n = 0; n < 1100; n += 1) {
      raw.send(["1", null, `realtime:${topic}`, "broadcast", { event: "n", payload: {} }]);
    }
    const [, , , , system] = await raw.frame(([, , , event]) => event === "system");
    expect(system).toMatchObject({ status: "error", message: "Too many messages per second" });
    await raw.frame(([, , , event]) => event === "phx_close");
    raw.close();
  });
});

describe("broadcasts over HTTP", () => {
  const post = (path: string, body: string, headers: Record<string, string> = {}) =>
    fetch(`${apiUrl}/realtime/v1/api/broadcast${path}`, {
      method: "POST",
      headers: { apikey: publishableKey, "content-type": "application/json", ...headers },
      body,
    });
  const batch = (topic: string, isPrivate: boolean) =>
    JSON.stringify({ messages: [{ topic, event: "http", payload: { n: 1 }, private: isPrivate }] });

  test("get 202 and are delivered if the caller has the right to write", async () => {
    const topic = `shared:${randomUUID()}`;
    const joined = await join(ada, topic);
    const refused = await post("", batch(topic, true));
    expect([refused.status, await refused.text()]).toEqual([202, ""]);
    const token = { authorization: `Bearer ${bob.session.access_token}` };
    expect((await post("", batch(topic, true), token)).status).toBe(202);
    await until("the message has arrived", () => joined.received.length === 1);
    const service = { apikey: secretKey };
    expect((await post(`/${topic}/events/one?private=true`, "{}", service)).status).toBe(202);
    await until("the second message has arrived", () => joined.received.length === 2);
    expect(joined.received.map(({ event }) => event)).toEqual(["http", "one"]);
  });

  test("are rejected with the reason when invalid", async () => {
    const topic = `read:${randomUUID()}`;
    expect((await post("", "{}")).status).toBe(422);
    expect((await post(`/${topic}/events/x`, "no json")).status).toBe(422);
    expect((await post(`/${topic}/events/x`, "x", { "content-type": "text/plain" })).status).toBe(
      415,
    );
    expect((await post(`/${topic}/events/x?private=true`, "{}")).status).toBe(403);
    const invalid = { apikey: "x", authorization: "Bearer x" };
    expect((await post("", batch(topic, false), invalid)).status).toBe(401);
  });
});
