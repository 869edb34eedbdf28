import { randomUUID } from "node:crypto";
import { SignJWT } from "jose";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { loadKeys } from "../../src/keys.ts";
import {
  apiUrl,
  dataDir,
  isEmbedded,
  type Person,
  publishableKey,
  query,
  secretKey,
  somebody,
} from "../contract/target.ts";
import { until } from "../support/http.ts";
import { join, RawSocket, send } from "./support.ts";

let ada: Person;
let bob: Person;

beforeAll(async () => {
  [ada, bob] = await Promise.all([somebody(), somebody()]);
});
afterAll(async () => {
  await Promise.all([ada, bob].map(({ client }) => client.removeAllChannels()));
});

/** A token of somebody that lasts as long as the test says. */
async function tokenOf({ user }: Person, seconds: number): Promise<string> {
  const { jwtSecret } = await loadKeys(dataDir);
  return new SignJWT({ role: "authenticated", sub: user.id })
    .setProtectedHeader({ alg: "HS256" })
    .setExpirationTime(Math.floor(Date.now() / 1000) + seconds)
    .sign(new TextEncoder().encode(jwtSecret));
}

describe("joining a private channel", () => {
  test("is for who may listen there", async () => {
    const topic = `own:${ada.user.id}`;
    expect((await join(ada, topic)).status).toBe("SUBSCRIBED");
    expect((await join(bob, topic)).status).toContain(
      `Unauthorized: You do not have permissions to read from this Channel topic: ${topic}`,
    );
    const raw = await RawSocket.open();
    const { status } = await raw.join(topic, { config: { private: true } });
    expect(status, "without a token").toBe("error");
    raw.close();
  });

  test("counts the token of the join, else the connection's", async () => {
    const topic = `own:${ada.user.id}`;
    const raw = await RawSocket.open("2.0.0", ada.session.access_token);
    const config = { private: true };
    expect((await raw.join(topic, { config })).status).toBe("ok");
    expect((await raw.join(topic, { config, access_token: publishableKey }, "2")).status).toBe(
      "ok",
    );
    const foreign = { config, access_token: bob.session.access_token };
    expect((await raw.join(topic, foreign, "3")).status).toBe("error");
    const broken = await raw.join(topic, { config, access_token: "not.a.token" }, "4");
    expect(broken.response.reason).toMatch(/^MalformedJWT: /);
    raw.close();
  });

  test("asks the policies anew with another token, and ends what it lost", async () => {
    const topic = `own:${ada.user.id}`;
    const raw = await RawSocket.open();
    await raw.join(topic, { config: { private: true }, access_token: ada.session.access_token });
    const renew = (token: string) =>
      raw.say(["1", null, `realtime:${topic}`, "access_token", { access_token: token }]);
    renew(publishableKey);
    renew(ada.session.access_token);
    await send(topic, "still", {});
    await until("it still hears", () => raw.binary.length === 1);
    renew(bob.session.access_token);
    const [, , , , system] = await raw.frame(([, , , event]) => event === "system");
    expect(system.message).toBe(
      `You no longer have permission to read from this Channel topic: ${topic}`,
    );
    await raw.frame(([, , , event]) => event === "phx_close");
    await send(topic, "gone", {});
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(raw.binary.length).toBe(1);
    raw.close();
  });

  test.runIf(isEmbedded)("lasts as long as its token", async () => {
    const topic = `own:${ada.user.id}`;
    const raw = await RawSocket.open();
    const config = { private: true };
    const expired = await raw.join(topic, { config, access_token: await tokenOf(ada, -5) });
    expect(expired.response.reason).toMatch(/^InvalidJWTToken: Token has expired \d+ seconds ago$/);
    const short = await raw.join(topic, { config, access_token: await tokenOf(ada, 2) }, "2");
    expect(short.status).toBe("ok");
    const [, , , , system] = await raw.frame(([, , , event]) => event === "system");
    expect(system.message).toMatch(/^Token has expired \d+ seconds ago$/);
    await raw.frame(([, ref, , event]) => event === "phx_close" && ref === "2");
    raw.close();
  });
});

