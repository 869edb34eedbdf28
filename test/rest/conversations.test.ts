import { randomUUID } from "node:crypto";
import { beforeAll, describe, expect, test } from "vitest";
import {
  invalid,
  made,
  person,
  refusal,
  refused,
  unknownId,
  type World,
  world,
} from "./support.ts";

let w: World;
beforeAll(async () => {
  w = await world();
});

/** A conversation of two new users. */
async function chat() {
  const [creator, talent] = await Promise.all([person("creator", "Cleo"), person("talent", "Tam")]);
  const { id } = await made(creator.post("/conversations", { participantId: talent.id }));
  return { creator, talent, id, path: `/conversations/${id}` };
}

describe("opening a conversation", () => {
  test("returns 201 for a new one, and 200 with the same one to both sides", async () => {
    const { creator, talent } = w;
    const first = await creator.post("/conversations", { participantId: talent.id });
    expect(first.status).toBe(201);
    expect(first.body).toMatchObject({
      creator: { id: creator.id, name: "Cleo" },
      talent: { id: talent.id, name: "Tam" },
      lastMessageAt: null,
      created: true,
    });
    const second = await talent.post("/conversations", { participantId: creator.id });
    expect([second.status, second.body.id]).toEqual([200, first.body.id]);
  });

  test("requires a creator and a talent who exist", async () => {
    const open = (participantId: unknown) => w.talent.post("/conversations", { participantId });
    expect(refusal(await open(w.otherTalent.id))).toEqual(refused(400, "SAME_USER_TYPE"));
    expect(refusal(await open(w.talent.id))).toEqual(invalid("participantId"));
    expect(refusal(await open(unknownId))).toEqual(refused(404, "NOT_FOUND"));
    expect(refusal(await open("tam"))).toEqual(invalid("participantId"));
  });

  test("is limited to 5 per day for a talent who shares no project", async () => {
    const talent = await person("talent");
    const creators = await Promise.all(Array.from({ length: 6 }, () => person("creator")));
    const statuses = [];
    for (const { id } of creators) {
      statuses.push((await talent.post("/conversations", { participantId: id })).status);
    }
    expect(statuses).toEqual([201, 201, 201, 201, 201, 429]);
  });
});

