import { afterEach, describe, expect, test, vi } from "vitest";
import type { OnSwift, RealtimeStatus } from "../src/index.ts";
import { FakeBackend, json, sessionId, storedSession, token, userId } from "./fake-backend.ts";
import { FakeRealtime, realtimeClient } from "./fake-realtime.ts";

const feed = `user:${userId}`;
const deleted = (messageId: string) => ({ id: `e-${messageId}`, messageId, conversationId: "c1" });
const open: OnSwift[] = [];

function client(...args: Parameters<typeof realtimeClient>): OnSwift {
  const onswift = realtimeClient(...args);
  open.push(onswift);
  return onswift;
}

/** Adds a listener that collects the ids of deleted messages. */
function collectIds(onswift: OnSwift) {
  const ids: string[] = [];
  const stop = onswift.realtime.on("message:deleted", ({ messageId }) => ids.push(messageId));
  return { ids, stop };
}

afterEach(() => {
  for (const onswift of open.splice(0)) onswift.realtime.close();
  vi.useRealTimers();
});

describe("events", () => {
  test("all listeners share one private channel that joins with the user's token", async () => {
    const server = new FakeRealtime();
    const onswift = client(server);
    const stops = [collectIds(onswift).stop, collectIds(onswift).stop];
    for (const { ready } of stops) expect(await ready).toEqual({ data: null, error: null });
    expect(server.joins).toHaveLength(1);
    const [join] = server.joins;
    expect(join?.topic).toBe(feed);
    expect(join?.payload.config).toMatchObject({ private: true, presence: { enabled: false } });
    expect(join?.payload.access_token.split(".")).toHaveLength(3);
    expect(onswift.realtime.status).toBe("live");
  });

  test("an event reaches all its listeners, with its id as delivery and not as payload", async () => {
    const server = new FakeRealtime();
    const onswift = client(server);
    const received: unknown[] = [];
    const stop = onswift.realtime.on("message:deleted", (...args) => received.push(args));
    onswift.realtime.on("conversation:read", (...args) => received.push(args));
    await stop.ready;
    server.emit(feed, "message:deleted", deleted("m1"), { id: "e-m1" });
    expect(received).toEqual([
      [
        { messageId: "m1", conversationId: "c1" },
        { id: "e-m1", replayed: false, actorId: null },
      ],
    ]);
  });

  test("own changes arrive from other sessions only, with their actor", async () => {
    const server = new FakeRealtime();
    const onswift = client(server);
    const received: unknown[] = [];
    const stop = onswift.realtime.on("message:deleted", (...args) => received.push(args));
    await stop.ready;
    for (const session of [sessionId, "another-session"]) {
      const change = { ...deleted(session), actorId: userId, sessionId: session };
      server.emit(feed, "message:deleted", change);
    }
    expect(received).toEqual([
      [
        { messageId: "another-session", conversationId: "c1" },
        { id: "e-another-session", replayed: false, actorId: userId },
      ],
    ]);
  });

  test("an event that arrives twice is delivered once", async () => {
    const server = new FakeRealtime();
    const { ids, stop } = collectIds(client(server));
    await stop.ready;
    for (const id of ["m1", "m1", "m2", "m1"]) server.emit(feed, "message:deleted", deleted(id));
    expect(ids).toEqual(["m1", "m2"]);
  });

  test("an error of a handler is reported and does not stop other handlers", async () => {
    const report = vi.spyOn(console, "error").mockImplementation(() => undefined);
    const server = new FakeRealtime();
    const onswift = client(server);
    onswift.realtime.on("message:deleted", () => {
      throw new Error("thrown");
    });
    onswift.realtime.on("message:deleted", async () => {
      throw new Error("rejected");
    });
    const { ids, stop } = collectIds(onswift);
    await stop.ready;
    server.emit(feed, "message:deleted", deleted("m1"));
    expect(ids).toEqual(["m1"]);
    await expect
      .poll(() => report.mock.calls.map(([error]) => error.message))
      .toEqual(["thrown", "rejected"]);
    report.mockRestore();
  });

  test("removing a listener keeps another one with the same function", async () => {
    const server = new FakeRealtime();
    const onswift = client(server);
    const handler = vi.fn();
    const first = onswift.realtime.on("message:deleted", handler);
    const second = onswift.realtime.on("message:deleted", handler);
    await second.ready;
    first();
    first();
    server.emit(feed, "message:deleted", deleted("m1"));
    expect(handler).toHaveBeenCalledTimes(1);
  });

  test("the channel is left shortly after the last listener, unless a new one is added", async () => {
    const server = new FakeRealtime();
    const onswift = client(server);
    const { stop } = collectIds(onswift);
    await stop.ready;
    vi.useFakeTimers();
    stop();
    await vi.advanceTimersByTimeAsync(3_000);
    const again = collectIds(onswift);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(server.of("phx_leave")).toHaveLength(0);
    again.stop();
    await vi.advanceTimersByTimeAsync(6_000);
    expect(server.of("phx_leave")).toHaveLength(1);
    expect(onswift.realtime.status).toBe("closed");
  });
});

