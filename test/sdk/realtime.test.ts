import { randomUUID } from "node:crypto";
import { createClient as createSupabaseClient } from "@supabase/supabase-js";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { fromSupabase, type MemberChange, type Message, type Typing } from "../../sdk/src/index.ts";
import { password } from "../world/people.ts";
import { inDays } from "../world/projects.ts";
import { apiUrl, publishableKey } from "../world/stack.ts";
import { card, message, notification, task } from "./responses.ts";
import { type Person, person, type Team, team, visitor } from "./support.ts";

const people: Person[] = [];
const someone = async (userType: "creator" | "talent", name?: string) => {
  const one = await person(userType, name);
  people.push(one);
  return one;
};
const soon = { interval: 20 };

afterAll(() => {
  for (const { onswift } of people) onswift.realtime.close();
});

describe("realtime events of a conversation", () => {
  let creator: Person;
  let talent: Person;
  let id: string;

  beforeAll(async () => {
    [creator, talent] = await Promise.all([someone("creator", "Cleo"), someone("talent", "Tara")]);
    ({ id } = await creator.onswift.conversations.open(talent.id).orThrow());
  });

  test("every message arrives once and in order, and not at its sender", async () => {
    const events: Record<string, (string | null)[]> = { creator: [], talent: [] };
    const received: Message[] = [];
    const stops = [
      creator.onswift.realtime.on("message:received", ({ message }) => {
        events.creator?.push(message.content);
      }),
      talent.onswift.realtime.on("message:received", ({ message, conversationId }) => {
        events.talent?.push(message.content);
        expect(conversationId).toBe(id);
        received.push(message);
      }),
    ];
    for (const { ready } of stops) expect((await ready).error).toBeNull();
    const lines = Array.from({ length: 8 }, (_, line) => `Line ${line}`);
    for (const content of lines) await creator.onswift.messages.send(id, { content }).orThrow();
    const sent = await talent.onswift.messages.send(id, { content: "Got it" }).orThrow();
    await expect.poll(() => events, soon).toEqual({ creator: ["Got it"], talent: lines });
    for (const one of received) message.parse(one);
    expect(sent.content).toBe("Got it");
    const list = await talent.onswift.messages.list(id, { limit: 9 }).orThrow();
    expect(received).toEqual(list.messages.slice(1).toReversed());
    for (const stop of stops) stop();
  });

  test("edits, deletions and read marks arrive", async () => {
    // A new user, who can still send all ten messages of this minute.
    const writer = await someone("creator");
    const { id } = await writer.onswift.conversations.open(talent.id).orThrow();
    const events: unknown[] = [];
    const { realtime } = talent.onswift;
    realtime.on("message:updated", ({ message }) => events.push(["updated", message.content]));
    await realtime.on("message:deleted", (payload) => events.push(["deleted", payload])).ready;
    await writer.onswift.realtime.on("conversation:read", (payload) =>
      events.push(["read", payload]),
    ).ready;

    const { messages } = writer.onswift;
    const { id: messageId } = await messages.send(id, { content: "Helo" }).orThrow();
    await messages.edit(id, messageId, "Hello").orThrow();
    await expect.poll(() => events, soon).toEqual([["updated", "Hello"]]);
    await talent.onswift.conversations.markRead(id, messageId).orThrow();
    const read = { conversationId: id, userId: talent.id, messageId, readAt: expect.any(String) };
    await expect.poll(() => events.slice(1), soon).toEqual([["read", read]]);
    await messages.delete(id, messageId).orThrow();
    const deleted = { messageId, conversationId: id };
    await expect.poll(() => events.slice(2), soon).toEqual([["deleted", deleted]]);
  });

  test("own changes arrive at other devices of the same user, and not at the device that made them", async () => {
    const { onswift, email } = talent;
    const device = visitor();
    await device.auth.signIn({ email, password }).orThrow();
    const events: string[] = [];
    const stops = [
      onswift.realtime.on("message:deleted", () => events.push("same device")),
      device.realtime.on("message:deleted", (_, { actorId }) => {
        events.push(actorId === talent.id ? "other device" : "unexpected");
      }),
      creator.onswift.realtime.on("message:deleted", (_, { actorId }) => {
        events.push(actorId === talent.id ? "other user" : "unexpected");
      }),
    ];
    for (const { ready } of stops) expect((await ready).error).toBeNull();
    const { id: messageId } = await onswift.messages.send(id, { content: "Oops" }).orThrow();
    await onswift.messages.delete(id, messageId).orThrow();
    await expect.poll(() => [...events].sort(), soon).toEqual(["other device", "other user"]);
    for (const stop of stops) stop();
    device.realtime.close();
  });

  test("a block ends the channel of both participants", async () => {
    const [blocker, blocked] = [await someone("talent"), await someone("creator")];
    const { id } = await blocked.onswift.conversations.open(blocker.id).orThrow();
    const rooms = [blocker, blocked].map(({ onswift }) => onswift.realtime.conversation(id));
    for (const room of rooms) expect((await room.onMembers(() => 0).ready).error).toBeNull();
    await expect.poll(() => rooms.map(({ members }) => members.length), soon).toEqual([1, 1]);
    await blocker.onswift.users.block(blocked.id).orThrow();
    await expect.poll(() => rooms.map(({ members }) => members.length), soon).toEqual([0, 0]);
    await expect
      .poll(async () => (await rooms[1]?.onTyping(() => 0).ready)?.error?.code, soon)
      .toBe("FORBIDDEN");
  });

  test("presence and typing of the other participant arrive", async () => {
    const changes: MemberChange["event"][] = [];
    const typing: Typing[] = [];
    const room = creator.onswift.realtime.conversation(id);
    const stops = [
      room.onMembers(({ event, userId }) => {
        expect(userId).toBe(talent.id);
        changes.push(event);
      }),
      room.onTyping((change) => typing.push(change)),
    ];
    for (const { ready } of stops) expect((await ready).error).toBeNull();

    const theirs = talent.onswift.realtime.conversation(id);
    const leave = theirs.onMembers(() => 0);
    await leave.ready;
    await expect.poll(() => changes, soon).toEqual(["user:online"]);
    await expect
      .poll(() => theirs.members, soon)
      .toEqual([{ userId: creator.id, status: "online" }]);
    theirs.typing();
    theirs.typing();
    await expect
      .poll(() => typing, soon)
      .toEqual([{ conversationId: id, userId: talent.id, isTyping: true }]);
    theirs.typing(false);
    await expect.poll(() => typing.length, soon).toBe(2);
    theirs.setStatus("away");
    await expect.poll(() => changes, soon).toEqual(["user:online", "user:away"]);
    talent.onswift.realtime.close();
    await expect.poll(() => changes, soon).toEqual(["user:online", "user:away", "user:offline"]);
    expect(room.members).toEqual([]);
    for (const stop of stops) stop();
  });

  test("a broadcast of a client is never taken for an event", async () => {
    const events: unknown[] = [];
    const { realtime } = creator.onswift;
    await realtime.on("message:received", (payload) => events.push(payload)).ready;
    const typing: Typing[] = [];
    await realtime.conversation(id).onTyping((change) => typing.push(change)).ready;

    const forger = await rawClientOf(talent);
    const channel = forger.channel(`conversation:${id}`, { config: { private: true } });
    await new Promise((joined) => channel.subscribe((s) => s === "SUBSCRIBED" && joined(s)));
    const forged = { message: { id: randomUUID(), content: "Forged" }, conversationId: id };
    await channel.send({ type: "broadcast", event: "message:received", payload: forged });
    for (const userId of [randomUUID(), creator.id, talent.id]) {
      const payload = { conversationId: id, userId, isTyping: true };
      await channel.send({ type: "broadcast", event: "conversation:typing", payload });
    }
    await expect.poll(() => typing.map(({ userId }) => userId), soon).toEqual([talent.id]);
    expect(events).toEqual([]);
    await forger.removeAllChannels();
  });
});

