import { afterEach, describe, expect, test, vi } from "vitest";
import type { MemberChange, OnSwift, Typing } from "../src/index.ts";
import { FakeBackend, json, userId } from "./fake-backend.ts";
import { FakeRealtime, realtimeClient } from "./fake-realtime.ts";

const other = "5f0c6d0e-0000-4000-8000-000000000002";
const stranger = "5f0c6d0e-0000-4000-8000-000000000003";
const topic = "conversation:c1";
const participants = { id: "c1", creator: { id: userId }, talent: { id: other } };
const open: OnSwift[] = [];

function client(server: FakeRealtime, backend = new FakeBackend(() => json(participants))) {
  const onswift = realtimeClient(server, backend);
  open.push(onswift);
  return onswift;
}

async function room() {
  const server = new FakeRealtime();
  const room = client(server).realtime.conversation("c1");
  const typing: Typing[] = [];
  const changes: MemberChange[] = [];
  room.onTyping((change) => typing.push(change));
  const stop = room.onMembers((change) => changes.push(change));
  expect(await stop.ready).toEqual({ data: null, error: null });
  const present = (state: object) => server.send(topic, "presence_state", state);
  const types = (from: string, isTyping = true) =>
    server.emit(topic, "conversation:typing", { conversationId: "c1", userId: from, isTyping });
  return { server, room, typing, changes, stop, present, types };
}

const meta = (status: string, ref = "r1") => ({ phx_ref: ref, userId: other, status });
const tracked = (server: FakeRealtime) =>
  server.of("presence").map(({ payload }) => payload.payload);
const typingSent = (server: FakeRealtime) =>
  server.of("conversation:typing").map(({ payload }) => payload.isTyping);

afterEach(() => {
  for (const onswift of open.splice(0)) onswift.realtime.close();
  vi.useRealTimers();
});

describe("realtime.conversation", () => {
  test("the channel is private and its presence key is the user's id", async () => {
    const { server } = await room();
    const [join] = server.joins;
    expect(join?.topic).toBe(topic);
    expect(join?.payload.config).toMatchObject({
      private: true,
      presence: { key: userId, enabled: true },
      broadcast: { self: false },
    });
    await expect.poll(() => tracked(server)).toEqual([{ userId, status: "online" }]);
  });

  test("the same conversation returns the same room", async () => {
    const server = new FakeRealtime();
    const { realtime } = client(server);
    const [one, two] = [realtime.conversation("c1"), realtime.conversation("c1")];
    await Promise.all([one.onTyping(() => 0).ready, two.onMembers(() => 0).ready]);
    expect(server.joins).toHaveLength(1);
  });

  test("no join is sent for a conversation that the user cannot read", async () => {
    const server = new FakeRealtime();
    const refusal = () => json({ code: "PT403", hint: "FORBIDDEN", message: "Not yours." }, 403);
    const { realtime } = client(server, new FakeBackend(refusal));
    const { error } = await realtime.conversation("c1").onMembers(() => 0).ready;
    expect(error).toMatchObject({ code: "FORBIDDEN", message: "Not yours." });
    expect(server.joins).toHaveLength(0);
  });
});