describe("a refused join", () => {
  test("a join without permission sets the status to denied and is not repeated", async () => {
    const server = new FakeRealtime();
    server.answer = () => ({ error: "Unauthorized: You do not have permissions to read" });
    const onswift = client(server);
    const states: RealtimeStatus[] = [];
    onswift.realtime.onStatus((status) => states.push(status));
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date"] });
    const { stop } = collectIds(onswift);
    await vi.advanceTimersByTimeAsync(100);
    expect((await stop.ready).error).toMatchObject({ code: "FORBIDDEN", status: 403 });
    await vi.advanceTimersByTimeAsync(60_000);
    expect(server.joins).toHaveLength(1);
    expect(states).toEqual(["connecting", "denied"]);
  });

  test("a new listener joins again after a refusal", async () => {
    const server = new FakeRealtime();
    server.answer = (_, attempt) => (attempt === 1 ? { error: "Unauthorized: no" } : "ok");
    const onswift = client(server);
    expect((await collectIds(onswift).stop.ready).error?.code).toBe("FORBIDDEN");
    expect((await collectIds(onswift).stop.ready).error).toBeNull();
  });

  test("a rejected token is renewed once", async () => {
    const server = new FakeRealtime();
    server.answer = () => ({ error: "InvalidJWTToken: Token has expired 3 seconds ago" });
    const renewed = { ...storedSession(), access_token: token({ renewed: true }) };
    const backend = new FakeBackend(() => json(renewed));
    const { stop } = collectIds(client(server, backend));
    expect((await stop.ready).error?.code).toBe("FORBIDDEN");
    expect(server.joins).toHaveLength(2);
    expect(server.joins[1]?.payload.access_token).toBe(renewed.access_token);
  });

  test("a temporary failure is retried", async () => {
    const server = new FakeRealtime();
    server.answer = (_, attempt) =>
      attempt < 3 ? { error: "DatabaseLackOfConnections: no" } : "ok";
    const { stop } = collectIds(client(server));
    expect((await stop.ready).error).toBeNull();
    expect(server.joins).toHaveLength(3);
  });

  test("without a session, no join is sent and ready returns the error", async () => {
    const server = new FakeRealtime();
    const onswift = client(server, undefined, { signedIn: false });
    expect((await collectIds(onswift).stop.ready).error?.code).toBe("NOT_AUTHENTICATED");
    expect(onswift.realtime.status).toBe("closed");
    expect(server.joins).toHaveLength(0);
  });
});