describe("a user outside of the conversation", () => {
  test("another user cannot join the channel of a conversation", async () => {
    const [creator, talent, stranger] = await Promise.all([
      someone("creator"),
      someone("talent"),
      someone("talent"),
    ]);
    const { id } = await creator.onswift.conversations.open(talent.id).orThrow();
    const { error } = await stranger.onswift.realtime.conversation(id).onMembers(() => 0).ready;
    expect(error).toMatchObject({ code: "FORBIDDEN", status: 403 });
  });

  test("another user can neither join a feed nor send to it", async () => {
    const [victim, stranger] = await Promise.all([someone("creator"), someone("talent")]);
    const events: unknown[] = [];
    await victim.onswift.realtime.on("message:received", (payload) => events.push(payload)).ready;
    const raw = await rawClientOf(stranger);
    const channel = raw.channel(`user:${victim.id}`, { config: { private: true } });
    const refusal = await new Promise<Error | undefined>((resolve) =>
      channel.subscribe((status, error) => status === "CHANNEL_ERROR" && resolve(error)),
    );
    expect(refusal?.message).toContain("Unauthorized");
    const forged = { message: { id: randomUUID() }, conversationId: randomUUID() };
    await channel.httpSend("message:received", forged).catch(() => undefined);
    // A user cannot send to their own feed either.
    const own = (await rawClientOf(victim)).channel(`user:${victim.id}`, {
      config: { private: true, broadcast: { self: true } },
    });
    await new Promise((joined) => own.subscribe((s) => s === "SUBSCRIBED" && joined(s)));
    await own.send({ type: "broadcast", event: "message:received", payload: forged });
    const { id } = await stranger.onswift.conversations.open(victim.id).orThrow();
    await stranger.onswift.messages.send(id, { content: "Real" }).orThrow();
    await expect.poll(() => events.length, soon).toBeGreaterThan(0);
    expect(events).toEqual([expect.objectContaining({ conversationId: id })]);
    await raw.removeAllChannels();
  });
});

