import { randomUUID } from "node:crypto";
import postgres from "postgres";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  apiUrl,
  dbUrl,
  type Person,
  publishableKey,
  secretKey,
  somebody,
} from "../contract/target.ts";
import { until } from "../support/http.ts";
import { type Ear, join, RawSocket, send } from "./support.ts";

let ada: Person;
let bob: Person;

beforeAll(async () => {
  [ada, bob] = await Promise.all([somebody(), somebody()]);
});
afterAll(async () => {
  await Promise.all([ada, bob].map(({ client }) => client.removeAllChannels()));
});

describe("messages of the database", () => {
  let own: Ear;
  let topic: string;

  beforeAll(async () => {
    topic = `own:${ada.user.id}`;
    own = await join(ada, topic);
  });

  test("reach who may listen, with the id of their row", async () => {
    expect(own.status).toBe("SUBSCRIBED");
    await send(topic, "hello", { x: 1 });
    await until("it is heard", () => own.heard.length === 1);
    const [{ event, payload, meta }] = own.heard as [Ear["heard"][number]];
    expect({ event, x: payload.x }).toEqual({ event: "hello", x: 1 });
    expect(payload.id).toBe(meta?.id);
  });

  test("come in the order of commits, once, and never from what was rolled back", async () => {
    own.heard.length = 0;
    const sql = postgres(dbUrl, { max: 2, onnotice: () => undefined });
    const say = (tx: postgres.Sql | postgres.TransactionSql, n: number) =>
      tx`select realtime.send(jsonb_build_object('n', ${n}::integer), 'count', ${topic}, true)`;
    await sql
      .begin(async (tx) => {
        await say(tx, -1);
        throw new Error("taken back");
      })
      .catch(() => undefined);
    let commitLate = () => {};
    const late = sql.begin(async (tx) => {
      await say(tx, 3);
      await new Promise<void>((resolve) => {
        commitLate = resolve;
      });
    });
    await say(sql, 1);
    await say(sql, 2);
    commitLate();
    await late;
    await sql.end();
    await until("all are heard", () => own.heard.length >= 3);
    expect(own.heard.map(({ payload }) => payload.n)).toEqual([1, 2, 3]);
  });

  test("for a public topic of the same name are not heard on the private one", async () => {
    own.heard.length = 0;
    await send(topic, "public", {}, false);
    await send(topic, "private", {});
    await until("one is heard", () => own.heard.length > 0);
    expect(own.heard.map(({ event }) => event)).toEqual(["private"]);
  });

  test("of a while ago are told again to who asks, the newest, oldest first", async () => {
    const since = Date.now() - 5_000;
    const about = `shared:${randomUUID()}`;
    for (let n = 1; n <= 4; n += 1) await send(about, "count", { n });
    await send(about, "public", {}, false);
    const late = await join(bob, about, { broadcast: { replay: { since, limit: 3 } } });
    await until("they are heard", () => late.heard.length >= 3);
    expect(late.heard.map(({ payload }) => payload.n)).toEqual([2, 3, 4]);
    expect(late.heard.every(({ meta }) => meta?.replayed === true)).toBe(true);
  });

  test("with bytes arrive as bytes", async () => {
    const about = `shared:${randomUUID()}`;
    const ear = await join(bob, about);
    const sql = postgres(dbUrl, { max: 1, onnotice: () => undefined });
    await sql`select realtime.send_binary(${Buffer.from([0, 1, 255])}, 'bytes', ${about}, true)`;
    await sql.end();
    await until("they are heard", () => ear.heard.length === 1);
    expect([...new Uint8Array(ear.heard[0]?.payload as unknown as ArrayBuffer)]).toEqual([
      0, 1, 255,
    ]);
  });
});