describe("reconnecting", () => {
  const live = async (server: FakeRealtime) => {
    const onswift = client(server);
    const states: RealtimeStatus[] = [];
    const resync = vi.fn();
    onswift.realtime.onStatus((status) => states.push(status));
    onswift.realtime.onResync(resync);
    const { ids, stop } = collectIds(onswift);
    await stop.ready;
    return { onswift, ids, states, resync };
  };
  const replayed = (server: FakeRealtime, ids: readonly string[]) => () => {
    for (const id of ids)
      server.emit(feed, "message:deleted", deleted(id), { id: `e-${id}`, replayed: true });
  };

  test("a channel that the server closed is joined again with a replay", async () => {
    const server = new FakeRealtime();
    const { ids, states, resync } = await live(server);
    const before = Date.now();
    server.emit(feed, "message:deleted", deleted("m1"), { id: "e-m1" });
    server.afterJoin = replayed(server, ["m1", "m2"]);
    server.close(feed);
    await expect.poll(() => ids).toEqual(["m1", "m2"]);
    expect(states).toEqual(["connecting", "live", "reconnecting", "live"]);
    const { replay } = server.joins[1]?.payload.config.broadcast ?? {};
    expect(replay.limit).toBe(25);
    expect(replay.since).toBeGreaterThan(before - 31_000);
    expect(replay.since).toBeLessThanOrEqual(Date.now());
    await new Promise((wake) => setTimeout(wake, 1_200));
    expect(resync).not.toHaveBeenCalled();
  });

  test("a lost socket is reconnected with a replay", async () => {
    const server = new FakeRealtime();
    const { ids, states } = await live(server);
    server.emit(feed, "message:deleted", deleted("m1"), { id: "e-m1" });
    server.afterJoin = replayed(server, ["m1", "m2"]);
    server.up = false;
    server.drop();
    expect(states.at(-1)).toBe("reconnecting");
    server.up = true;
    await expect.poll(() => ids, { timeout: 5_000 }).toEqual(["m1", "m2"]);
    expect(server.joins).toHaveLength(2);
    expect(server.joins[1]?.payload.config.broadcast.replay.limit).toBe(25);
    expect(server.joins[1]?.payload.access_token.split(".")).toHaveLength(3);
  });

  test.each([
    ["no event is replayed", []],
    ["the replay does not overlap known events", ["m8", "m9"]],
    ["the replay reaches its limit", ["m1", ...Array.from({ length: 24 }, (_, i) => `n${i}`)]],
  ])("onResync handlers run when %s", async (_, ids) => {
    const server = new FakeRealtime();
    const { resync } = await live(server);
    server.emit(feed, "message:deleted", deleted("m1"), { id: "e-m1" });
    server.afterJoin = replayed(server, ids);
    server.close(feed);
    await expect.poll(() => resync.mock.calls.length, { timeout: 4_000 }).toBe(1);
  });

  test("a second gap does not hide an unchecked first one", async () => {
    const server = new FakeRealtime();
    const { ids, resync } = await live(server);
    server.emit(feed, "message:deleted", deleted("m1"), { id: "e-m1" });
    server.afterJoin = replayed(server, ["m8"]);
    server.close(feed);
    await expect.poll(() => ids).toEqual(["m1", "m8"]);
    server.close(feed);
    await expect.poll(() => resync.mock.calls.length, { timeout: 4_000 }).toBe(1);
  });

  test("a server without replay is joined without it", async () => {
    const server = new FakeRealtime();
    const { resync } = await live(server);
    server.answer = (_, attempt) => {
      const { replay } = server.joins.at(-1)?.payload.config.broadcast ?? {};
      return attempt > 1 && replay ? { error: "UnableToReplayMessages: no" } : "ok";
    };
    server.close(feed);
    await expect.poll(() => resync.mock.calls.length, { timeout: 9_000 }).toBe(1);
    expect(server.joins.at(-1)?.payload.config.broadcast.replay).toBeUndefined();
  });

  test("a rejoin that supabase-js sent without the user's token does not set the status to denied", async () => {
    const server = new FakeRealtime();
    const { onswift } = await live(server);
    server.answer = (_, attempt) => (attempt === 2 ? { error: "Unauthorized: no" } : "ok");
    server.drop();
    await expect.poll(() => server.joins.length, { timeout: 5_000 }).toBe(3);
    await expect.poll(() => onswift.realtime.status).toBe("live");
  });
});

