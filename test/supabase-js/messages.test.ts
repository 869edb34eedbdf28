import { afterAll, beforeAll, expect, test } from "vitest";
import { type Person, signUp } from "../world/through-supabase-js.ts";
import { done, leaves, one, refused, sql } from "./world.ts";

/** A conversation with plain supabase-js: opened with the only function, then through tables. */
let creator: Person;
let talent: Person;
let stranger: Person;
let conversationId: string;

beforeAll(async () => {
  [creator, talent, stranger] = await Promise.all([
    signUp("creator", "Cleo"),
    signUp("talent", "Tao"),
    signUp("talent", "Sam"),
  ]);
  const opened = creator.client
    .schema("api")
    .rpc("open_conversation", { participantId: talent.id });
  conversationId = (await one(opened)).id;
});
afterAll(() => sql.end());

const send = (who: Person, content: string) =>
  who.client
    .from("messages")
    .insert({ conversation_id: conversationId, content })
    .select("id, sender_id, content, sent_at, is_edited")
    .single();

test("both sides list the conversation, send messages and read them", async () => {
  for (const { client } of [creator, talent]) {
    const listed = await one(client.from("conversations").select("id, creator_id, talent_id"));
    expect(listed).toEqual([{ id: conversationId, creator_id: creator.id, talent_id: talent.id }]);
  }
  const hello = await one(send(creator, "  Hello  "));
  expect(hello).toMatchObject({ sender_id: creator.id, content: "Hello", is_edited: false });
  const answer = await one(send(talent, "Hi"));
  const history = await one(
    talent.client.from("messages").select("id").order("sent_at", { ascending: false }),
  );
  expect(history).toEqual([{ id: answer.id }, { id: hello.id }]);
  const { unread_count } = await one(
    talent.client
      .from("conversation_reads")
      .select("unread_count")
      .eq("user_id", talent.id)
      .single(),
  );
  expect(unread_count).toBe(1);
});

test("only the recipient can mark a notification as read", async () => {
  const mine = { type: "message_received", is_read: false };
  const { id } = await one(talent.client.from("notifications").select("id").match(mine).single());
  await leaves(
    "notifications",
    id,
    ...[creator, stranger].map(({ client }) =>
      client.from("notifications").update({ is_read: true }).eq("id", id).select(),
    ),
  );
  await done(talent.client.from("notifications").update({ is_read: true }).eq("id", id));
  expect(await one(talent.client.from("notifications").select("id").match(mine))).toEqual([]);
});

test("a stranger can neither read nor send", async () => {
  await refused(send(stranger, "Let me in"));
  for (const table of ["conversations", "messages", "conversation_reads"]) {
    expect(await one(stranger.client.from(table).select())).toEqual([]);
  }
});

test("no user can send in another name, set the time, or rewrite another user's message", async () => {
  const { id } = await one(send(creator, "Mine"));
  const forged = { conversation_id: conversationId, content: "Forged" };
  await refused(
    talent.client
      .from("messages")
      .insert({ ...forged, sender_id: creator.id })
      .select(),
  );
  await refused(
    talent.client
      .from("messages")
      .insert({ ...forged, sent_at: "2020-01-01" })
      .select(),
  );
  await leaves(
    "messages",
    id,
    talent.client.from("messages").update({ content: "Yours" }).eq("id", id).select(),
    creator.client.from("messages").update({ sender_id: talent.id }).eq("id", id).select(),
    creator.client.from("messages").delete().eq("id", id).select(),
  );
});
