import { describe, expect, test, vi } from "vitest";
import { uuid } from "../src/core/uuid.ts";
import { clientOf, FakeBackend, json } from "./fake-backend.ts";

const signedIn = { session: { endsIn: 900 } };
const isUuid = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const refusal = (hint: string, details: object | null = null) => ({
  code: "PT429",
  hint,
  message: "Too many.",
  details: details && JSON.stringify(details),
});

describe("a message", () => {
  test("send adds one clientMessageId to all its attempts", async () => {
    const backend = new FakeBackend((_, attempt) =>
      attempt < 3 ? json({}, 503) : json({ id: "m1" }),
    );
    const { data } = await clientOf(backend, signedIn).messages.send("c1", { content: "Hi" });
    expect(data?.id).toBe("m1");
    const bodies = backend.operations.map(({ body }) => body as { clientMessageId: string });
    expect(bodies).toHaveLength(3);
    expect(new Set(bodies.map(({ clientMessageId }) => clientMessageId)).size).toBe(1);
    expect(bodies[0]).toEqual({
      conversationId: "c1",
      content: "Hi",
      clientMessageId: expect.stringMatching(isUuid),
    });
  });

  test("send keeps a given clientMessageId and refuses unknown keys", async () => {
    const backend = new FakeBackend(() => json({ id: "m1" }));
    const { messages } = clientOf(backend, signedIn);
    await messages.send("c1", { content: "Hi", clientMessageId: "mine" });
    expect(backend.operations[0]?.body).toMatchObject({ clientMessageId: "mine" });
    const { error } = await messages.send("c1", { content: "Hi", senderId: "x" } as never);
    expect(error?.details).toEqual([
      { field: "senderId", message: "senderId cannot be set here." },
    ]);
  });

  test("send returns RATE_LIMITED at once instead of retrying", async () => {
    const backend = new FakeBackend(() => json(refusal("RATE_LIMITED", { retryAfter: 1 }), 429));
    const { error } = await clientOf(backend, signedIn).messages.send("c1", { content: "Hi" });
    expect(error).toMatchObject({ code: "RATE_LIMITED", retryable: true, retryAfter: 1 });
    expect(backend.operations).toHaveLength(1);
  });

  test("delete is not retried without an idempotency key", async () => {
    const backend = new FakeBackend(() => json({}, 503));
    const { error } = await clientOf(backend, signedIn).messages.delete("c1", "m1");
    expect(error?.code).toBe("SERVICE_UNAVAILABLE");
    expect(backend.operations).toHaveLength(1);
  });
});

describe("a list of messages", () => {
  /** Ten messages; a page holds four. */
  const history = () =>
    new FakeBackend(({ body }) => {
      const { before, after } = body as { before?: string; after?: string };
      const all = Array.from({ length: 10 }, (_, index) => `m${index}`);
      const rest = after
        ? all.slice(all.indexOf(after) + 1)
        : all.slice(0, before ? all.indexOf(before) : undefined).reverse();
      const messages = rest.slice(0, 4).map((id) => ({ id }));
      return json({ messages, hasMore: rest.length > 4 });
    });
  const ids = async (list: AsyncIterable<{ readonly id: string }>) => {
    const read: string[] = [];
    for await (const { id } of list) read.push(id);
    return read.join(" ");
  };

  test("iterating goes back to the first message", async () => {
    const backend = history();
    const list = clientOf(backend, signedIn).messages.list("c1");
    expect((await list).data).toMatchObject({ hasMore: true });
    expect(await ids(list)).toBe("m9 m8 m7 m6 m5 m4 m3 m2 m1 m0");
    expect(backend.operations.map(({ body }) => body)).toEqual([
      { conversationId: "c1" },
      { conversationId: "c1", before: "m6" },
      { conversationId: "c1", before: "m2" },
    ]);
  });

  test("iterating goes back from `before` and forward from `after`", async () => {
    const { messages } = clientOf(history(), signedIn);
    expect(await ids(messages.list("c1", { before: "m5" }))).toBe("m4 m3 m2 m1 m0");
    expect(await ids(messages.list("c1", { after: "m3" }))).toBe("m4 m5 m6 m7 m8 m9");
    expect(await ids(messages.list("c1", { after: "m9" }))).toBe("");
  });

  test("list refuses an unknown filter", async () => {
    const { error } = await clientOf(history(), signedIn).messages.list("c1", {
      since: "m1",
    } as never);
    expect(error?.code).toBe("VALIDATION_ERROR");
  });
});

describe("operations that can be repeated", () => {
  test("are retried without an idempotency key", async () => {
    const backend = new FakeBackend((_, attempt) =>
      attempt < 2 ? json({}, 503) : json(null, 204),
    );
    const { conversations, notifications, users } = clientOf(backend, signedIn);
    const calls = [
      conversations.open("u1"),
      conversations.markRead("c1", "m1"),
      notifications.markRead("n1"),
      notifications.markAllRead(),
      notifications.updatePreferences({ mentioned: { email: true } }),
      users.block("u1"),
      users.unblock("u1"),
    ];
    for (const { error } of await Promise.all(calls)) expect(error).toBeNull();
    expect(backend.operations.map(({ path, body }) => [path.split("/").at(-1), body])).toEqual(
      expect.arrayContaining([
        ["open_conversation", { participantId: "u1" }],
        ["mark_conversation_read", { conversationId: "c1", messageId: "m1" }],
        ["mark_notification_read", { notificationId: "n1" }],
        ["mark_all_notifications_read", {}],
        ["update_notification_preferences", { patch: { mentioned: { email: true } } }],
        ["block_user", { userId: "u1" }],
        ["unblock_user", { userId: "u1" }],
      ]),
    );
    expect(backend.operations).toHaveLength(14);
  });
});

describe("uuid()", () => {
  test.each([
    ["with randomUUID", {}],
    ["on plain http, without it", { randomUUID: undefined }],
    ["without crypto", { randomUUID: undefined, getRandomValues: undefined }],
  ])("returns a valid UUID %s", (_, missing) => {
    const { crypto } = globalThis;
    const getRandomValues = crypto.getRandomValues.bind(crypto);
    const randomUUID = crypto.randomUUID.bind(crypto);
    vi.stubGlobal("crypto", { getRandomValues, randomUUID, ...missing });
    try {
      const made = Array.from({ length: 200 }, uuid);
      for (const one of made) expect(one).toMatch(isUuid);
      expect(new Set(made).size).toBe(200);
    } finally {
      vi.unstubAllGlobals();
    }
  });
});