describe("the session and realtime", () => {
  const signedInAs = (sub: string) => ({ ...storedSession(), access_token: token({ sub }) });

  test("signOut leaves the channel first and removes the listeners", async () => {
    const server = new FakeRealtime();
    const order: string[] = [];
    const backend = new FakeBackend(({ path }) => {
      if (path.includes("/logout")) order.push(`${server.of("phx_leave").length} left`);
      return json(null, 204);
    });
    const onswift = client(server, backend);
    const { ids, stop } = collectIds(onswift);
    await stop.ready;
    await onswift.auth.signOut().orThrow();
    expect(order).toEqual(["1 left"]);
    server.emit(feed, "message:deleted", deleted("m1"));
    expect(ids).toEqual([]);
    expect(onswift.realtime.status).toBe("closed");
  });

  test("a failed signOut joins the channel again", async () => {
    const server = new FakeRealtime();
    const onswift = client(server, new FakeBackend(() => new TypeError("offline")));
    const { ids, stop } = collectIds(onswift);
    await stop.ready;
    expect((await onswift.auth.signOut({ scope: "global" })).error?.code).toBe("NETWORK");
    await expect.poll(() => onswift.realtime.status).toBe("live");
    server.emit(feed, "message:deleted", deleted("m1"));
    expect(ids).toEqual(["m1"]);
  });

  test("events of another user never reach the handlers of the previous user", async () => {
    const other = "5f0c6d0e-0000-4000-8000-000000000002";
    const server = new FakeRealtime();
    const backend = new FakeBackend(({ path }) =>
      path.startsWith("/auth/v1/token") ? json(signedInAs(other)) : json({ id: other }),
    );
    const onswift = client(server, backend);
    const before = collectIds(onswift);
    await before.stop.ready;
    await onswift.auth.signIn({ email: "b@example.com", password: "x" }).orThrow();
    const after = collectIds(onswift);
    expect((await after.stop.ready).error).toBeNull();
    expect(server.joins.map(({ topic }) => topic)).toEqual([feed, `user:${other}`]);
    server.emit(feed, "message:deleted", deleted("m1"));
    server.emit(`user:${other}`, "message:deleted", deleted("m2"));
    expect([before.ids, after.ids]).toEqual([[], ["m2"]]);
  });

  test("a renewed token is sent on the open channel", async () => {
    const server = new FakeRealtime();
    const renewed = { ...storedSession(), access_token: token({ renewed: 1 }) };
    const backend = new FakeBackend(() => json(renewed));
    const onswift = client(server, backend);
    await collectIds(onswift).stop.ready;
    await onswift.auth.refresh().orThrow();
    await expect
      .poll(() => server.of("access_token").map(({ payload }) => payload.access_token))
      .toContain(renewed.access_token);
    expect(server.joins).toHaveLength(1);
    expect(onswift.realtime.status).toBe("live");
  });

  test("realtime without a WebSocket class returns an error that says so", async () => {
    const { WebSocket } = globalThis;
    Reflect.deleteProperty(globalThis, "WebSocket");
    try {
      const { createClient } = await import("../src/index.ts");
      const backend = new FakeBackend(() => json(storedSession()));
      const onswift = createClient({ url: "http://a.test", key: "k", fetch: backend.fetch });
      await onswift.auth.signIn({ email: "a@example.com", password: "x" });
      const { error } = await collectIds(onswift).stop.ready;
      expect(error?.message).toMatch(/needs a WebSocket class.*webSocket/s);
      expect(onswift.realtime.status).toBe("closed");
    } finally {
      globalThis.WebSocket = WebSocket;
    }
  });
});