describe("what clients say", () => {
  test("reaches the others, and oneself only on request; acknowledged on request", async () => {
    const topic = `shared:${randomUUID()}`;
    const a = await join(ada, topic, { broadcast: { ack: true } });
    const b = await join(bob, topic, { broadcast: { self: true } });
    expect(await a.channel.send({ type: "broadcast", event: "a", payload: { n: 1 } })).toBe("ok");
    await b.channel.send({ type: "broadcast", event: "b", payload: { n: 2 } });
    await until("all is heard", () => b.heard.length === 2 && a.heard.length === 1);
    expect(b.heard.map(({ event }) => event)).toEqual(["a", "b"]);
    expect(a.heard.map(({ event }) => event)).toEqual(["b"]);
  });

  test("is dropped without a word where they may only listen", async () => {
    const topic = `read:${randomUUID()}`;
    const a = await join(ada, topic);
    const b = await join(bob, topic);
    await a.channel.send({ type: "broadcast", event: "forbidden", payload: {} });
    await send(topic, "allowed", {});
    await until("the database is heard", () => b.heard.length > 0);
    expect(b.heard.map(({ event }) => event)).toEqual(["allowed"]);
  });

  test("is understood whichever version of the protocol they speak", async () => {
    const old = await RawSocket.open("1.0.0");
    const now = await RawSocket.open();
    const topic = randomUUID();
    old.say({
      topic: `realtime:${topic}`,
      event: "phx_join",
      payload: {},
      ref: "1",
      join_ref: "1",
    });
    await until("the old one has joined", () => old.frames.length > 0);
    await now.join(topic);
    old.say({
      topic: `realtime:${topic}`,
      event: "broadcast",
      payload: { type: "broadcast", event: "hi", payload: { n: 1 } },
      ref: "2",
      join_ref: "1",
    });
    await until("it is heard", () => now.binary.length === 1);
    const [frame] = now.binary as [Buffer];
    expect(frame[0]).toBe(4);
    expect(frame.toString()).toContain('{"n":1}');
    now.say(["1", "3", `realtime:${topic}`, "broadcast", { event: "back", payload: { n: 2 } }]);
    await until("the old one hears it", () => old.frames.length > 1);
    expect(old.frames.at(-1)).toMatchObject({
      event: "broadcast",
      payload: { type: "broadcast", event: "back", payload: { n: 2 } },
    });
    old.close();
    now.close();
  });

  test("too large is refused with an acknowledgement, and too much ends the channel", async () => {
    const raw = await RawSocket.open();
    const topic = randomUUID();
    await raw.join(topic, { config: { broadcast: { ack: true } } });
    const payload = { event: "big", payload: { text: "x".repeat(3_100_000) } };
    raw.say(["1", "2", `realtime:${topic}`, "broadcast", payload]);
    const [, , , , reply] = await raw.frame(([, ref]) => ref === "2");
    expect(reply.status).toBe("error");
    for (let n = 0; n < 1100; n += 1) {
      raw.say(["1", null, `realtime:${topic}`, "broadcast", { event: "n", payload: {} }]);
    }
    const [, , , , system] = await raw.frame(([, , , event]) => event === "system");
    expect(system).toMatchObject({ status: "error", message: "Too many messages per second" });
    await raw.frame(([, , , event]) => event === "phx_close");
    raw.close();
  });
});

describe("broadcasting over HTTP", () => {
  const post = (path: string, body: string, headers: Record<string, string> = {}) =>
    fetch(`${apiUrl}/realtime/v1/api/broadcast${path}`, {
      method: "POST",
      headers: { apikey: publishableKey, "content-type": "application/json", ...headers },
      body,
    });
  const batch = (topic: string, isPrivate: boolean) =>
    JSON.stringify({ messages: [{ topic, event: "http", payload: { n: 1 }, private: isPrivate }] });

  test("is 202, and heard where the caller may speak", async () => {
    const topic = `shared:${randomUUID()}`;
    const ear = await join(ada, topic);
    const refused = await post("", batch(topic, true));
    expect([refused.status, await refused.text()]).toEqual([202, ""]);
    const token = { authorization: `Bearer ${bob.session.access_token}` };
    expect((await post("", batch(topic, true), token)).status).toBe(202);
    await until("it is heard", () => ear.heard.length === 1);
    const service = { apikey: secretKey };
    expect((await post(`/${topic}/events/one?private=true`, "{}", service)).status).toBe(202);
    await until("it is heard too", () => ear.heard.length === 2);
    expect(ear.heard.map(({ event }) => event)).toEqual(["http", "one"]);
  });

  test("says what is wrong", async () => {
    const topic = `read:${randomUUID()}`;
    expect((await post("", "{}")).status).toBe(422);
    expect((await post(`/${topic}/events/x`, "no json")).status).toBe(422);
    expect((await post(`/${topic}/events/x`, "x", { "content-type": "text/plain" })).status).toBe(
      415,
    );
    expect((await post(`/${topic}/events/x?private=true`, "{}")).status).toBe(403);
    const nobody = { apikey: "x", authorization: "Bearer x" };
    expect((await post("", batch(topic, false), nobody)).status).toBe(401);
  });
});
