import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { anonymousClient, call, type Person, signUp } from "../world/through-supabase-js.ts";
import { one, refused, sql } from "./world.ts";

/** How far each participant has read, with plain supabase-js: in a table, in a document, and as an event. */
let creator: Person;
let talent: Person;
let stranger: Person;
let conversationId: string;
let first: string;
let second: string;

beforeAll(async () => {
  [creator, talent, stranger] = await Promise.all([
    signUp("creator", "Cleo"),
    signUp("talent", "Tao"),
    signUp("creator", "Sam"),
  ]);
  conversationId = (await call(creator, "open_conversation", { participantId: talent.id })).data.id;
  first = await send("First");
  second = await send("Second");
});
afterEach(async () => {
  for (const { client } of [creator, talent, stranger]) await client.removeAllChannels();
});
afterAll(() => sql.end());

async function send(content: string): Promise<string> {
  const message = { conversation_id: conversationId, content };
  return (await one(creator.client.from("messages").insert(message).select("id").single())).id;
}

const markRead = (who: Person, messageId: string) =>
  call(who, "mark_conversation_read", { conversationId, messageId });

const readsSeenBy = ({ client }: Pick<Person, "client">) =>
  client
    .from("conversation_reads")
    .select("user_id, last_read_message_id, last_read_at")
    .eq("conversation_id", conversationId);

/** The broadcasts on a user's channel, once it is joined. */
async function eventsOf(who: Person): Promise<readonly object[]> {
  const events: object[] = [];
  const statuses: string[] = [];
  who.client
    .channel(`user:${who.id}`, { config: { private: true } })
    .on("broadcast", { event: "conversation:read" }, ({ payload }) => events.push(payload))
    .subscribe((status) => statuses.push(status));
  await expect.poll(() => statuses).toContain("SUBSCRIBED");
  return events;
}

test("conversation:read arrives at both participants, and only when the pointer moves forwards", async () => {
  const [sender, reader, other] = await Promise.all([creator, talent, stranger].map(eventsOf));
  for (const messageId of [first, second, first]) {
    expect((await markRead(talent, messageId)).code).toBeUndefined();
  }
  // An unexpected event would have arrived before this one.
  const third = await send("Third");
  await markRead(talent, third);
  const read = (messageId: string) => ({
    id: expect.any(String),
    conversationId,
    userId: talent.id,
    messageId,
    readAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT.+Z$/),
    actorId: talent.id,
  });
  const all = [first, second, third].map(read);
  await expect.poll(() => sender).toEqual(all);
  // For the reader's other devices. Only these learn which session has read.
  const withSession = all.map((event) => ({ ...event, sessionId: expect.any(String) }));
  await expect.poll(() => reader).toEqual(withSession);
  expect(other).toEqual([]);
});

test("both participants see how far each has read", async () => {
  const latest = await send("Latest");
  await markRead(talent, latest);
  for (const who of [creator, talent]) {
    const rows = await one(readsSeenBy(who));
    expect(rows).toHaveLength(2);
    expect(rows).toContainEqual({
      user_id: talent.id,
      last_read_message_id: latest,
      last_read_at: expect.any(String),
    });
    expect(rows).toContainEqual({
      user_id: creator.id,
      last_read_message_id: null,
      last_read_at: null,
    });
  }
  // A document has the other participant's.
  const { data: ofCreator } = await call(creator, "get_conversation", { conversationId });
  expect(ofCreator.lastRead).toEqual({ messageId: latest, readAt: expect.any(String) });
  const { data: ofTalent } = await call(talent, "get_conversation", { conversationId });
  expect(ofTalent.lastRead).toBeNull();
});

test("a user outside of the conversation sees nothing of it and moves no pointer", async () => {
  expect(await one(readsSeenBy(stranger))).toEqual([]);
  expect((await call(stranger, "get_conversation", { conversationId })).code).toBe("FORBIDDEN");
  expect((await markRead(stranger, first)).code).toBe("FORBIDDEN");
  await refused(readsSeenBy({ client: anonymousClient() }));
  const statuses: string[] = [];
  stranger.client
    .channel(`user:${creator.id}`, { config: { private: true } })
    .subscribe((status) => statuses.push(status));
  await expect.poll(() => statuses).toContain("CHANNEL_ERROR");
  expect(statuses).not.toContain("SUBSCRIBED");
});

test("no user writes a pointer past the operation", async () => {
  const [before] = await sql`
    select * from public.conversation_reads
    where conversation_id = ${conversationId} and user_id = ${talent.id}`;
  const reset = { last_read_message_id: first, unread_count: 0 };
  for (const { client } of [creator, talent, stranger]) {
    const mine = { conversation_id: conversationId, user_id: talent.id };
    await refused(client.from("conversation_reads").update(reset).match(mine).select());
    await refused(client.from("conversation_reads").delete().match(mine).select());
  }
  const [after] = await sql`
    select * from public.conversation_reads
    where conversation_id = ${conversationId} and user_id = ${talent.id}`;
  expect(after).toEqual(before);
});