describe("the protocol", () => {
  test("a socket needs a key", async () => {
    await expect(RawSocket.open("2.0.0", "")).rejects.toThrow("401");
    await expect(RawSocket.open("2.0.0", "nonsense")).rejects.toThrow("401");
    (await RawSocket.open("2.0.0", secretKey)).close();
  });

  test("beats, leaves, joins again, and ignores what is none of it", async () => {
    const raw = await RawSocket.open();
    const topic = randomUUID();
    raw.say("this is no frame");
    raw.say(["1", "1", "realtime:x"]);
    raw.say([null, "9", "phoenix", "heartbeat", {}]);
    expect((await raw.frame(([, ref]) => ref === "9"))[4]).toEqual({ status: "ok", response: {} });

    expect(await raw.join(topic)).toEqual({ status: "ok", response: { postgres_changes: [] } });
    // Joining once more ends the channel that was there.
    await raw.join(topic, {}, "2");
    await raw.frame(([joinRef, , , event]) => event === "phx_close" && joinRef === "1");
    // A message of the channel that has ended is nobody's.
    raw.say(["1", "3", `realtime:${topic}`, "phx_leave", {}]);
    raw.say(["2", "4", `realtime:${topic}`, "phx_leave", {}]);
    await raw.frame(([, ref]) => ref === "4");
    expect(raw.frames.some(([, ref]) => ref === "3")).toBe(false);
    raw.say([null, "5", `realtime:${topic}`, "broadcast", { event: "x", payload: {} }]);
    expect((await raw.frame(([, ref]) => ref === "5"))[4]).toEqual({
      status: "error",
      response: { reason: "unmatched topic" },
    });
    raw.close();
  });

  test("names what cannot be joined", async () => {
    const raw = await RawSocket.open();
    raw.say(["1", "1", "realtime:", "phx_join", {}]);
    expect((await raw.frame(([, ref]) => ref === "1"))[4]).toMatchObject({
      response: { reason: "TopicNameRequired: You must provide a topic name" },
    });
    raw.say(["2", "2", "elsewhere", "phx_join", {}]);
    expect((await raw.frame(([, ref]) => ref === "2"))[4]).toMatchObject({ status: "error" });
    raw.close();
  });

  test("allows a hundred channels a socket", async () => {
    const raw = await RawSocket.open();
    const joins = Array.from({ length: 100 }, (_, index) => `many:${index}`);
    for (const [index, topic] of joins.entries()) {
      if (index === 60) await new Promise((resolve) => setTimeout(resolve, 1100));
      raw.say([`${index}`, `j${index}`, `realtime:${topic}`, "phx_join", {}]);
    }
    await until(
      "all are in",
      () => raw.frames.filter(([, ref]) => ref?.startsWith("j")).length === 100,
    );
    await new Promise((resolve) => setTimeout(resolve, 1100));
    const { response } = await raw.join("one-more", {}, "x");
    expect(response.reason).toBe("ChannelRateLimitReached: Too many channels");
    raw.close();
  });

  test("what it does not have is 501", async () => {
    const answer = await fetch(`${apiUrl}/realtime/v1/api/tenants`, {
      headers: { apikey: secretKey },
    });
    expect(answer.status).toBe(501);
  });
});

test("probing leaves nothing behind", async () => {
  const [before] = await query("select count(*)::integer as n from realtime.messages");
  const topic = `shared:${randomUUID()}`;
  const ear = await join(ada, topic, { broadcast: { ack: true } });
  await ear.channel.send({ type: "broadcast", event: "x", payload: {} });
  const [after] = await query("select count(*)::integer as n from realtime.messages");
  expect(after).toEqual(before);
});