describe("messages", () => {
  test("are listed in pages with the unread count, and marked as read", async () => {
    const { creator, talent, id, path } = await chat();
    const sent = [];
    for (const content of ["One", "  Two <3 ", "Three"]) {
      sent.push(await made(creator.post(`${path}/messages`, { content })));
    }
    expect(sent[1]).toMatchObject({
      conversationId: id,
      content: "Two <3",
      isEdited: false,
      sender: { id: creator.id, name: "Cleo" },
    });
    const [listed] = (await talent.get("/conversations")).body.conversations;
    expect(listed).toMatchObject({ id, unreadCount: 3, lastMessage: { content: "Three" } });

    const newest = (await talent.get(`${path}/messages?limit=2`)).body;
    expect(newest.messages.map((message: { content: string }) => message.content)).toEqual([
      "Three",
      "Two <3",
    ]);
    expect(newest.hasMore).toBe(true);
    const older = (await talent.get(`${path}/messages?before=${sent[1].id}`)).body;
    expect([older.messages.length, older.hasMore]).toEqual([1, false]);
    const newer = (await talent.get(`${path}/messages?after=${sent[0].id}`)).body;
    expect(newer.messages.map((message: { id: string }) => message.id)).toEqual([
      sent[1].id,
      sent[2].id,
    ]);

    expect((await talent.put(`${path}/read`, { messageId: sent[1].id })).status).toBe(204);
    expect((await talent.get(path)).body.unreadCount).toBe(1);
    await talent.put(`${path}/read`, { messageId: sent[0].id });
    expect((await talent.get(path)).body.unreadCount, "never backwards").toBe(1);
    expect((await creator.get(path)).body.lastRead).toEqual({
      messageId: sent[1].id,
      readAt: expect.stringMatching(/Z$/),
    });
    expect((await talent.get(path)).body.lastRead).toBeNull();
  });

  test("are stored once when resent with the same client id", async () => {
    const { creator, path } = await chat();
    const body = { content: "Once", clientMessageId: randomUUID() };
    const [first, second] = await Promise.all([
      made(creator.post(`${path}/messages`, body)),
      made(creator.post(`${path}/messages`, body)),
    ]);
    expect(second.id).toBe(first.id);
    expect((await creator.get(`${path}/messages`)).body.messages).toHaveLength(1);
  });

  test("are edited and deleted by the sender only", async () => {
    const { creator, talent, path } = await chat();
    const { id } = await made(creator.post(`${path}/messages`, { content: "Helo" }));
    const message = `${path}/messages/${id}`;
    expect(refusal(await talent.put(message, { content: "Mine" }))).toEqual(
      refused(403, "FORBIDDEN"),
    );
    const edited = await creator.put(message, { content: "Hello" });
    expect([edited.status, edited.body.content, edited.body.isEdited]).toEqual([
      200,
      "Hello",
      true,
    ]);
    expect(refusal(await talent.delete(message))).toEqual(refused(403, "FORBIDDEN"));
    expect((await creator.delete(message)).status).toBe(204);
    expect((await talent.get(`${path}/messages`)).body.messages[0].content).toBeNull();
    expect(refusal(await creator.delete(message))).toEqual(refused(404, "NOT_FOUND"));
  });

  test("have 1 to 5,000 characters and are limited to 10 per minute", async () => {
    const { creator, path } = await chat();
    const send = (content: unknown) => creator.post(`${path}/messages`, { content });
    for (const content of ["", " \n ", "x".repeat(5001), 7]) {
      expect(refusal(await send(content))).toEqual(invalid("content"));
    }
    for (let n = 0; n < 10; n += 1) await made(send(`${n}`));
    const eleventh = await send("10");
    expect(refusal(eleventh)).toEqual(refused(429, "RATE_LIMITED"));
    expect(Number(eleventh.headers.get("retry-after"))).toBeGreaterThan(0);
  });

  test("are refused to other users", async () => {
    const { creator, path } = await chat();
    const { id } = await made(creator.post(`${path}/messages`, { content: "Secret" }));
    for (const stranger of [w.otherTalent, w.otherCreator]) {
      for (const reply of [
        await stranger.get(path),
        await stranger.get(`${path}/messages`),
        await stranger.post(`${path}/messages`, { content: "x" }),
        await stranger.put(`${path}/read`, { messageId: id }),
        await stranger.delete(`${path}/messages/${id}`),
      ]) {
        expect(refusal(reply)).toEqual(refused(403, "FORBIDDEN"));
      }
    }
    const other = await chat();
    expect(refusal(await creator.get(`${path}/messages?before=${unknownId}`))).toEqual(
      invalid("before"),
    );
    expect(refusal(await other.creator.put(`${other.path}/read`, { messageId: id }))).toEqual(
      invalid("messageId"),
    );
    expect(refusal(await creator.get(`/conversations/${unknownId}`))).toEqual(
      refused(404, "NOT_FOUND"),
    );
  });
});

test("a block stops messages in both directions until it is removed", async () => {
  const { creator, talent, path } = await chat();
  expect((await talent.put(`/users/${creator.id}/block`, {})).status).toBe(204);
  expect((await talent.get("/users/me/blocks")).body.users).toMatchObject([{ id: creator.id }]);
  for (const side of [creator, talent]) {
    expect(refusal(await side.post(`${path}/messages`, { content: "x" }))).toEqual(
      refused(403, "BLOCKED"),
    );
    expect((await side.get(`${path}/messages`)).status, "earlier messages stay").toBe(200);
  }
  expect((await talent.delete(`/users/${creator.id}/block`)).status).toBe(204);
  await made(creator.post(`${path}/messages`, { content: "Again" }));
});
