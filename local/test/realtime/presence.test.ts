import { randomUUID } from "node:crypto";
import type { RealtimeChannel } from "@supabase/supabase-js";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Person, somebody } from "../contract/target.ts";
import { until } from "../support/http.ts";
import { join, RawSocket } from "./support.ts";

let ada: Person;
let bob: Person;

beforeAll(async () => {
  [ada, bob] = await Promise.all([somebody(), somebody()]);
});
afterAll(async () => {
  await Promise.all([ada, bob].map(({ client }) => client.removeAllChannels()));
});

const watching = (channel: RealtimeChannel) =>
  channel.on("presence", { event: "sync" }, () => undefined);
const present = (topic: string, person: Person, key: string) =>
  join(person, topic, { presence: { key } }, watching);
const keys = (channel: RealtimeChannel) => Object.keys(channel.presenceState()).sort();

test("people see each other come, change and go", async () => {
  const topic = `shared:${randomUUID()}`;
  const a = await present(topic, ada, "ada");
  await a.channel.track({ mood: "well" });
  const b = await present(topic, bob, "bob");
  await until("who comes later sees who is there", () => keys(b.channel).includes("ada"));
  await b.channel.track({ mood: "new" });
  await until("both see both", () => keys(a.channel).length === 2 && keys(b.channel).length === 2);

  await b.channel.track({ mood: "busy" });
  await until("a change is seen", () => {
    const [bobs] = a.channel.presenceState<{ mood: string }>().bob ?? [];
    return bobs?.mood === "busy";
  });
  await b.channel.untrack();
  await until("he is away", () => keys(a.channel).join() === "ada");
});

test("a connection that ends takes its people along", async () => {
  const topic = `shared:${randomUUID()}`;
  const a = await present(topic, ada, "ada");
  const raw = await RawSocket.open("2.0.0", bob.session.access_token);
  const config = { private: true, presence: { key: "bob", enabled: true } };
  await raw.join(topic, { config });
  const track = { type: "presence", event: "track", payload: { n: 1 } };
  raw.say(["1", "2", `realtime:${topic}`, "presence", track]);
  await until("he is seen", () => keys(a.channel).length === 1);
  raw.close();
  await until("he is gone", () => keys(a.channel).length === 0);
});

test("nobody who may only listen is seen, and five changes in half a minute are enough", async () => {
  const raw = await RawSocket.open("2.0.0", ada.session.access_token);
  const config = { private: true, presence: { key: "a", enabled: true } };
  const track = (ref: string, topic: string, n: number) =>
    raw.say([
      "1",
      ref,
      `realtime:${topic}`,
      "presence",
      { type: "presence", event: "track", payload: { n } },
    ]);
  const reading = `read:${randomUUID()}`;
  await raw.join(reading, { config });
  track("2", reading, 1);
  expect((await raw.frame(([, ref]) => ref === "2"))[4]).toMatchObject({ status: "error" });
  raw.close();

  const other = await RawSocket.open("2.0.0", ada.session.access_token);
  const shared = `shared:${randomUUID()}`;
  await other.join(shared, { config });
  for (let n = 0; n < 6; n += 1) {
    const payload = { type: "presence", event: "track", payload: { n } };
    other.say(["1", `t${n}`, `realtime:${shared}`, "presence", payload]);
  }
  const [, , , , system] = await other.frame(([, , , event]) => event === "system");
  expect(system.message).toBe("Client presence rate limit exceeded");
  other.close();
});