describe("realtime events of work", () => {
  test("task and deliverable events arrive", async () => {
    const world: Team = await team();
    const { creator, talent, projectId } = world;
    people.push(creator, talent);
    const events: Record<string, unknown>[] = [];
    const collect = (name: string) => (payload: object) => events.push({ name, ...payload });
    await Promise.all([
      talent.onswift.realtime.on("task:assigned", (payload) => {
        task.parse(payload.task);
        card.parse(payload.assignedBy);
        collect("assigned")({ taskId: payload.task.id, by: payload.assignedBy.id });
      }).ready,
      talent.onswift.realtime.on("notification:new", (payload) => {
        notification.parse(payload.notification);
        collect("notified")({ type: payload.notification.type });
      }).ready,
      creator.onswift.realtime.on("task:status_changed", (payload) => {
        card.parse(payload.updatedBy);
        collect("moved")({
          taskId: payload.taskId,
          status: payload.status,
          project: payload.projectId,
        });
      }).ready,
    ]);
    const { id: taskId } = await creator.onswift.tasks
      .create(projectId, { name: "Fine cut", assigneeId: talent.id, dueDate: inDays(9) })
      .orThrow();
    await expect
      .poll(() => events, soon)
      .toEqual(
        expect.arrayContaining([
          { name: "assigned", taskId, by: creator.id },
          { name: "notified", type: "task_assigned" },
        ]),
      );
    await talent.onswift.tasks.setStatus(projectId, taskId, "in-progress").orThrow();
    await expect
      .poll(() => events, soon)
      .toContainEqual({ name: "moved", taskId, status: "in-progress", project: projectId });
  });
});

describe("the session and realtime", () => {
  test("no events arrive after signOut", async () => {
    const { onswift } = await someone("creator");
    const { ready } = onswift.realtime.on("notification:new", () => 0);
    expect((await ready).error).toBeNull();
    await onswift.auth.signOut().orThrow();
    expect(onswift.realtime.status).toBe("closed");
    const after = await onswift.realtime.on("notification:new", () => 0).ready;
    expect(after.error?.code).toBe("NOT_AUTHENTICATED");
  });

  test("realtime works with fromSupabase", async () => {
    const [creator, talent] = await Promise.all([someone("creator"), someone("talent")]);
    const supabase = await rawClientOf(talent);
    const onswift = fromSupabase(supabase);
    const events: unknown[] = [];
    const { ready } = onswift.realtime.on("message:received", ({ message }) =>
      events.push(message.content),
    );
    expect((await ready).error).toBeNull();
    const { id } = await creator.onswift.conversations.open(talent.id).orThrow();
    await creator.onswift.messages.send(id, { content: "Hi" }).orThrow();
    await expect.poll(() => events, soon).toEqual(["Hi"]);
    onswift.realtime.close();
  });
});

/** Creates a supabase-js client with the same user's token. */
async function rawClientOf({ onswift }: Person) {
  const session = await onswift.auth.getSession().orThrow();
  const supabase = createSupabaseClient(apiUrl, publishableKey, {
    auth: { persistSession: false, autoRefreshToken: false },
  });
  await supabase.auth.setSession({
    access_token: session?.accessToken ?? "",
    refresh_token: session?.refreshToken ?? "",
  });
  await supabase.realtime.setAuth(session?.accessToken);
  return supabase;
}