describe("presence", () => {
  test("onMembers reports online, away and offline; two devices count as one member", async () => {
    const { room: here, changes, present } = await room();
    present({ [other]: { metas: [meta("online")] } });
    present({ [other]: { metas: [meta("online"), meta("away", "r2")] } });
    present({ [other]: { metas: [meta("away", "r2")] } });
    expect(here.members).toEqual([{ userId: other, status: "away" }]);
    present({});
    expect(here.members).toEqual([]);
    expect(changes.map(({ event, members }) => [event, members.length])).toEqual([
      ["user:online", 1],
      ["user:away", 1],
      ["user:offline", 0],
    ]);
  });

  test("members contains only the other participant", async () => {
    const { room: here, changes, present } = await room();
    present({
      [userId]: { metas: [meta("online")] },
      [stranger]: { metas: [meta("online", "r2")] },
    });
    expect(here.members).toEqual([]);
    expect(changes).toEqual([]);
  });

  test("a later handler receives a member who is already present", async () => {
    const { room: here, present } = await room();
    present({ [other]: { metas: [meta("online")] } });
    const late = vi.fn();
    here.onMembers(late);
    expect(late).toHaveBeenCalledExactlyOnceWith({
      event: "user:online",
      userId: other,
      members: [{ userId: other, status: "online" }],
    });
  });

  test("a reconnect does not report a member twice", async () => {
    const { server, room: here, changes, present } = await room();
    present({ [other]: { metas: [meta("online")] } });
    server.afterJoin = () => present({ [other]: { metas: [meta("online", "r9")] } });
    server.close(topic);
    await expect.poll(() => server.joins.length).toBe(2);
    await expect.poll(() => tracked(server).length).toBe(2);
    expect(here.members).toHaveLength(1);
    expect(changes).toHaveLength(1);
  });

  test("setStatus sends at most four changes within 30 seconds and the latest one at the end", async () => {
    const { server, room: here } = await room();
    vi.useFakeTimers();
    for (let change = 0; change < 9; change++) here.setStatus(change % 2 ? "online" : "away");
    await vi.advanceTimersByTimeAsync(1_000);
    expect(tracked(server)).toHaveLength(4);
    await vi.advanceTimersByTimeAsync(30_000);
    expect(tracked(server)).toHaveLength(5);
    expect(tracked(server).at(-1)).toEqual({ userId, status: "away" });
  });

  test("a clock that is set back does not delay a change or a join", async () => {
    const { server, room: here } = await room();
    vi.useFakeTimers();
    for (let change = 0; change < 9; change++) here.setStatus(change % 2 ? "online" : "away");
    vi.setSystemTime(Date.now() - 3_600_000);
    await vi.advanceTimersByTimeAsync(31_000);
    expect(tracked(server)).toHaveLength(5);
    const joins = server.joins.length;
    server.emit(topic, "conversation:closed", {} as never);
    await vi.advanceTimersByTimeAsync(5_000);
    expect(server.joins.length).toBe(joins + 1);
  });
});

describe("typing", () => {
  test("onTyping reports changes and ends when no more messages arrive", async () => {
    const { typing, types } = await room();
    vi.useFakeTimers();
    for (const isTyping of [true, true, false, false, true]) types(other, isTyping);
    const place = { conversationId: "c1", userId: other };
    const changes = [true, false, true].map((isTyping) => ({ ...place, isTyping }));
    expect(typing).toEqual(changes);
    await vi.advanceTimersByTimeAsync(7_000);
    expect(typing).toEqual([...changes, { ...place, isTyping: false }]);
  });

  test("typing ends when the other participant leaves", async () => {
    const { typing, types, present } = await room();
    present({ [other]: { metas: [meta("online")] } });
    types(other);
    present({});
    expect(typing.map(({ isTyping }) => isTyping)).toEqual([true, false]);
  });

  test("typing of other users and other broadcasts are ignored", async () => {
    const { server, typing, types } = await room();
    const message = vi.fn();
    open[0]?.realtime.on("message:received", message);
    await expect.poll(() => server.joins.length).toBe(2);
    types(stranger);
    types(userId);
    server.emit(topic, "conversation:typing", "typing" as never);
    server.emit(topic, "message:received", { message: {}, conversationId: "c1" }, { id: "e1" });
    expect(typing).toEqual([]);
    expect(message).not.toHaveBeenCalled();
  });

  test("typing() is sent every 3 seconds and ends 4 seconds after the last keystroke", async () => {
    const { server, room: here } = await room();
    vi.useFakeTimers();
    for (let keystroke = 0; keystroke < 40; keystroke++) {
      here.typing();
      await vi.advanceTimersByTimeAsync(100);
    }
    expect(typingSent(server)).toEqual([true, true]);
    await vi.advanceTimersByTimeAsync(5_000);
    expect(typingSent(server)).toEqual([true, true, false]);
  });

  test("typing(false) ends at once and typing() can start again", async () => {
    const { server, room: here } = await room();
    here.typing();
    here.typing(false);
    here.typing(false);
    here.typing();
    await expect.poll(() => typingSent(server)).toEqual([true, false, true]);
  });

  test("typing() works without a listener once the channel is joined", async () => {
    const server = new FakeRealtime();
    client(server).realtime.conversation("c1").typing();
    await expect.poll(() => typingSent(server)).toEqual([true]);
    expect(server.of("conversation:typing")[0]?.payload).toEqual({
      conversationId: "c1",
      userId,
      isTyping: true,
    });
  });
});
