import { randomUUID } from "node:crypto";
import type { RealtimeChannel } from "@supabase/supabase-js";
import { afterAll, beforeAll, expect, test } from "vitest";
import { newUser, type Person } from "../contract/target.ts";
import { until } from "../support/http.ts";
import { join, RawSocket } from "./support.ts";

let ada: Person;
let bob: Person;

beforeAll(async () => {
  [ada, bob] = await Promise.all([newUser(), newUser()]);
});
afterAll(async () => {
  await Promise.all([ada, bob].map(({ client }) => client.removeAllChannels()));
});

const watching = (channel: RealtimeChannel) =>
  channel.on("presence", { event: "sync" }, () => undefined);
const present = (topic: string, person: Person, key: string) =>
  join(person, topic, { presence: { key } }, watching);
const keys = (channel: RealtimeChannel) => Object.keys(channel.presenceState()).sort();

test("users see each other join, change and leave", async () => {
  const topic = `shared:${randomUUID()}`;
  const a = await present(topic, ada, "ada");
  await a.channel.track({ mood: "well" });
  const b = await present(topic, bob, "bob");
  await until("a later client sees the earlier one", () => keys(b.channel).includes("ada"));
  await b.channel.track({ mood: "new" });
  await until(
    "both clients see both",
    () => keys(a.channel).length === 2 && keys(b.channel).length === 2,
  );

  await b.channel.track({ mood: "busy" });
  await until("the change arrives", () => {
    const [bobs] = a.channel.presenceState<{ mood: string }>().bob ?? [];
    return bobs?.mood === "busy";
  });
  await b.channel.untrack();
  await until("the user is gone", () => keys(a.channel).join() === "ada");
});

test("a closed connection removes its presence", async () => {
  const topic = `shared:${randomUUID()}`;
  const a = await present(topic, ada, "ada");
  const raw = await RawSocket.open("2.0.0", bob.session.access_token);
  const config = { private: true, presence: { key: "bob", enabled: true } };
  await raw.join(topic, { config });
  const track = { type: "presence", event: "track", payload: { n: 1 } };
  raw.send(["1", "2", `realtime:${topic}`, "presence", track]);
  await until("the user is present", () => keys(a.channel).length === 1);
  raw.close();
  await until("the user is gone", () => keys(a.channel).length === 0);
});

test("presence needs the right to write and is limited to five calls in 30 seconds", async () => {
  const raw = await RawSocket.open("2.0.0", ada.session.access_token);
  const config = { private: true, presence: { key: "a", enabled: true } };
  const track = (ref: string, topic: string, n: number) =>
    raw.send([
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
    other.send(["1", `t${n}`, `realtime:${shared}`, "presence", payload]);
  }
  const [, , , , system] = await other.frame(([, , , event]) => event === "system");
  expect(system.message).toBe("Client presence rate limit exceeded");
  other.close();
});
