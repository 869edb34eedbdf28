import { randomUUID } from "node:crypto";
import { beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import {
  accountExport,
  card,
  conversation,
  message,
  openedConversation,
  pagination,
} from "./responses.ts";
import { type Person, person } from "./support.ts";

describe("a conversation", () => {
  let creator: Person;
  let talent: Person;
  let id: string;

  beforeAll(async () => {
    [creator, talent] = await Promise.all([
      person("creator", "Cleo Crown"),
      person("talent", "Tara Tell"),
    ]);
  });

  test("both users open the same conversation", async () => {
    const { conversations } = creator.onswift;
    const opened = openedConversation.parse(await conversations.open(talent.id).orThrow());
    expect(opened).toMatchObject({
      creator: { id: creator.id, name: "Cleo Crown" },
      talent: { id: talent.id, name: "Tara Tell" },
      lastMessage: null,
      unreadCount: 0,
      lastRead: null,
      lastMessageAt: null,
      created: true,
    });
    id = opened.id;
    const again = await talent.onswift.conversations.open(creator.id).orThrow();
    expect(again).toEqual({ ...opened, created: false });
    const { created: _, ...known } = again;
    expect(conversation.parse(await talent.onswift.conversations.get(id).orThrow())).toEqual(known);
  });

  test("a message sent twice with one clientMessageId is stored once", async () => {
    const draft = { content: "  Are you free in May?  ", clientMessageId: randomUUID() };
    const sent = message.parse(await creator.onswift.messages.send(id, draft).orThrow());
    expect(sent).toMatchObject({
      conversationId: id,
      sender: { id: creator.id, name: "Cleo Crown" },
      content: "Are you free in May?",
      isEdited: false,
      clientMessageId: draft.clientMessageId,
    });
    expect(await creator.onswift.messages.send(id, draft).orThrow()).toEqual(sent);
    const unnamed = await creator.onswift.messages.send(id, { content: "Hello?" }).orThrow();
    expect(message.parse(unnamed).clientMessageId).not.toBeNull();
  });

  test("unreadCount counts until markRead, which never goes back", async () => {
    const { conversations, messages } = talent.onswift;
    const page = await messages.list(id).orThrow();
    z.strictObject({ messages: z.array(message), hasMore: z.boolean() }).parse(page);
    const [last, first] = page.messages;
    const listed = await conversations.list().orThrow();
    z.strictObject({ conversations: z.array(conversation), pagination }).parse(listed);
    expect(listed.conversations).toEqual([
      expect.objectContaining({
        id,
        unreadCount: 2,
        lastMessage: expect.objectContaining({ content: "Hello?", senderId: creator.id }),
      }),
    ]);
    for (const [read, unreadCount] of [
      [first, 1],
      [last, 0],
      [first, 0],
    ] as const) {
      await conversations.markRead(id, read?.id ?? "").orThrow();
      expect((await conversations.get(id).orThrow()).unreadCount).toBe(unreadCount);
    }
    const { lastRead } = conversation.parse(await creator.onswift.conversations.get(id).orThrow());
    expect(lastRead?.messageId).toBe(last?.id);
  });

  test("a sender can edit and delete a message", async () => {
    const { messages } = creator.onswift;
    const { id: messageId } = await messages.send(id, { content: "Helo" }).orThrow();
    const edited = message.parse(await messages.edit(id, messageId, "Hello").orThrow());
    expect(edited).toMatchObject({ content: "Hello", isEdited: true });
    expect(edited.editedAt).not.toBeNull();
    const refused = await talent.onswift.messages.edit(id, messageId, "Bye");
    expect(refused.error?.code).toBe("FORBIDDEN");
    expect(await messages.delete(id, messageId)).toEqual({ data: null, error: null });
    const [tombstone] = (await talent.onswift.messages.list(id, { limit: 1 }).orThrow()).messages;
    expect(message.parse(tombstone)).toMatchObject({ id: messageId, content: null });
    expect(tombstone?.deletedAt).not.toBeNull();
    expect((await messages.delete(id, messageId)).error?.code).toBe("NOT_FOUND");
  });

  test("messages can be listed back to the first and forward from any message", async () => {
    const { messages } = talent.onswift;
    for (const content of ["One", "Two", "Three"]) await messages.send(id, { content }).orThrow();
    const contents: (string | null)[] = [];
    const ids: string[] = [];
    for await (const one of messages.list(id, { limit: 2 })) {
      contents.push(one.content);
      ids.push(one.id);
    }
    const back = ["Three", "Two", "One", null, "Hello?", "Are you free in May?"];
    expect(contents).toEqual(back);
    const on: (string | null)[] = [];
    const from = { after: ids.at(-1) ?? "", limit: 2 };
    for await (const { content } of messages.list(id, from)) on.push(content);
    expect(on).toEqual(back.toReversed().slice(1));
  });

  test("the account export contains conversations and messages", async () => {
    const mine = accountExport.parse(await talent.onswift.users.export().orThrow());
    expect(mine.conversations.map((one) => one.id)).toEqual([id]);
    expect(mine.messages.map(({ content }) => content)).toEqual(["One", "Two", "Three"]);
    expect(mine.notifications.map(({ type }) => type)).toContain("message_received");
  });

  test("other users cannot read the conversation", async () => {
    const { onswift } = await person("talent", "Stan Stranger");
    const calls = [
      onswift.conversations.get(id),
      onswift.messages.list(id),
      onswift.messages.send(id, { content: "Hi" }),
      onswift.conversations.markRead(id, randomUUID()),
    ];
    for (const { error } of await Promise.all(calls)) expect(error?.code).toBe("FORBIDDEN");
    expect((await onswift.conversations.list().orThrow()).conversations).toEqual([]);
  });
});

describe("rules of conversations", () => {
  test("each rule that is broken has its own error code", async () => {
    const [creator, talent, other] = await Promise.all([
      person("creator"),
      person("talent"),
      person("talent"),
    ]);
    const { conversations } = talent.onswift;
    expect((await conversations.open(other.id)).error?.code).toBe("SAME_USER_TYPE");
    expect((await conversations.open(talent.id)).error?.code).toBe("VALIDATION_ERROR");
    expect((await conversations.open(randomUUID())).error?.code).toBe("NOT_FOUND");
    const { id } = await conversations.open(creator.id).orThrow();
    const { error } = await talent.onswift.messages.send(id, { content: "  " });
    expect(error?.details?.map(({ field }) => field)).toEqual(["content"]);
    for (let sent = 0; sent < 10; sent++) {
      await talent.onswift.messages.send(id, { content: `Message ${sent}` }).orThrow();
    }
    const eleventh = await talent.onswift.messages.send(id, { content: "One too many" });
    expect(eleventh.error).toMatchObject({ code: "RATE_LIMITED", status: 429 });
    expect(eleventh.error?.retryAfter).toBeGreaterThan(0);
  });

  test("a block by either user ends the conversation for both", async () => {
    const [creator, talent] = await Promise.all([person("creator"), person("talent", "Tara")]);
    const { users } = creator.onswift;
    const { id } = await creator.onswift.conversations.open(talent.id).orThrow();
    for (const _ of ["once", "twice"]) await users.block(talent.id).orThrow();
    const blocks = await users.blocks().orThrow();
    z.strictObject({ users: z.array(card) }).parse(blocks);
    expect(blocks.users).toEqual([{ id: talent.id, name: "Tara", avatarUrl: null }]);
    for (const { onswift } of [creator, talent]) {
      const { error } = await onswift.messages.send(id, { content: "Hi" });
      expect(error).toMatchObject({ code: "BLOCKED", status: 403 });
    }
    for (const _ of ["once", "twice"]) await users.unblock(talent.id).orThrow();
    expect((await talent.onswift.messages.send(id, { content: "Hi" })).error).toBeNull();
    expect((await users.block(creator.id)).error?.code).toBe("VALIDATION_ERROR");
  });
});
