import { randomUUID } from "node:crypto";
import { SignJWT } from "jose";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { loadKeys } from "../../src/keys.ts";
import {
  apiUrl,
  dataDir,
  isEmbedded,
  newUser,
  type Person,
  publishableKey,
  query,
  secretKey,
} from "../contract/target.ts";
import { until } from "../support/http.ts";
import { join, RawSocket, sendFromDatabase } from "./support.ts";

let ada: Person;
let bob: Person;

beforeAll(async () => {
  [ada, bob] = await Promise.all([newUser(), newUser()]);
});
afterAll(async () => {
  await Promise.all([ada, bob].map(({ client }) => client.removeAllChannels()));
});

/** Creates a token of a user that expires after the given seconds. */
async function tokenOf({ user }: Person, seconds: number): Promise<string> {
  const { jwtSecret } = await loadKeys(dataDir);
  return new SignJWT({ role: "authenticated", sub: user.id })
    .setProtectedHeader({ alg: "HS256" })
    .setExpirationTime(Math.floor(Date.now() / 1000) + seconds)
    .sign(new TextEncoder().encode(jwtSecret));
}

describe("joining a private channel", () => {
  test("is allowed only with the right to read", async () => {
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

  test("uses the token of the join, otherwise that of the connection", async () => {
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

  test("checks the policies again for a new token, and closes the channel without the right to read", async () => {
    const topic = `own:${ada.user.id}`;
    const raw = await RawSocket.open();
    await raw.join(topic, { config: { private: true }, access_token: ada.session.access_token });
    const changeToken = (token: string) =>
      raw.send(["1", null, `realtime:${topic}`, "access_token", { access_token: token }]);
    changeToken(publishableKey);
    changeToken(ada.session.access_token);
    await sendFromDatabase(topic, "still", {});
    await until("the message arrives", () => raw.binary.length === 1);
    changeToken(bob.session.access_token);
    const [, , , , system] = await raw.frame(([, , , event]) => event === "system");
    expect(system.message).toBe(
      `You no longer have permission to read from this Channel topic: ${topic}`,
    );
    await raw.frame(([, , , event]) => event === "phx_close");
    await sendFromDatabase(topic, "gone", {});
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(raw.binary.length).toBe(1);
    raw.close();
  });

  test.runIf(isEmbedded)("ends when its token expires", async () => {
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
  test("rejects a socket without a valid API key", async () => {
    await expect(RawSocket.open("2.0.0", "")).rejects.toThrow("401");
    await expect(RawSocket.open("2.0.0", "nonsense")).rejects.toThrow("401");
    (await RawSocket.open("2.0.0", secretKey)).close();
  });

  test("handles heartbeats, leaving and rejoining, and ignores invalid frames", async () => {
    const raw = await RawSocket.open();
    const topic = randomUUID();
    raw.send("this is no frame");
    raw.send(["1", "1", "realtime:x"]);
    raw.send([null, "9", "phoenix", "heartbeat", {}]);
    expect((await raw.frame(([, ref]) => ref === "9"))[4]).toEqual({ status: "ok", response: {} });

    expect(await raw.join(topic)).toEqual({ status: "ok", response: { postgres_changes: [] } });
    // A second join closes the first channel.
    await raw.join(topic, {}, "2");
    await raw.frame(([joinRef, , , event]) => event === "phx_close" && joinRef === "1");
    // A message with the join_ref of the closed channel is ignored.
    raw.send(["1", "3", `realtime:${topic}`, "phx_leave", {}]);
    raw.send(["2", "4", `realtime:${topic}`, "phx_leave", {}]);
    await raw.frame(([, ref]) => ref === "4");
    expect(raw.frames.some(([, ref]) => ref === "3")).toBe(false);
    raw.send([null, "5", `realtime:${topic}`, "broadcast", { event: "x", payload: {} }]);
    expect((await raw.frame(([, ref]) => ref === "5"))[4]).toEqual({
      status: "error",
      response: { reason: "unmatched topic" },
    });
    raw.close();
  });

  test("rejects joins without a topic name or with another prefix", async () => {
    const raw = await RawSocket.open();
    raw.send(["1", "1", "realtime:", "phx_join", {}]);
    expect((await raw.frame(([, ref]) => ref === "1"))[4]).toMatchObject({
      response: { reason: "TopicNameRequired: You must provide a topic name" },
    });
    raw.send(["2", "2", "elsewhere", "phx_join", {}]);
    expect((await raw.frame(([, ref]) => ref === "2"))[4]).toMatchObject({ status: "error" });
    raw.close();
  });

  test("allows one hundred channels per socket", async () => {
    const raw = await RawSocket.open();
    const joins = Array.from({ length: 100 }, (_, index) => `many:${index}`);
    for (const [index, topic] of joins.entries()) {
      if (index === 60) await new Promise((resolve) => setTimeout(resolve, 1100));
      raw.send([`${index}`, `j${index}`, `realtime:${topic}`, "phx_join", {}]);
    }
    await until(
      "all channels are joined",
      () => raw.frames.filter(([, ref]) => ref?.startsWith("j")).length === 100,
    );
    await new Promise((resolve) => setTimeout(resolve, 1100));
    const { response } = await raw.join("one-more", {}, "x");
    expect(response.reason).toBe("ChannelRateLimitReached: Too many channels");
    raw.close();
  });

  test("responds with 501 to unsupported routes", async () => {
    const answer = await fetch(`${apiUrl}/realtime/v1/api/tenants`, {
      headers: { apikey: secretKey },
    });
    expect(answer.status).toBe(501);
  });
});

test("permission checks leave no rows in realtime.messages", async () => {
  const [before] = await query("select count(*)::integer as n from realtime.messages");
  const topic = `shared:${randomUUID()}`;
  const joined = await join(ada, topic, { broadcast: { ack: true } });
  await joined.channel.send({ type: "broadcast", event: "x", payload: {} });
  const [after] = await query("select count(*)::integer as n from realtime.messages");
  expect(after).toEqual(before);
});
